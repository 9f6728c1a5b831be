"""The LAMBDAs computed by formulon, as Excel computes them: a ledger, settings and rates on sheets of a workbook."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import formulon
import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.hosts.lambdas.file_form import file_form
from mrr_xl.months import first_day

_ERRORS = {2: "#VALUE!", 4: "#NAME?", 6: "#N/A"}


def define_all(workbook: Any) -> None:
    """Give a workbook of formulon the LAMBDAs as a file has them; it reads optional arguments in brackets only."""
    for name, (_, text) in NAMES.items():
        workbook.set_defined_name(name, re.sub(r"_xlop\.(\w+)", r"[_xlpm.\1]", file_form(text)))


class Sheets:
    """Three sheets, Data, Settings and Rates, and calls of the functions over them."""

    def __init__(
        self,
        data: pd.DataFrame,
        settings: Mapping[str, object] | None = None,
        rates: Sequence[Sequence[object]] = (),
        over: str = "99999",
    ) -> None:
        book = openpyxl.Workbook()
        tables = {
            "Data": [list(data.columns), *data.astype(object).where(data.notna(), None).values.tolist()],
            "Settings": [list(pair) for pair in (settings or {"as_of": "month_end"}).items()],
            "Rates": [["Currency", "Month", "Rate"], *rates],
        }
        self.areas = {}
        for name, rows in tables.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append([value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in row])
            self.areas[name] = f"{name}!$A$1:${get_column_letter(len(rows[0]))}${len(rows)}"
        file = io.BytesIO()
        book.save(file)
        self.book = formulon.Workbook.load(file.getvalue())
        self.book.set_defined_name("Complete_through", over)
        define_all(self.book)

    def value(self, formula: str) -> list[list[Any]]:
        """What a formula gives, with DATA, SETTINGS and RATES for the sheets' areas."""
        for name, area in self.areas.items():
            formula = formula.replace(name.upper(), area)
        return [[_plain(cell) for cell in row] for row in self.book.evaluate_formula_array(0, 0, 0, formula)]

    def figures(self, name: str, months: Sequence[int], where: str = "", own: str = "") -> list[Any]:
        """A series for months, as whole numbers of months.py."""
        days = ",".join(str((first_day(month) - pd.Timestamp("1899-12-30").date()).days) for month in months)  # type: ignore[arg-type]
        row = self.value(f'={name}(DATA,{{{days}}}{own},"{where}",SETTINGS,RATES)')[0]
        return row * len(months) if len(row) == 1 else row


def _plain(cell: Any) -> Any:
    kind = cell.kind.name
    if kind == "ERROR":
        return _ERRORS.get(cell.error_code, f"error {cell.error_code}")
    return {"NUMBER": cell.number, "TEXT": cell.text, "BOOL": cell.boolean}.get(kind, "")
