"""The sheet Definitions: what each figure is, how it is computed, and under which rules."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping
from typing import Any

from mrr_xl.metrics import REGISTRY, Metric
from mrr_xl.report import style
from mrr_xl.report.formulas import define
from mrr_xl.report.sheets import listing, settings

NAME = "Definitions"
_ROW = 5
#: Rules that every figure follows, and those that only some do.
EVERYWHERE = ("as_of", "end_date", "grain", "discounts", "usage", "status")
SOME = {
    "MRR_NEW": ("period", "reactivation_days", "netting"),
    "MRR_REACTIVATION": ("period", "reactivation_days", "grace_days", "netting"),
    "MRR_EXPANSION": ("period", "netting"),
    "MRR_CONTRACTION": ("period", "netting"),
    "MRR_CHURN": ("period", "churn_on", "grace_days", "netting"),
    "MRR_GROSS_MOVEMENT": ("period",),
    "MRR_LOGO_CHURN": ("churn_on", "grace_days"),
    "MRR_NRR": ("retention_months",),
    "MRR_GRR": ("retention_months",),
    "MRR_LOGO_RETENTION": ("retention_months",),
    "MRR_LTV": ("gross_margin",),
    "MRR_LAST_MONTH": ("through",),
}


#: What computes the figures anew, by what a report carries: the functions of an add-in, or what it needs instead.
SOURCES = {
    "addin": "To compute them anew, Excel or LibreOffice needs the add-in that mrr-xl writes: see mrr-xl addin --help.",
    "macros": "To compute them anew, Excel on Windows needs its macros enabled, and Python with mrr-xl.",
    "lite": "To compute them anew, Excel needs the add-in xlwings Lite.",
    "lambda": "Excel 365, Excel 2024 and Excel on the web compute them anew: nothing else is needed.",
    "plain": "Every spreadsheet program computes them anew from the sheet Schedule: nothing else is needed.",
}

#: Where the functions come from, by program.
_WAYS = (
    ("Excel on Windows", "mrr-xl addin excel --install, then start Excel"),
    ("LibreOffice", "mrr-xl addin calc -o mrr.oxt, then open the file"),
    ("Excel on the web or a Mac", "mrr-xl addin lite, then paste the code into the add-in xlwings Lite"),
    ("Nothing to install", "a report written with mrr-xl template --functions lambda or plain"),
)


def add(
    workbook: Any, rules: Mapping[str, int], functions: Mapping[str, Metric] = REGISTRY, source: str = "addin"
) -> Any:
    """The sheet, one row for each of the functions, and at its foot what computes the figures anew.

    rules: each rule's row on the sheet Settings. source: one of SOURCES.
    """
    sheet = workbook.create_sheet(NAME)
    style.title(sheet, NAME, "What each figure is, how it is computed, and the rules from Settings that apply to it.")
    style.put(sheet["A3"], "All figures", style.LABEL_BOLD, style.LEFT)
    _in_force(sheet["B3"], EVERYWHERE, rules)
    for column, head in enumerate(("Function", "What it is", "How it is computed", "Rules"), 1):
        cell = sheet.cell(_ROW, column)
        style.put(cell, head, style.HEADER, style.LEFT if column == 1 else style.INDENTED)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    for row, metric in enumerate(functions.values(), _ROW + 1):
        formula = formula_of(metric).replace("`", "")
        style.put(sheet.cell(row, 1), metric.name, style.LABEL_BOLD, style.LEFT)
        style.put(sheet.cell(row, 2), metric.summary, style.LABEL, style.WRAPPED)
        style.put(sheet.cell(row, 3), formula, style.LABEL, style.WRAPPED)
        if metric.name in SOME:
            _in_force(sheet.cell(row, 4), SOME[metric.name], rules)
        lines = max(-(-len(metric.summary) // 62), -(-len(formula) // 74), len(SOME.get(metric.name, ())), 1)
        sheet.row_dimensions[row].height = 4 + 14 * lines
        for column in range(1, 5):
            sheet.cell(row, column).border = style.HAIRLINE
    _source(workbook, sheet, _ROW + len(functions) + 2, source)
    listing.view(sheet, NAME, (28, 58, 68, 30), f"B{_ROW + 1}")
    sheet.sheet_properties.tabColor = style.MUTED
    return sheet


def _source(workbook: Any, sheet: Any, row: int, source: str) -> None:
    """When the figures were computed, which a fill writes, and the sentence about it that Summary shows."""
    style.put(sheet.cell(row, 1), "Computed", style.LABEL_BOLD, style.LEFT)
    style.put(sheet.cell(row, 2), None, style.LABEL, style.LEFT)
    style.put(sheet.cell(row + 1, 1), "To compute anew", style.LABEL_BOLD, style.LEFT)
    sentence = sheet.cell(row + 1, 2)
    sentence.value = f'="Figures computed "&Report_computed&". {SOURCES[source]}"'
    sentence.font, sentence.alignment = style.LINK_FONT, style.LEFT
    for below, texts in enumerate(_WAYS if source == "addin" else (), row + 2):
        for column, text in enumerate(texts, 1):
            style.put(sheet.cell(below, column), text, style.UNIT, style.LEFT)
    define(workbook, "Report_computed", NAME, f"$B${row}")
    define(workbook, "Report_source", NAME, f"$B${row + 1}")


def formula_of(metric: Metric) -> str:
    """The formula in a metric's docstring, and when it is undefined.

    >>> formula_of(REGISTRY["MRR_GROWTH"])
    'net new ÷ opening. Undefined (#N/A) where the opening is 0.'
    """
    text = " ".join((inspect.getdoc(metric.compute) or "").split(">>>")[0].split())
    formula = re.search(r"Formula: (.*?)(?= Source:|$)", text)
    return formula[1].strip() if formula else ""


def _in_force(cell: Any, names: tuple[str, ...], rules: Mapping[str, int]) -> None:
    parts = [f'"{name} = "&{_value_text(name, f"{settings.NAME}!$B${rules[name]}")}' for name in names]
    cell.value = "=" + '&"; "&'.join(parts)
    cell.font, cell.alignment = style.LINK_FONT, style.WRAPPED if cell.column > 2 else style.LEFT


def _value_text(name: str, cell: str) -> str:
    """A formula for a rule's value as text; a month would otherwise show as a date's number."""
    return f'IF(N({cell})>0,YEAR({cell})&"-"&TEXT(MONTH({cell}),"00"),{cell})' if name == "through" else cell
