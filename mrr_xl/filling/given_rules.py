"""Rules, exchange rates and a currency that a fill is given: they go into the workbook's own cells for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.filling.ledger_table import let_grow
from mrr_xl.filling.month_cells import month_serial
from mrr_xl.filling.room import refuse_without_room
from mrr_xl.filling.row_formats import RowFormats
from mrr_xl.filling.workbook_rules import cells_of_rules, rates_table, rules_of
from mrr_xl.ledger.rates import Rates
from mrr_xl.months import Month
from mrr_xl.presets import PRESETS
from mrr_xl.settings import RULES, Settings, read_rules
from mrr_xl.sources.headers import plain
from mrr_xl.xlsx.ranges import Growth
from mrr_xl.xlsx.styles import date_style
from mrr_xl.xlsx.workbook import Workbook

_ROLES = ("currency", "month", "rate")


def rules_for(workbook: Workbook, given: Mapping[str, Any]) -> dict[str, Any]:
    """Rules that are given, as a workbook takes them: a preset that it has no row for as the rules it stands for.

    Raises MrrError where the workbook has no place for one.
    """
    if not given:
        return {}
    there = {cell.name for cell in cells_of_rules(workbook)}
    rules = dict(given)
    if "preset" in rules and "preset" not in there:
        rules = read_rules(PRESETS.get(rules.pop("preset"), {})) | rules
    missing = [name for name, value in rules.items() if name not in there and value != RULES[name].default]
    if missing and not there:
        raise MrrError(
            f"the workbook has no rules that could be set, such as {missing[0]}: give the name Rules to a range of two "
            "columns, the rule and its value, and that range to the formulas, as in =MRR(Subscriptions[#All],B1,,Rules)"
        )
    if missing:
        rows, them = ("row", "one") if len(missing) == 1 else ("rows", "them")
        raise MrrError(
            f"the workbook's range Rules has no {rows} {', '.join(missing)}; add {them}, or write a new report with "
            "mrr-xl template"
        )
    return {name: value for name, value in rules.items() if name in there}


def set_rules(workbook: Workbook, given: Mapping[str, Any]) -> None:
    """Write rules into the workbook's cells for them."""
    for cell in cells_of_rules(workbook):
        if cell.name in given:
            rule, style, sheet = RULES[cell.name], None, workbook.sheet(cell.sheet)
            value, there = rule.in_cell(given[cell.name]), sheet.cell(cell.row, cell.column)
            if rule.kind == "month" and value is not None and isinstance(workbook.value(there) or None, str):
                value = rule.text(given[cell.name])
            elif rule.kind == "month" and value is not None:
                value = month_serial(workbook, given[cell.name])
                style = date_style(workbook.package, there.get("s"))
            sheet.put(cell.row, cell.column, value, style=style)


def refuse_other_rules(workbook: Workbook, meant: Settings) -> None:
    """Raise MrrError where a computed workbook has other rules than its figures are meant to be of."""
    found = rules_of(workbook)
    for name in RULES:
        if getattr(found, name) != getattr(meant, name) and name != "preset":
            raise MrrError(
                f"the rule {name} is to be {meant.text(name) or 'blank'}, and the workbook computes "
                f"{found.text(name) or 'blank'} for it; type a value into that cell in place of its formula"
            )


def set_rates(workbook: Workbook, rates: Rates) -> list[str]:
    """Write exchange rates into the workbook's table Rates, in place of those there. Raises MrrError.

    Gives notes of what the user has to know.
    """
    table = rates_table(workbook)
    if table is None:
        raise MrrError(
            "the workbook has no table named Rates for the rates; add one: Currency, Month, Rate; "
            "and give it to the formulas, as in =MRR(Subscriptions[#All],B1,,Rules,Rates[#All])"
        )
    columns = {plain(header): column for column, header in enumerate(table.columns, table.left)}
    needed = [role for role in _ROLES if role != "month" or any(month is not None for _, month, _ in rates.pairs)]
    for role in needed:
        if role not in columns:
            raise MrrError(f"table Rates has no column {role.capitalize()}, which the rates need; add it")
    sheet, lines = workbook.sheet(table.sheet), len(rates.pairs)
    formats = RowFormats(sheet, table, {columns["month"]} if "month" in columns else set(), {})
    if table.top + lines > table.last_line:
        if table.has_totals:
            raise MrrError(f"table Rates has a total row and no room for {lines} rates; remove its total row")
        refuse_without_room(workbook, table, [], lines)
    last_line = max(table.last_line, table.top + lines)
    roles = {columns[role]: number for number, role in enumerate(_ROLES) if role in columns}
    for row in range(table.top + 1, last_line + 1):
        line = rates.pairs[row - table.top - 1] if row - table.top <= lines else (None, None, None)
        for column, number in roles.items():
            value: Any = line[number]
            if number == 1 and value is not None:
                value = month_serial(workbook, Month(value))
            style = formats.style(row, column, sheet.cells(row).get(column)) if value is not None else None
            sheet.put(row, column, value, style=style)
        if row > table.last_line:
            formats.apply(row, table.left, table.right)
    if last_line == table.last_line:
        return []
    return let_grow(workbook, table, Growth.of(table, replace(table, bottom=last_line + table.has_totals)))
