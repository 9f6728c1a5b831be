"""The sheet Proof: every figure of a plain report beside what the engine computed, with PASS or FAIL.

It is written without the engine's figures; filling/proof.py writes those, in a template as in a fill.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from mrr_xl.metrics import find
from mrr_xl.months import Month, first_day
from mrr_xl.report import style
from mrr_xl.report.formulas import define
from mrr_xl.report.sheets import economics, listing, month, monthly, movements, retention, summary
from mrr_xl.report.sheets.monthly import FIRST_COLUMN, HEADER_ROW

NAME = "Proof"
TOP = 8  #: the row below the header
AGREES = f'{NAME}!$A$3<>"FAIL"'  #: the condition that every figure does that is compared
_HEADS = ("Sheet", "Figure", "Function", "Month", "Months", "In the report", "By mrr-xl", "Difference", "Result")
#: How far apart two figures may be: a millionth, or a millionth of a millionth of a large one.
_NEAR = "0.000001*MAX(1,ABS({engine})/1000000)"


@dataclass(frozen=True)
class Proven:
    """A figure of the report: its cell, the function that gives it, and for which months.

    back: how many months before the last one reported its month is. months: it is the sum of so many months up to that.
    shows: a formula of the month that the report's cell is of.
    """

    sheet: str
    label: str
    function: str
    cell: str
    back: int
    shows: str
    months: int = 1


def proven(shown: int) -> Iterator[Proven]:
    """Every figure of the report that a function gives. shown: how many months it shows."""
    yield from _of_summary()
    sheets = (
        (movements.NAME, movements.ROWS),
        (retention.NAME, (*retention.ROWS, *retention.ANNUAL)),
        (economics.NAME, economics.rows(True)),
    )
    for name, rows in sheets:
        numbers = monthly.row_numbers(rows)
        for row in rows:
            function = _SAME.get(row.key, row.named)
            if not function.partition(",")[0].isupper():
                continue
            for place in range(shown):
                letter = get_column_letter(FIRST_COLUMN + place)
                cell, head = (f"'{name}'!${letter}${number}" for number in (numbers[row.key], HEADER_ROW))
                yield Proven(name, row.label, function, cell, shown - 1 - place, head)
    yield from _of_the_year(shown)


#: Rows that show a function's figure under a name of their own.
_SAME = {"new_mrr": "MRR_NEW", "new_customers": "MRR_NEW_CUSTOMERS"}


def _of_summary() -> Iterator[Proven]:
    for row, figure in enumerate(month.FIGURES, month.FIGURES_ROW + 1):
        for letter, back in (("D", 0), ("E", 1), ("F", 12)):
            cell, head = (f"{summary.NAME}!${letter}${number}" for number in (row, month.FIGURES_ROW))
            yield Proven(summary.NAME, figure.label, figure.function, cell, back, head)
    for row, (label, function, _) in enumerate(month.MOVES, month.MOVES_ROW + 1):
        yield Proven(summary.NAME, label, function, f"{summary.NAME}!$D${row}", 0, "Report_month")


def _of_the_year(shown: int) -> Iterator[Proven]:
    """The column of the last twelve months on Movements."""
    first, last = monthly.span(shown)
    header = f"{movements.NAME}!${first}${HEADER_ROW}:${last}${HEADER_ROW}"
    months, numbers = min(12, shown), movements.row_numbers()
    letter = get_column_letter(FIRST_COLUMN + shown + 1)
    for key in movements.IN_A_YEAR:
        label = next(row.label for row in movements.ROWS if row.key == key)
        back = months - 1 if key in movements.OF_FIRST else 0
        added = 1 if key in (*movements.OF_FIRST, *movements.OF_LAST) else months
        shows = f'IF(COUNT({header})={shown},EDATE(MAX({header}),-{back}),"")'
        cell = f"{movements.NAME}!${letter}${numbers[key]}"
        yield Proven(movements.NAME, f"{label}, last {months} months", key, cell, back, shows, added)


def add(workbook: Any, shown: int, last: Month) -> Any:
    """The sheet without the engine's figures. last: the last month reported."""
    sheet = workbook.create_sheet(NAME)
    style.title(
        sheet,
        NAME,
        "Each figure of the report beside the one that mrr-xl computed from the lines when it wrote this workbook.",
    )
    for column, head in enumerate(_HEADS, 1):
        cell = sheet.cell(TOP - 1, column)
        style.put(cell, head, style.HEADER, style.RIGHT if column in (4, 5, 6, 7, 8) else style.INDENTED)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    bottom = TOP - 1
    for bottom, one in enumerate(proven(shown), TOP):
        _line(sheet, bottom, one, last)
    _result(sheet, f"$I${TOP}:$I${bottom}")
    define(workbook, "Proof_figures", NAME, f"$A${TOP}:$I${bottom}")
    define(workbook, "Proof_stamp", NAME, "$A$5")
    style.put(sheet["A5"], None, style.UNIT, style.LEFT)
    listing.view(sheet, NAME, (16, 48, 46, 11, 9, 17, 17, 13, 13), f"A{TOP}")
    sheet.auto_filter.ref = f"A{TOP - 1}:I{bottom}"
    sheet.sheet_properties.tabColor = style.GOOD
    return sheet


def _line(sheet: Any, row: int, one: Proven, last: Month) -> None:
    ours, engine = f"F{row}", f"G{row}"
    near = f"ABS({ours}-{engine})<={_NEAR.format(engine=engine)}"
    compared = f'IF(ISNUMBER({engine}),IF(ISNUMBER({ours}),IF({near},"PASS","FAIL"),"FAIL"),{_BOTH.format(ours=ours)})'
    values = (
        one.sheet, one.label, one.function, first_day(Month(last - one.back)), one.months, f"={one.cell}", None,
        f'=IF(ISNUMBER({ours}),IF(ISNUMBER({engine}),ROUND({ours}-{engine},6),""),"")',
        f'=IF({one.shows}=D{row},{compared},"other month")',
    )  # fmt: skip
    money = find(one.function.partition(",")[0]).unit
    shown = {"money": '#,##0.00_);(#,##0.00);"–"_)'}.get(money, style.FORMATS[money])
    formats = {4: style.MONTH_INPUT, 5: "0", 6: shown, 7: shown, 8: '0.000000_);(0.000000);"–"_)'}
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        cell.value = value
        cell.font = style.LINK_FONT if column == 6 else style.LABEL
        cell.alignment = style.FIGURE if column in formats else style.INDENTED
        cell.number_format, cell.border = formats.get(column, "General"), style.HAIRLINE


#: Where the engine's figure is undefined, the report's is an error.
_BOTH = 'IF(ISERROR({ours}),"PASS","FAIL")'


def _result(sheet: Any, results: str) -> None:
    """How many figures agree, at the top, and the colours of the words below."""
    passed, failed, others = (f'COUNTIF({results},"{word}")' for word in ("PASS", "FAIL", "other month"))
    sheet["A3"] = f'=IF({failed}>0,"FAIL",IF({passed}=0,"not compared","PASS"))'
    sheet["B3"] = (
        f'={passed}&" of "&({passed}+{failed})&" figures agree"&IF({others}=0,"","; "&{others}&" are not compared: the '
        'report shows another month, or fewer")'
    )
    for cell in ("A3", "B3"):
        sheet[cell].font, sheet[cell].alignment = style.LIGHT_FONT, style.LEFT
    sheet.row_dimensions[3].height = 20
    styles: tuple[tuple[str, dict[str, Any]], ...] = (
        ("PASS", {"font": Font(color=style.GOOD, bold=True), "fill": style.GOOD_CELL}),
        ("FAIL", {"font": Font(color=style.BAD, bold=True), "fill": style.BAD_CELL}),
        ("other month", {"font": Font(color=style.NOTE)}),
    )
    for area in (results.replace("$", ""), "A3"):
        first = area.partition(":")[0]
        for word, looks in styles:
            sheet.conditional_formatting.add(area, FormulaRule([f'{first}="{word}"'], **looks))
