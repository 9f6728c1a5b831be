"""Months across: a sheet's rows, each one array formula over the months, or a plain formula in every column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break

from mrr_xl.metrics import find
from mrr_xl.report import style
from mrr_xl.report.charts import Line
from mrr_xl.report.formulas import FISCAL, STEP, Lookup, across

HEADER_ROW, FIRST_COLUMN = 7, 3
YEAR_ROW = HEADER_ROW - 1
LABEL_WIDTH, UNIT_WIDTH, MONTH_WIDTH = 36, 10, 9.2
_LABELS_HOLD = 58  #: letters on a line over the labels and units
PRINTED = 67  #: per cent of its size: a page of A4 has room for twelve months and their total
UNDEFINED = "Blank or light grey: the figure is not defined, such as a growth from 0."
MOVEMENTS = "Movements"  #: the sheet whose months the others show


@dataclass(frozen=True)
class Row:
    """One row: a metric over the months, a formula of other rows, or an input."""

    section: str
    label: str
    key: str  #: the metric, or the row's own name
    formula: str = ""  #: of other rows: {c} is the column, {c1} the one before, {MRR_NEW} the row of that key
    unit: str = ""  #: left out, the metric's
    total: bool = False  #: bold, with a line above
    is_input: bool = False
    is_link: bool = False  #: of another sheet
    reach: int = 0  #: how many columns back the formula looks
    own: tuple[tuple[str, str], ...] = ()  #: the metric's further arguments, as formula text
    function: str = ""  #: the metric, if the key is another name
    condition: str = ""  #: without which the row is blank

    @property
    def metric(self) -> str:
        return self.function or self.key

    @property
    def named(self) -> str:
        """The metric with its further arguments, as a text that other programs read.

        >>> Row("", "", "net 3", function="MRR_ANNUAL_RETENTION", own=(("measure", '"net"'), ("months", "3"))).named
        'MRR_ANNUAL_RETENTION, measure=net, months=3'
        """
        return ", ".join([self.metric, *(f"{name}={text.strip(chr(34))}" for name, text in self.own)])

    @property
    def shown_unit(self) -> str:
        return self.unit or find(self.metric).unit


def row_numbers(rows: Sequence[Row], top: int = HEADER_ROW) -> dict[str, int]:
    """Key → its row on the sheet; each section has a heading, and a blank row before it."""
    numbers, number, section = {}, top, ""
    for row in rows:
        number += 1 if row.section == section else 2 if not section else 3
        section = row.section
        numbers[row.key] = number
    return numbers


def span(months: int) -> tuple[str, str]:
    """The first and the last column of months."""
    return get_column_letter(FIRST_COLUMN), get_column_letter(FIRST_COLUMN + months - 1)


def months_area(sheet: str, months: int) -> str:
    """The months of a sheet, as a reference from any sheet."""
    first, last = span(months)
    return f"{sheet}!${first}${HEADER_ROW}:${last}${HEADER_ROW}"


def line(sheet: str, row: int, months: int, colour: str, dashed: bool = False) -> Line:
    """A row of a sheet as a chart's series."""
    first, last = span(months)
    return Line(f"{sheet}!$A${row}", f"{sheet}!${first}${row}:${last}${row}", colour, dashed)


def add_months(sheet: Any, months: int, first: str = "", of: str = MOVEMENTS, by_period: bool = False) -> None:
    """The header: years above months.

    first: the formula of the first month, left out on a sheet that shows the months `of` another one. by_period:
    whether a column may be a quarter or a year, as the rule period says: its name then stands above its last month.
    """
    for column in range(1, FIRST_COLUMN + months):
        head = sheet.cell(HEADER_ROW, column)
        head.font, head.fill, head.border = style.HEADER, style.HEADER_FILL, style.BELOW_HEADER
        if column < FIRST_COLUMN:
            continue
        letter, before = get_column_letter(column), get_column_letter(column - 1)
        if not first:
            head.value, head.font = f"={of}!{letter}{HEADER_ROW}", style.HEADER_LINK
        elif column == FIRST_COLUMN:
            head.value, head.font = f"={_last_of(first) if by_period else first}", style.HEADER_LINK
        else:
            shown = f"COLUMNS(${span(months)[0]}{HEADER_ROW}:{before}{HEADER_ROW})>=Months_shown"
            head.value = f'=IF({shown},"",EDATE({before}{HEADER_ROW},1))'
            if by_period:
                following = f"EDATE({before}{HEADER_ROW},{STEP})"
                over = f"AND(Period_months>1,{following}>Period_last)"
                head.value = f'=IF({shown},"",IF({before}{HEADER_ROW}="","",IF({over},"",{following})))'
        head.number_format, head.alignment = style.MONTH_ABOVE, style.RIGHT
        year, month = sheet.cell(YEAR_ROW, column), f"{letter}{HEADER_ROW}"
        opens = f"YEAR({month})" if column == FIRST_COLUMN else f'IF(MONTH({month})=1,YEAR({month}),"")'
        if by_period:
            opens = f"IF({STEP}=1,{opens},{period_name(month)})"
        year.value = f'=IF({month}="","",{opens})'
        if by_period and not first:
            year.value = f'=IF({month}="","",{of}!{letter}{YEAR_ROW})'
        year.font, year.number_format, year.alignment = style.YEAR, "0", style.RIGHT
    style.put(sheet.cell(HEADER_ROW, 1), "Month", style.HEADER, style.LEFT)
    if by_period:
        sheet.cell(
            HEADER_ROW, 1
        ).value = '=IF(Period_months=1,"Month",PROPER(LEFT(Period_word,1))&MID(Period_word,2,99)&" to")'
    style.put(sheet.cell(HEADER_ROW, 2), "Unit", style.HEADER, style.INDENTED)
    sheet.row_dimensions[HEADER_ROW].height = 20


def _last_of(month: str) -> str:
    """The last month of the quarter or year that a month is in."""
    return f"EDATE({month},MOD(Period_begins-1-MONTH({month}),{STEP}))"


def period_name(month: str) -> str:
    """The name of the quarter or year that ends with a month: Q1 2024, 2024, or FY2024 by the year in which it ends."""
    fiscal = f'IF({FISCAL},"FY","")'
    year = f"YEAR(EDATE({month},MOD(Period_begins-1-MONTH({month}),12)))"
    quarter = f'IF(Period_months=3,"Q"&INT(MOD(MONTH({month})-Period_begins,12)/3)+1&" ","")'
    return f"{quarter}&{fiscal}&{year}"


def add_rows(
    sheet: Any, rows: Sequence[Row], months: int, lookup: Lookup | None = None, top: int = HEADER_ROW
) -> dict[str, int]:
    """All rows with their headings, below the row `top`; gives each key's row on the sheet."""
    numbers = row_numbers(rows, top)
    section = ""
    for row in rows:
        if row.section != section:
            section = row.section
            heading = sheet.cell(numbers[row.key] - 1, 1)
            style.put(heading, None, style.SECTION, style.LEFT)
            heading.value = section
            sheet.row_dimensions[numbers[row.key] - 1].height = 22
        _add_row(sheet, numbers, row, months, lookup)
    first, last = span(months)
    style.without_undefined(sheet, f"{first}{top - 1}:{last}{max(numbers.values())}", plain=lookup is not None)
    note = sheet.cell(YEAR_ROW - 2, 1)
    if note.value is None and top == HEADER_ROW:  # on Totals, what is not defined has a row of its own
        style.put(note, UNDEFINED, style.UNIT, style.LEFT)
    return numbers


def _add_row(sheet: Any, numbers: dict[str, int], row: Row, months: int, lookup: Lookup | None) -> None:
    number, unit = numbers[row.key], row.shown_unit
    is_check = unit == "check"
    style.put(sheet.cell(number, 1), row.label, style.CHECK if is_check else style.LABEL, style.INDENTED)
    if row.condition:
        sheet.cell(number, 1).value = f'=IF({row.condition},"{row.label}","")'
    sheet.row_dimensions[number].height = 16
    unit_cell = sheet.cell(number, 2)
    unit_cell.value = {"money": "=Report_currency", "check": "=Report_currency"}.get(unit, style.UNITS.get(unit, ""))
    if row.condition:
        unit_cell.value = f'=IF({row.condition},Report_currency,"")'
    unit_cell.font, unit_cell.alignment = style.UNIT, style.INDENTED
    for column in range(FIRST_COLUMN, FIRST_COLUMN + months):
        cell = sheet.cell(number, column)
        if row.is_input:
            style.put_input(cell, None, style.FORMATS[unit])
        cell.font = style.INPUT_FONT if row.is_input else _font(row, is_check)
        cell.number_format, cell.alignment = style.FORMATS[unit], style.FIGURE
        if row.formula and column - row.reach >= FIRST_COLUMN:
            letters = {f"c{back or ''}": get_column_letter(column - back) for back in range(row.reach + 1)}
            cell.value = f"={row.formula.format(**letters, **numbers)}"
    if not row.formula and not row.is_input:
        columns = range(FIRST_COLUMN, FIRST_COLUMN + months)
        function = row.key if lookup else row.metric
        across(sheet, number, columns, HEADER_ROW, function, lookup, row.condition, **dict(row.own))
    if row.total:
        sheet.cell(number, 1).font = style.LABEL_BOLD
        for column in range(1, FIRST_COLUMN + months):
            sheet.cell(number, column).border = style.ABOVE_TOTAL


def _font(row: Row, is_check: bool) -> Font:
    if is_check or row.is_link:
        return style.CHECK if is_check else style.LINK_FONT
    return style.FORMULA_BOLD if row.total else style.FORMULA


def view(sheet: Any, months: int, name: str, charts_row: int = 0) -> None:
    """Widths, frozen panes, earlier years that fold away, and landscape pages of twelve months.

    charts_row: from which row on the charts stand on pages of their own.
    """
    sheet.column_dimensions["A"].width = LABEL_WIDTH
    sheet.column_dimensions["B"].width = UNIT_WIDTH
    for column in range(FIRST_COLUMN, FIRST_COLUMN + months):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = MONTH_WIDTH
        if column < FIRST_COLUMN + months - 12:
            dimension.outlineLevel = 1
    sheet.column_dimensions.max_outline = int(months > 12)  # openpyxl counts too late: Excel would show no buttons
    sheet.sheet_properties.outlinePr.summaryRight = True
    sheet.freeze_panes = sheet.cell(HEADER_ROW + 1, FIRST_COLUMN).coordinate
    sheet.print_title_cols, sheet.print_title_rows = "A:B", f"{YEAR_ROW}:{HEADER_ROW}"
    sheet.sheet_view.showGridLines, sheet.sheet_view.zoomScale = False, 90
    style.page(sheet, name)
    style.scaled(sheet, PRINTED)
    for last in last_columns(months)[:-1]:
        sheet.col_breaks.append(Break(id=last))
    if sheet.col_breaks.brk:  # a later page cuts off what runs over the labels, which it repeats
        sheet.merge_cells("A2:B2")
        sheet["A2"].alignment = style.SENTENCE_ALIGNMENT
        sheet.row_dimensions[2].height = 5 + 13 * -(-len(sheet["A2"].value) // _LABELS_HOLD)
    if charts_row:
        sheet.row_breaks.append(Break(id=charts_row - 1))


def last_columns(months: int) -> list[int]:
    """The last month's column on each page; the last page has the last twelve months.

    >>> last_columns(12), last_columns(24), last_columns(30)
    ([14], [14, 26], [8, 20, 32])
    """
    last = FIRST_COLUMN + months - 1
    return sorted(range(last, FIRST_COLUMN - 1, -12))


def chart_areas(months: int, top: int, rows: int) -> tuple[tuple[int, int, int, int], tuple[int, int, int, int]]:
    """Where two charts stand below the months: on the last two pages, or side by side where there is one page.

    Not over the labels, which are repeated on every page.
    """
    ends = last_columns(months)
    bottom = top + rows
    if len(ends) > 1 and ends[-2] - FIRST_COLUMN >= 5:
        first = ends[-3] + 1 if len(ends) > 2 else FIRST_COLUMN
        return (first, top, ends[-2], bottom), (ends[-2] + 1, top, ends[-1], bottom)
    begin = ends[-2] + 1 if len(ends) > 1 else FIRST_COLUMN
    return (begin, top, begin + 5, bottom), (begin + 6, top, begin + 11, bottom)
