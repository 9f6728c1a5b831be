"""A table that a function returns: as many rows as it needs, with the formats ready for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Border, Font, Side
from openpyxl.utils import get_column_letter

from mrr_xl.report import style
from mrr_xl.report.formulas import put_verdict, spill

#: Below a row. LibreOffice follows only the first of a cell's conditional formats: one that goes before has it, too.
LINE = Border(bottom=Side(style="hair", color=style.RULE))
CUT = "Rows are missing: this program does not make the list longer. mrr-xl fill does."
_MOST = 100_000  #: rows of a list
ROOM = 200  #: rows that are formatted beforehand; further ones take the format of the row above


def add(
    sheet: Any, row: int, formula: str, formats: Sequence[str], *, column: int = 1, room: int = ROOM, texts: int = 1,
    cut: str = "",
) -> str:  # fmt: skip
    """A spilling formula with its header row; returns the area below the header that it can fill.

    formula: blank where a fill writes the values. formats: the number format of each column; the first `texts` columns
    are texts, aligned to the left. cut: the cell that says where a program leaves out rows, as LibreOffice does, whose
    lists keep the length that they have in the file.
    """
    if formula:
        spill(sheet.cell(row, column), formula)
    if cut:
        shown = f"COUNTA({get_column_letter(column)}{row}:{get_column_letter(column)}{row + _MOST})"
        put_verdict(sheet[cut], f'IFERROR(IF(ROWS({formula})>{shown},"{CUT}",""),"")')
        sheet[cut].font, sheet[cut].alignment = style.WARNING, style.LEFT
    last = column + len(formats) - 1
    for number, number_format in enumerate(formats, column):
        is_text = number < column + texts
        head = sheet.cell(row, number)
        head.font, head.fill, head.border = style.HEADER, style.HEADER_FILL, style.BELOW_HEADER
        head.alignment = style.LEFT if is_text else style.RIGHT
        first = sheet.cell(row + 1, number)
        first.font, first.number_format = style.FORMULA, number_format
        first.alignment = style.LEFT if is_text else style.FIGURE
        style.copy_down(sheet, number, row + 1, row + room)
    sheet.row_dimensions[row].height = 20
    corner = f"{get_column_letter(column)}{row + 1}"
    area = f"{corner}:{get_column_letter(last)}{row + room}"
    total = FormulaRule([f'$A{row + 1}&""="total"'], font=Font(bold=True), border=Border(top=Side(color=style.NAVY)))
    sheet.conditional_formatting.add(area, total)
    sheet.conditional_formatting.add(area, FormulaRule([f"LEN(${corner})>0"], border=LINE))
    sheet.conditional_formatting.add(area, FormulaRule([f"ISERROR({corner})"], font=Font(color=style.RULE)))
    return area


def view(sheet: Any, name: str, widths: Sequence[float], frozen: str, landscape: bool = True) -> None:
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = frozen
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = style.LIGHT_TAB
    row = int("".join(filter(str.isdigit, frozen))) - 1
    sheet.print_title_rows = f"{row}:{row}"
    style.page(sheet, name, landscape)


def month_line(sheet: Any, cell: str = "A3") -> None:
    """The month that the sheet shows, as a link to where it is picked."""
    sheet[cell] = "=Report_month"
    sheet[cell].font, sheet[cell].number_format, sheet[cell].alignment = style.LINK_BOLD, "mmmm yyyy", style.LEFT
    sheet.row_dimensions[3].height = 18
