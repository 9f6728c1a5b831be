"""The cohort sheets: how much of the MRR, and how many of the customers, who joined together remain over time."""

from __future__ import annotations

from typing import Any

from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break

from mrr_xl.metrics.cohorts import PERIODS
from mrr_xl.report import charts, style
from mrr_xl.report.charts import Line
from mrr_xl.report.formulas import call
from mrr_xl.report.sheets import listing

#: Sheet, measure, what its figures mean, and what they are a share of.
SHEETS = (
    (
        "Cohorts MRR",
        "net",
        "Size: their MRR in the first month. Then, for each month since: the share of it that they pay.",
        "MRR",
    ),
    (
        "Cohorts customers",
        "logos",
        "Size: how many joined. Then, for each month since: the share of them who are customers.",
        "customers",
    ),
)
_ROW, _BY, _AGES, _ROOM = 7, "$B$4", 120, 60
_CHART_HEIGHT = 112
_ALT = "Line: the share of their first {} that the cohorts have kept, on average, by months since they joined."
_PRINTED, _ON_A_PAGE = 36, 18  #: the ages that are printed, and how many a page has room for
_SCALE = 75  #: per cent of its size


def add(workbook: Any, lambdas: bool = False) -> None:
    """The sheets. lambdas: no program computes their lists that does not make them longer, too."""
    for sheet in SHEETS:
        _add(workbook, *sheet, cut="" if lambdas else "A3")


def _add(workbook: Any, name: str, measure: str, meaning: str, kept: str, cut: str) -> None:
    sheet = workbook.create_sheet(name)
    style.title(sheet, name, "")
    sheet["A2"].value = None  # not over the names, which every page repeats
    style.put(
        sheet["C2"], f"A cohort is the customers who joined in the same period. {meaning}", style.SUBTITLE, style.LEFT
    )
    style.put(sheet["A4"], "Grouped by", style.LABEL, style.LEFT)
    first = SHEETS[0][0]
    if name == first:
        style.put_input(sheet["B4"], "quarter")
        periods = ",".join(PERIODS)
        pick = DataValidation(type="list", formula1=f'"{periods}"', allow_blank=False, showErrorMessage=True)
        pick.errorTitle, pick.error = "Period", f"Pick one of {', '.join(PERIODS)}."
        pick.add("B4")
        sheet.add_data_validation(pick)
    else:
        sheet["B4"] = f"='{first}'!{_BY}"
        sheet["B4"].font, sheet["B4"].alignment = style.LINK_FONT, style.INDENTED
    formats = ("@", style.FORMATS["money"], *[style.PERCENT] * _AGES)
    formula = call("MRR_COHORTS", measure=f'"{measure}"', period=_BY)
    area = listing.add(sheet, _ROW, formula, formats, room=_ROOM, cut=cut)
    cells, end = f"C{_ROW + 1}", area.split(":")[1]
    # White is what they began with; the further from it, the darker. Each cell says its figure, too.
    scale = ColorScaleRule(
        start_type="num", start_value=0.5, start_color=charts.COLOURS["MRR_CONTRACTION"], mid_type="num", mid_value=1,
        mid_color=style.PAPER, end_type="num", end_value=1.5, end_color=charts.LIGHT,
    )  # fmt: skip
    sheet.conditional_formatting.add(f"{cells}:{end}", scale)
    _weighted(sheet, area)
    _chart(sheet, name, kept)
    widths = (18, 11, *[6.2] * _AGES)
    listing.view(sheet, name, widths, f"C{_ROW + 1}")
    _pages(sheet)


def _pages(sheet: Any) -> None:
    """Pages of a year and a half, each with the cohorts' names and sizes."""
    sheet.print_area = f"A1:{get_column_letter(3 + _PRINTED)}{_ROW + _ROOM}"
    sheet.print_title_cols = "A:B"
    style.scaled(sheet, _SCALE)
    sheet.col_breaks.append(Break(id=2 + _ON_A_PAGE))


def _weighted(sheet: Any, area: str) -> None:
    """Above each age: the average over the cohorts that have reached it, weighted by their sizes."""
    row, bottom = _ROW - 1, area.split(":")[1].lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    style.put(sheet.cell(row, 1), "Average", style.LABEL_BOLD, style.LEFT)
    style.put(sheet.cell(row, 2), "weighted", style.UNIT, style.RIGHT)
    sizes = f"$B${_ROW + 1}:$B${bottom}"
    for column in range(3, 3 + _AGES):
        letter = get_column_letter(column)
        shares = f"{letter}${_ROW + 1}:{letter}${bottom}"
        known = f'SUMIFS({sizes},{shares},">=-1E9")'
        cell = sheet.cell(row, column)
        cell.value = f'=IF({known}=0,"",SUMPRODUCT({sizes},{shares})/{known})'
        if column > 3:
            style.copy_style(cell, sheet.cell(row, 3))
        else:
            cell.font, cell.number_format, cell.alignment = style.FORMULA_BOLD, style.PERCENT, style.FIGURE
    area = f"C{row}:{get_column_letter(2 + _AGES)}{row}"
    sheet.conditional_formatting.add(area, FormulaRule([f"ISERROR(C{row})"], font=Font(color=style.RULE)))


def _chart(sheet: Any, name: str, kept: str) -> None:
    """The averages as a line above them, over its figures: an age that no cohort has reached is undefined in these.

    The chart stands on the first page; its figures go further, and are blank to the eye.
    """
    row, last = _ROW - 2, 3 + _PRINTED
    for column in range(3, last + 1):
        average, age, cell = (sheet.cell(number, column) for number in (_ROW - 1, row - 1, row))
        cell.value = f"=IF(ISNUMBER({average.coordinate}),{average.coordinate},NA())"
        cell.font, cell.number_format, cell.alignment = style.BEHIND, style.PERCENT, style.INDENTED
        style.put(age, str(column - 3), style.BEHIND, style.INDENTED)
    ages, figures = (f"'{name}'!$C${number}:${get_column_letter(last)}${number}" for number in (row - 1, row))
    style.without_undefined(sheet, figures.partition("!")[2].replace("$", ""))
    sheet.row_dimensions[row].height = _CHART_HEIGHT
    line = Line(f"'{name}'!$A${_ROW - 1}", figures, charts.COLUMNS)
    title = f"Share of {kept} kept, by months since they joined"
    chart = charts.lines(title, ages, [line], style.PERCENT, named=True)
    charts.add_chart(sheet, chart, (3, row - 1, 2 + _ON_A_PAGE, row), _ALT.format(kept))
