"""The sheet Settings: what the report shows, the rules behind its figures, and the exchange rates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from openpyxl.styles import PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.table import Table, TableStyleInfo

from mrr_xl.ledger.rates import Rates
from mrr_xl.months import AFTER_LAST_SERIAL, Month, first_day, latest_complete
from mrr_xl.presets import PRESETS
from mrr_xl.report import style
from mrr_xl.report.formulas import FISCAL, RATES, STEP, Lookup, call, define, rule
from mrr_xl.report.sheets.month import MONTHS
from mrr_xl.settings import RULES, Rule, Settings

NAME = "Settings"
_REPORT_ROW = 5
_DATES = {"type": "date", "operator": "between", "formula1": "1", "formula2": str(AFTER_LAST_SERIAL)}
_EMPTY_RATES = 3  #: blank rows of the table, to be filled in


def add(
    workbook: Any,
    rules: Settings,
    currency: str,
    months: int,
    first_month: int | None,
    rates: Rates,
    lambdas: bool = False,
    lookup: Lookup | None = None,
) -> dict[str, int]:
    """What the report shows, a row for each rule, and the table of rates; gives each rule's row.

    lambdas: with a cell for the last month that is over, since LAMBDAs have no calendar that stands still. lookup:
    where no function of ours is called, so that it takes a fill to follow a change of the rules.
    """
    sheet = workbook.create_sheet(NAME)
    needed = " After a change of a rule or a rate, mrr-xl fill computes the Schedule anew." if lookup else ""
    subtitle = f"What the report shows and the rules behind its figures. You can change the blue cells.{needed}"
    style.title(sheet, "Settings", subtitle)
    last = lookup("MRR_LAST_MONTH", "") if lookup else call("MRR_LAST_MONTH")
    start = f"EDATE({last},1-Months_shown)"
    if not lookup:  # of quarters and years none before the data: there is room for 24 of them
        first_period = f"INDEX({call('MRR_MOVEMENTS')},2,2)"
        start = f"EDATE(Period_last,(1-Months_shown)*{STEP})"
        start = f"IF(Period_months=1,{start},MAX({start},IFERROR({first_period},0)))"
    _heading(sheet, _REPORT_ROW - 1, ("Report", "Value", "What it means", "Allowed"))
    inputs = (
        ("Currency", "Report_currency", currency, "The currency name shown next to amounts.", "any text", "General"),
        (
            "Months shown", "Months_shown", months,
            "How many months the sheets show." if lookup else "How many months, or quarters or years, the sheets show.",
            "fixed in this workbook" if lookup else f"1 to {months}", "0",
        ),
        (
            "First month", "First_month", None if first_month is None else first_day(Month(first_month)),
            "By default, the months end with the last one reported. What you typed on Unit economics stays put.",
            "a month such as 2024-01", style.MONTH_INPUT,
        ),
        *([(
            "Complete through", "Complete_through", first_day(latest_complete()),
            "The last month that is over. Later months are not reported: change it when a month has ended.",
            "a month such as 2024-01", style.MONTH_INPUT,
        )] if lambdas else []),
    )  # fmt: skip
    for row, (label, name, value, meaning, allowed, number_format) in enumerate(inputs, _REPORT_ROW):
        _line(sheet, row, label, meaning, allowed)
        style.put_input(sheet.cell(row, 2), value, number_format)
        define(workbook, name, NAME, f"$B${row}")
    if lookup:
        style.put(sheet.cell(_REPORT_ROW + 1, 2), months, style.LABEL, style.INDENTED)
        sheet.cell(_REPORT_ROW + 1, 2).fill, sheet.cell(_REPORT_ROW + 1, 2).border = PatternFill(), style.HAIRLINE
    if first_month is None:
        sheet.cell(_REPORT_ROW + 2, 2).value = f"={start}"
    _validate_report(sheet, months, lambdas)
    top = _REPORT_ROW + len(inputs) + 2
    _heading(sheet, top - 1, ("Rule", "Value", "What it means", "Allowed", "Name in messages"))
    shown = [name for name in RULES if not (lambdas and name == "preset")]  # LAMBDAs can't look a tool's rules up
    rows = {name: row for row, name in enumerate(shown, top)}
    for name, row in rows.items():
        _rule(sheet, row, RULES[name], getattr(rules, name))
        if not lambdas and rules.text(name) == _usual(name, rules.preset):
            _follow(sheet.cell(row, 2), RULES[name], f"$B${rows['preset']}")
    bottom = top + len(rows) - 1
    define(workbook, "Rules", NAME, f"$A${top}:$B${bottom}")
    below = bottom if lookup else _add_period(workbook, sheet, bottom + 3)
    _rates(sheet, below + 3, currency, rates)
    sheet.row_breaks.append(Break(id=bottom + 1))
    for letter, width in zip("ABCDE", (22, 18, 80, 38, 20)):
        sheet.column_dimensions[letter].width = width
    sheet.sheet_properties.tabColor = style.MUTED
    sheet.freeze_panes = f"A{_REPORT_ROW - 1}"
    sheet.sheet_view.showGridLines = False
    style.page(sheet, NAME)
    return rows


def _add_period(workbook: Any, sheet: Any, top: int) -> int:
    """What the rule period means for the sheets, a row each; gives the last row."""
    period, begins = rule("period"), rule("fiscal_year_begins")
    words = {"quarter": '"quarter"', "year": '"year"', "months": '"last twelve months"'}
    word = "".join(f'IF(ISNUMBER(SEARCH("{part}",{period})),{text},' for part, text in words.items())
    # A fiscal year begins after the last month of one; quarters leave open which month, and it may be typed as April.
    after, names = "MOD(MONTH(Period_last),12)+1", ",".join(f'"{month[:3].lower()}"' for month in MONTHS)
    typed = f"IFERROR(MAX(1,{begins}*1),MATCH(LEFT(TRIM({begins}),3),{{{names}}},0))"
    lines = (
        ("A figure is of a", "Period_word", f'{word}"month")))', "As the rule period says."),
        ("Months in it", "Period_months", 'IF(Period_word="month",1,IF(Period_word="quarter",3,12))', "1, 3 or 12."),
        (
            "Reported until", "Period_last", call("MRR_LAST_MONTH"),
            "The last month reported. A quarter or a year that is not over yet is not reported.",
        ),
        (
            "A year begins with", "Period_begins", f"IF({FISCAL},IF(Period_months=12,{after},{typed}),1)",
            "The month's number: as the rule fiscal_year_begins says, for a fiscal year or quarter.",
        ),
    )  # fmt: skip
    _heading(sheet, top - 1, ("Period", "Value", "What it means", "Follows"))
    for row, (label, name, formula, meaning) in enumerate(lines, top):
        _line(sheet, row, label, meaning, "the rules above")
        cell = sheet.cell(row, 2)
        cell.value, cell.font = f"={formula}", style.FORMULA
        cell.alignment, cell.border = style.INDENTED, style.HAIRLINE
        cell.number_format = style.MONTH_INPUT if name == "Period_last" else "General"
        define(workbook, name, NAME, f"$B${row}")
    return top + len(lines) - 1


def _heading(sheet: Any, row: int, texts: Sequence[str]) -> None:
    for column, text in zip_longest(range(1, 6), texts):
        cell = sheet.cell(row, column)
        style.put(cell, text, style.HEADER, style.LEFT if column == 1 else style.INDENTED)
        cell.fill, cell.border = style.HEADER_FILL, style.BELOW_HEADER
    sheet.row_dimensions[row].height = 20


def _line(sheet: Any, row: int, label: str, meaning: str, allowed: str) -> None:
    style.put(sheet.cell(row, 1), label, style.LABEL, style.LEFT)
    style.put(sheet.cell(row, 3), meaning, style.LABEL, style.WRAPPED)
    style.put(sheet.cell(row, 4), allowed, style.UNIT, style.WRAPPED)
    for column in (1, 3, 4, 5):
        sheet.cell(row, column).border = style.HAIRLINE
    sheet.row_dimensions[row].height = 46 if len(allowed) > 90 else 32 if len(meaning) > 85 or len(allowed) > 42 else 18


def _validate_report(sheet: Any, months: int, lambdas: bool) -> None:
    shown = DataValidation(type="whole", operator="between", formula1="1", formula2=str(months), allow_blank=False)
    shown.errorTitle, shown.error = "Months shown", f"This workbook has room for 1 to {months} months."
    typed = f"B{_REPORT_ROW + 2}"  # a later day would be of no quarter, and of no month that Budget looks for
    is_month = f"AND({typed}>1,{typed}<{AFTER_LAST_SERIAL},MONTH({typed}-1)<>MONTH({typed}))"
    first = DataValidation(type="custom", formula1=is_month, allow_blank=False)
    first.errorTitle, first.error = "First month", "Enter a month, such as 2024-01."
    over = DataValidation(allow_blank=False, **_DATES)
    over.errorTitle, over.error = "Complete through", first.error
    for check, row in ((shown, _REPORT_ROW + 1), (first, _REPORT_ROW + 2), (over, _REPORT_ROW + 3))[: 2 + lambdas]:
        check.showErrorMessage = True
        check.add(f"B{row}")
        sheet.add_data_validation(check)


def _rates(sheet: Any, top: int, currency: str, rates: Rates) -> None:
    """The table of exchange rates; empty if there is only one currency."""
    style.put(sheet.cell(top, 1), "Exchange rates", style.SECTION, style.LEFT)
    meaning = (
        "Needed only if there is more than one currency. A rate is what one unit is worth in the reporting currency, "
        "whose own rate is 1. Leave Month blank if a rate holds for all months."
    )
    style.put(sheet.cell(top, 3), meaning, style.LABEL, style.WRAPPED)
    sheet.row_dimensions[top].height = 32
    headers = ("Currency", "Month", "Rate")
    for column, header in enumerate(headers, 1):
        cell = sheet.cell(top + 1, column)
        style.put(cell, header, style.TABLE_HEADER, style.INDENTED)
        cell.fill = style.TABLE_FILL
    lines: list[tuple[Any, ...]] = [
        (name, None if month is None else first_day(month), rate) for name, month, rate in rates.pairs
    ]
    lines += [(None, None, None)] * _EMPTY_RATES
    for row, line in enumerate(lines, top + 2):
        for column, (value, number_format) in enumerate(zip(line, ("General", style.MONTH_INPUT, "0.0000##")), 1):
            style.put_input(sheet.cell(row, column), value, number_format)
    table = Table(displayName=RATES, ref=f"A{top + 1}:C{top + 1 + len(lines)}")
    table.tableStyleInfo = TableStyleInfo(name="TableStyleLight1", showRowStripes=False)
    sheet.add_table(table)


def _usual(name: str, tool: str | None) -> str:
    """A rule as it is if nobody says otherwise: as the tool has it, or the default."""
    return PRESETS.get(tool or "", {}).get(name) or RULES[name].text(RULES[name].default)


def _follow(cell: Any, followed: Rule, tool: str) -> None:
    """Let a rule that tools have chosen differently follow the cell that names one, until a user types over it."""
    chosen = {name: rules[followed.name] for name, rules in PRESETS.items() if followed.name in rules}
    if chosen:
        names, texts = (",".join(f'"{text}"' for text in row) for row in (chosen, chosen.values()))
        cell.value = f'=IFERROR(INDEX({{{texts}}},MATCH({tool},{{{names}}},0)),"{followed.text(followed.default)}")'


def _rule(sheet: Any, row: int, rule: Rule, value: Any) -> None:
    is_month = rule.kind == "month"
    # As a text, so that no program takes 30/7 for a day of July.
    number_format = style.MONTH_INPUT if is_month else "@" if rule.kind == "factor" else "General"
    style.put_input(sheet.cell(row, 2), rule.in_cell(value), number_format)
    allowed = rule.allowed.removeprefix("one of ") + (", or blank" if is_month else "")
    _line(sheet, row, rule.name, rule.doc, allowed)
    sheet.cell(row, 1).number_format = style.shown_as(rule.name.replace("_", " ").capitalize())
    style.put(sheet.cell(row, 5), rule.name, style.UNIT, style.INDENTED)
    check = _validation(rule, f"B{row}")
    if check is not None:
        check.errorTitle, check.error, check.showErrorMessage = rule.name, f"Allowed: {allowed}.", True
        check.add(f"B{row}")
        sheet.add_data_validation(check)


def _validation(rule: Rule, cell: str) -> Any:
    """What Excel takes in the rule's cell; a time zone is checked by our functions alone."""
    if rule.kind in ("zone", "columns"):
        return None
    given: dict[str, Any] = {
        "choice": {"type": "list", "formula1": f'"{",".join(rule.choices)}"'},
        "days": {"type": "whole", "operator": "greaterThanOrEqual", "formula1": "0"},
        "days or unlimited": {
            "type": "custom", "formula1": f'IF(ISNUMBER({cell}),{cell}>=0,LOWER({cell})="unlimited")',
        },
        "months": {"type": "whole", "operator": "greaterThanOrEqual", "formula1": "1"},
        "month": _DATES,
        "month of a year": {"type": "whole", "operator": "between", "formula1": "1", "formula2": "12"},
        "factor": {"type": "custom", "formula1": f'OR(ISNUMBER(FIND("/",{cell})),IFERROR({cell}*1,0)>0)'},
        "fraction": {"type": "custom", "formula1": f"AND(ISNUMBER({cell}),{cell}>0,{cell}<=1)"},
    }  # fmt: skip
    return DataValidation(allow_blank=True, **given[rule.kind])
