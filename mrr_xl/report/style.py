"""How the workbook looks: every font, fill, number format and colour, named once."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.numbers import BUILTIN_FORMATS_MAX_SIZE, NumberFormat

FONT_NAME = "Calibri"
PAPER = "FFFFFF"
INK, MUTED, RULE = "1F2933", "5B6774", "CBD2D9"
INPUT, NAVY, PALE, INPUT_FILL = "0000FF", "1F3A5F", "EEF2F6", "FFFBEA"
LINK = "1B7A3D"  #: for values from another sheet
LIGHT_TAB, BAR, NOTE = "9CC3E0", "9CC3E0", "8A6D1B"
GOOD, BAD, BAD_FILL = "2E7D32", "B3261E", "FDE7E5"
LONGEST_TEXT = 32_767


def _font(size: float = 10, color: str = "000000", **more: Any) -> Font:
    return Font(name=FONT_NAME, size=size, color=color, **more)


def _fill(color: str) -> PatternFill:
    return PatternFill("solid", start_color=color, end_color=color)


TITLE = _font(18, NAVY, bold=True)
SUBTITLE = _font(10, MUTED)
LABEL = _font(10, INK)
LABEL_BOLD = _font(10, INK, bold=True)
UNIT = _font(9, MUTED)
BEHIND = _font(9, PAPER)  #: for a chart's figures behind it
SECTION = _font(11, NAVY, bold=True)
HEADER = _font(10, NAVY, bold=True)
HEADER_LINK = _font(10, LINK, bold=True)
YEAR = _font(9, MUTED, bold=True)
TABLE_HEADER = _font(10, "FFFFFF", bold=True)
FORMULA = _font()
LINK_FONT = _font(10, LINK)
LINK_BOLD = _font(12, LINK, bold=True)
LIGHT_FONT = _font(11, INK, bold=True)
CARD_LABEL = _font(9, MUTED)
CARD_FIGURE = _font(20, NAVY, bold=True)
CARD_CHANGE = _font(9, MUTED)
SENTENCE = _font(12, INK)
FORMULA_BOLD = _font(bold=True)
CHECK = _font(9, MUTED, italic=True)
WARNING = _font(9, NOTE, bold=True)
INPUT_FONT = _font(10, INPUT)

HEADER_FILL, TABLE_FILL, INPUT_CELL, BAD_CELL = (_fill(color) for color in (PALE, NAVY, INPUT_FILL, BAD_FILL))
GOOD_CELL = _fill("EDF6EE")
CARD = _fill("F7F9FB")
ABOVE_TOTAL = Border(top=Side(style="thin", color=NAVY))
BELOW_HEADER = Border(bottom=Side(style="medium", color=NAVY))
HAIRLINE = Border(bottom=Side(style="hair", color=RULE))
INPUT_BOX = Border(*[Side(style="thin", color=RULE)] * 4)

BESIDE_FIELD = Alignment(horizontal="right", vertical="center", indent=1)
LEFT, RIGHT = (Alignment(horizontal=side, vertical="center") for side in ("left", "right"))
#: A figure too wide for its column shrinks; it never becomes ####.
FIGURE = Alignment(horizontal="right", vertical="center", shrink_to_fit=True)
FIGURE_INDENTED = Alignment(horizontal="right", vertical="center", shrink_to_fit=True, indent=1)
BESIDE_BUTTON = Alignment(horizontal="right", vertical="center", indent=2)
INDENTED = Alignment(horizontal="left", vertical="center", indent=1)
SENTENCE_ALIGNMENT = Alignment(horizontal="left", vertical="center", wrap_text=True)
CARD_ALIGNMENT = Alignment(horizontal="left", vertical="center", indent=1, shrink_to_fit=True)
WRAPPED = Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)

MONTH, MONTH_INPUT, DAY = "mmm yy", "yyyy-mm", "yyyy-mm-dd"
MONTH_ABOVE = MONTH + "_)"  # in line with the figures below it
#: Where there are no parentheses: the true minus sign, as in the report's sentences.
MONEY, PERCENT = '#,##0;"−"#,##0', '0 %;"−"0 %'
WHOLE = '0;"−"0'
#: A metric's unit → its number format; losses in parentheses, zero as a dash. A space stands before %, as in sentences.
FORMATS = {
    "money": '#,##0_);(#,##0);"–"_)',
    "count": '#,##0_);(#,##0);"–"_)',
    "rate": '0.0 %_);(0.0 %);"–"_)',
    "ratio": '0.0"×"_);(0.0"×");"–"_)',
    "check": '#,##0.00_);(#,##0.00);"OK"_)',
}
FORMATS["number"] = '0.0_);(0.0);"–"_)'
CARD_FORMATS = {"money": MONEY, "count": MONEY, "rate": '0.0 %;"−"0.0 %', "ratio": '0.0"×";"−"0.0"×"'}
UNITS = {"count": "customers", "rate": "%", "ratio": "×"}


def shown_as(text: str) -> str:
    """A number format that shows a text instead of the one in the cell, which formulas compare.

    >>> shown_as("Grace days")
    ';;;"Grace days"'
    """
    return f';;;"{text}"'


def put(cell: Any, value: object, font: Font = LABEL, alignment: Alignment | None = None) -> None:
    """Write a value in a font; a text is never taken for a formula, however it begins."""
    if isinstance(value, str):
        write_text(cell, value)
    else:
        cell.value = value
    cell.font = font
    if alignment is not None:
        cell.alignment = alignment


def write_text(cell: Any, text: str) -> None:
    """Write a text as a text, even "=A1", "+1" and "#N/A", which Excel would otherwise take for something else."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_TEXT]
    if cell.value and (cell.data_type != "s" or cell.value[0] in "=+-@"):
        cell.data_type = "s"
        cell.quotePrefix = True


def put_input(cell: Any, value: object, number_format: str = "General") -> None:
    """A cell that the reader may change: blue on pale yellow."""
    put(cell, value, INPUT_FONT, INDENTED)
    cell.fill, cell.border, cell.number_format = INPUT_CELL, INPUT_BOX, number_format


def copy_style(cell: Any, pattern: Any) -> None:
    """Give a cell the style of another; assigning font, format and alignment one by one takes fifty times as long."""
    cell._style = copy(pattern._style)


def copy_down(sheet: Any, column: int, first: int, last: int) -> None:
    """Give the cells below a column's first one its style."""
    for row in range(first + 1, last + 1):
        copy_style(sheet.cell(row, column), sheet.cell(first, column))


def without_undefined(sheet: Any, area: str, plain: bool = False) -> None:
    """Show the cells that are #N/A as blank ones; formulas and charts still find the error.

    plain: in light grey instead, since a program without ISNA can't tell them from a mistake.
    """
    font = Font(color=RULE if plain else PAPER)
    undefined = FormulaRule([f"ISNA({area.partition(':')[0]})"], font=font, stopIfTrue=True)
    sheet.conditional_formatting.add(area, undefined)


def show_as(sheet: Any, area: str, texts: Mapping[str, str], border: Border) -> None:
    """Show some of the texts that formulas give in an area as others; the values stay what other formulas compare."""
    first = area.partition(":")[0]
    for text, shown in texts.items():
        show_where(sheet, area, f'{first}&""="{text}"', shown_as(shown), border=border)


def show_where(sheet: Any, area: str, condition: str, number_format: str, **looks: Any) -> None:
    """Show the values of an area in another number format where a condition holds."""
    # Excel numbers the formats of a workbook through, and those of its conditional formats with them.
    number = BUILTIN_FORMATS_MAX_SIZE + sheet.parent._number_formats.add(number_format)
    rule = FormulaRule([condition], **looks)
    rule.dxf.numFmt = NumberFormat(number, number_format)
    sheet.conditional_formatting.add(area, rule)


def title(sheet: Any, text: str, subtitle: str) -> None:
    put(sheet["A1"], text, TITLE, LEFT)
    put(sheet["A2"], subtitle, SUBTITLE, LEFT)
    sheet.row_dimensions[1].height = 28
    sheet.row_dimensions[2].height = 18


def scaled(sheet: Any, percent: int) -> None:
    """Print at a part of its size, across and then down: what is fitted to pages pays no heed to where they break."""
    sheet.sheet_properties.pageSetUpPr.fitToPage = False
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = None
    sheet.page_setup.scale, sheet.page_setup.pageOrder = percent, "overThenDown"
    sheet.page_margins.left = sheet.page_margins.right = 0.25


def page(sheet: Any, name: str, landscape: bool = True) -> None:
    """Print on A4, one page wide, with a small header and footer."""
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.7
    margins.header = margins.footer = 0.3
    sheet.oddHeader.right.text = name
    sheet.oddFooter.left.text = "&F"
    sheet.oddFooter.right.text = "Page &P of &N"
    for part in (sheet.oddHeader.right, sheet.oddFooter.left, sheet.oddFooter.right):
        part.size, part.color = 8, MUTED
