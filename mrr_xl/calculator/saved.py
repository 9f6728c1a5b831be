"""The values that the file has for its formulas, and whether Excel computed them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from mrr_xl import cell_errors
from mrr_xl.calculator.cells_read import value_of
from mrr_xl.calculator.texts import FormulaCell
from mrr_xl.xlsx.package import MAIN
from mrr_xl.xlsx.workbook import Workbook

Cells = Mapping[tuple[int, int], Any]
_EXCEL = re.compile(rb"<Application>Microsoft (?:Macintosh )?Excel\b[^<]*</Application>")
_BUILD = re.compile(rb"<AppVersion>\s*(\d+)\.\d{4}\s*</AppVersion>")
_NEAR = 1e-9  #: how far apart, as a share of them, numbers are that two programs compute alike


def saved_values(workbook: Workbook, formula: FormulaCell) -> dict[tuple[int, int], Any] | None:
    """What the file has in a formula's cells; None if it has no value for it."""
    name, at = formula
    sheet = workbook.sheet(name)
    if sheet.cells(at.row)[at.column].find(f"{MAIN}v") is None:
        return None
    return {(row, column): value_of(workbook, sheet.cells(row).get(column)) for row, column in at.cells()}


def is_computed(workbook: Workbook) -> bool:
    """Whether the values in a file are of its formulas; a program that computes nothing asks Excel to do so."""
    settings = workbook.root.iter(f"{MAIN}calcPr")
    return not any(setting.get("fullCalcOnLoad") in ("1", "true") for setting in settings)


def is_of_excel(workbook: Workbook) -> bool:
    """Whether the file says that Excel saved it: libraries that write Excel's name write no build, such as 16.0300."""
    says = workbook.package.parts.get("docProps/app.xml", b"")
    build = _BUILD.search(says)
    return _EXCEL.search(says) is not None and build is not None and int(build[1]) >= 12 and is_computed(workbook)


def is_as_written(workbook: Workbook) -> bool:
    """Whether no spreadsheet program has saved a file since a library wrote it: each leaves its own name and build."""
    says = workbook.package.parts.get("docProps/app.xml", b"")
    return _EXCEL.search(says) is not None and _BUILD.search(says) is None


def agree(one: Cells | None, other: Cells) -> bool:
    """Whether two programs gave the same: numbers to nine digits, errors as files have them; nothing is no text."""
    return one is not None and one.keys() == other.keys() and all(_alike(value, other[c]) for c, value in one.items())


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_NEAR, abs_tol=_NEAR)
    one, other = _stored(one), _stored(other)
    return type(one) is type(other) and one == other


def _stored(value: Any) -> Any:
    """A value as a file has it: #CALC! is stored as #VALUE!."""
    return "" if value is None else cell_errors.stored(value) if value in cell_errors.TEXTS else value
