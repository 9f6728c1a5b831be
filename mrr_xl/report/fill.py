"""Data into the table Subscriptions of any workbook, and every formula of it computed."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree
from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import get_column_letter

from mrr_xl import months
from mrr_xl.columns import plain, recognise
from mrr_xl.errors import MrrError
from mrr_xl.ledger import Ledger, read_ledger
from mrr_xl.pricing import number, number_or_percent
from mrr_xl.report.calculate import calculate, store
from mrr_xl.report.dates import date_style
from mrr_xl.report.drawings import refresh
from mrr_xl.report.package import MAIN, Package, Sheet, Table, read_package, sheet_parts, tables, write_whole

LAST_ROW = 1_048_576
#: What a line says where the data has no such column; the data's amounts are then per month, for one unit.
_DEFAULTS = {"interval": "month", "quantity": 1, "discount": 0}


@dataclass(frozen=True)
class Filled:
    """What a fill did."""

    path: Path
    lines: int
    formulas: int
    problems: list[str]


def fill(template: str | os.PathLike[str], data: object, out: str | os.PathLike[str]) -> Filled:
    """A copy of the workbook `template` at `out`, its table Subscriptions holding `data`, its formulas computed.

    template: .xlsx or .xlsm. data: a frame or a path, in any of the three layouts. Only the table, the
    formulas' values and the table's extent change; all else comes through as it was. Raises MrrError, and
    then writes nothing.
    """
    if Path(out).suffix.lower() != Path(template).suffix.lower():
        raise MrrError(f"{Path(out).name} must end in {Path(template).suffix} as the template does")
    package = read_package(template)
    ledger = read_ledger(data)
    if not ledger.in_memory:
        raise MrrError("a database's table can't be put into a sheet; fetch its rows first")
    lines = put_data(package, subscriptions_table(package), ledger)
    return finish(package, out, lines)


def finish(
    package: Package, out: str | os.PathLike[str], lines: int, embed: Callable[[bytes], bytes] | None = None
) -> Filled:
    """A workbook's formulas computed, their values stored, and the file written.

    embed: what still goes into the file then, such as macros.
    """
    values, problems = calculate(package)
    store(package, values)
    refresh(package)
    content = package.content()
    write_whole(embed(content) if embed else content, out)
    return Filled(Path(out), lines, sum(len(found) for found in values.values()), problems)


def subscriptions_table(package: Package) -> Table:
    """The workbook's table named Subscriptions."""
    found = tables(package)
    for table in found:
        if table.name.lower() == "subscriptions":
            return table
    names = ", ".join(table.name for table in found) or "none"
    raise MrrError(f"the workbook has no table named Subscriptions (its tables: {names}); name your table so")


def put_data(package: Package, table: Table, ledger: Ledger) -> int:
    """The ledger's lines as the table's rows; gives their number."""
    if table.has_totals:
        raise MrrError(f"table {table.name} has a total row; turn it off in Table Design and fill again")
    sheet = Sheet(package, sheet_parts(package)[table.sheet])
    _add_columns(package, sheet, table, ledger)
    columns = _columns(table, ledger)
    lines = ledger.lines
    bottom = table.top + lines
    if bottom > LAST_ROW:
        raise MrrError(f"{lines:,} lines are more than a sheet holds ({LAST_ROW - table.top:,} here)")
    _refuse_overlap(sheet, table, bottom)
    styles = _styles(package, sheet, table, columns)
    formulas = _formulas(sheet, table, columns)
    for row in range(table.top + 1, max(bottom, table.bottom) + 1):
        line = row - table.top - 1
        for column in range(table.left, table.right + 1):
            if line >= lines:
                sheet.put(row, column, None)
            elif column in formulas:
                place = f"{get_column_letter(column)}{row}"
                sheet.put_formula(row, column, formulas[column].translate_formula(place)[1:])
            else:
                value = columns[column][line] if column in columns else None
                sheet.put(row, column, value, style=styles.get(column))
    _resize(package, table, bottom)
    return lines


def _add_columns(package: Package, sheet: Sheet, table: Table, ledger: Ledger) -> None:
    """Columns of the data that the table has not, put at its right end."""
    roles = recognise(table.columns).roles
    known = {plain(header) for header in table.columns}
    known |= {plain(header) for role, header in ledger.layout.roles.items() if role in roles or role == "mrr"}
    added = [name.removeprefix("col:") for name in ledger.frame.columns if name.startswith("col:")]
    added = [header for header in added if plain(header) not in known and ledger.layout.kind == "subscriptions"]
    columns = package.root(table.part, touch=bool(added)).find(f"{MAIN}tableColumns")
    for header in added:
        table.right += 1
        taken = sheet.cells(table.top).get(table.right)
        if taken is not None and len(taken):
            raise MrrError(
                f"the data has a column {header} that table {table.name} lacks, and the cell beside its header is "
                f"taken; add the column to the table, or free {get_column_letter(table.right)}{table.top}"
            )
        above = sheet.cells(table.top).get(table.right - 1)
        sheet.put(table.top, table.right, header, style=None if above is None else above.get("s"))
        number_ = max(int(column.get("id")) for column in columns) + 1
        etree.SubElement(columns, f"{MAIN}tableColumn", id=str(number_), name=header)
        columns.set("count", str(len(columns)))
        table.columns.append(header)


def _refuse_overlap(sheet: Sheet, table: Table, bottom: int) -> None:
    for row in range(table.bottom + 1, bottom + 1):
        for column in range(table.left, table.right + 1):
            cell = sheet.cells(row).get(column)
            if cell is not None and len(cell):
                place = f"{get_column_letter(column)}{row}"
                raise MrrError(
                    f"table {table.name} would grow over {place} of sheet {table.sheet}; move what is below it"
                )


def _styles(package: Package, sheet: Sheet, table: Table, columns: dict[int, list[Any]]) -> dict[int, str]:
    """The first row's style for every row, and a date's format where the column has none."""
    dates = {
        place for place, header in enumerate(table.columns, table.left) if _role_of(table, header) in ("start", "end")
    }
    styles = {}
    for column in columns:
        cell = sheet.cells(table.top + 1).get(column)
        style = None if cell is None else cell.get("s")
        if column in dates:
            style = date_style(package, style)
        if style is not None:
            styles[column] = style
    return styles


def _role_of(table: Table, header: str) -> str | None:
    return {name: role for role, name in recognise(table.columns).roles.items()}.get(header)


def _formulas(sheet: Sheet, table: Table, columns: dict[int, list[Any]]) -> dict[int, Translator]:
    """The formulas of the table's own columns, to be carried down."""
    found = {}
    for column in range(table.left, table.right + 1):
        cell = sheet.cells(table.top + 1).get(column)
        formula = None if cell is None or column in columns else cell.findtext(f"{MAIN}f")
        if formula:
            found[column] = Translator("=" + formula, f"{get_column_letter(column)}{table.top + 1}")
    return found


def _resize(package: Package, table: Table, bottom: int) -> None:
    table.bottom = bottom
    reference = f"{get_column_letter(table.left)}{table.top}:{get_column_letter(table.right)}{bottom}"
    root = package.root(table.part, touch=True)
    for element in (root, *root.findall(f"{MAIN}autoFilter")):
        element.set("ref", reference)


def _columns(table: Table, ledger: Ledger) -> dict[int, list[Any]]:
    """The values of each of the table's columns that the data can fill, by sheet column."""
    layout = recognise(table.columns)
    if layout.kind != "subscriptions":
        raise MrrError(f"table {table.name} is a {layout.kind} schedule; give it columns customer, start and amount")
    roles = {header: role for role, header in layout.roles.items()}
    given = {plain(name.removeprefix("col:")): name for name in ledger.frame.columns if name.startswith("col:")}
    if "mrr" in layout.roles and "mrr" not in ledger.layout.roles:
        raise MrrError(
            f"table {table.name} has amounts per month and the data has them per interval; "
            "give the table the columns Amount and Interval"
        )
    columns: dict[int, list[Any]] = {}
    for place, header in enumerate(table.columns, table.left):
        if header in roles:
            values = _role(ledger, roles[header])
        else:
            name = given.get(plain(header))
            values = None if name is None else [_plain_value(value) for value in ledger.frame[name].to_list()]
        if values is not None:
            columns[place] = values
    return columns


def _role(ledger: Ledger, role: str) -> list[Any] | None:
    frame = ledger.frame
    per_month = "mrr" in ledger.layout.roles
    if role == "customer":
        return list(frame["customer"].to_list())
    if role in ("start", "end"):
        return [None if day >= months.OPEN else months.serial(day) for day in frame[role].to_list()]
    if role == "amount" and per_month:
        role = "mrr"
    header = None if per_month and role in _DEFAULTS else ledger.layout.roles.get(role)
    if header is None:
        return [_DEFAULTS[role]] * ledger.lines if role in _DEFAULTS else None
    values = frame[f"col:{header}"].to_list()
    if role in ("amount", "mrr", "quantity", "discount"):
        parse = number_or_percent if role == "discount" else number
        return [parse(value, "a number") for value in values]
    return [_plain_value(value) for value in values]


def _plain_value(value: Any) -> Any:
    if value is None or value != value:
        return None
    if hasattr(value, "strftime"):
        return months.serial(months.read_day(value))
    return value if isinstance(value, (bool, int, float)) else str(value) or None
