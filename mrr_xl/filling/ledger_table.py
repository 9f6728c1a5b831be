"""The table of a workbook that holds the ledger: found, and given new lines; its own formulas are carried down."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree
from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import get_column_letter

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.pricing import number, number_or_percent
from mrr_xl.sources.columns import Layout, plain, recognise
from mrr_xl.xlsx.dates import date_style
from mrr_xl.xlsx.package import MAIN, Package, sheet_parts
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table, tables

LAST_ROW = 1_048_576
#: What a line says where the data has no such column; the data's amounts are then per month, for one unit.
_DEFAULTS = {"interval": "month", "quantity": 1, "discount": 0}


def find_table(package: Package, name: str | None = None) -> Table:
    """The table of this name; without one, Subscriptions, or the only table whose headers are a ledger's."""
    found = tables(package)
    wanted = (name or "Subscriptions").lower()
    for table in found:
        if table.name.lower() == wanted:
            return table
    known = ", ".join(table.name for table in found) or "none"
    if name:
        raise MrrError(f"the workbook has no table named {name} (its tables: {known})")
    ledgers = [table for table in found if _why_no_ledger(table) is None]
    if len(ledgers) == 1:
        return ledgers[0]
    says = f"the workbook has no table named Subscriptions (its tables: {known})"
    if len(found) == 1:
        raise MrrError(f"{says}, and {known} is no ledger: {_why_no_ledger(found[0])}")
    several = f", and {' and '.join(table.name for table in ledgers)} look like one" if ledgers else ""
    raise MrrError(f"{says}{several}; name the table so, or give its name")


def _why_no_ledger(table: Table) -> str | None:
    try:
        return _why_no_subscriptions(recognise(table.columns))
    except MrrError as error:
        return str(error)


def _why_no_subscriptions(layout: Layout) -> str | None:
    schedule = f"it is a {layout.kind} schedule; give it columns customer, start and amount"
    return None if layout.kind == "subscriptions" else schedule


def put_data(package: Package, table: Table, ledger: Ledger, strict: bool = False) -> int:
    """The ledger's lines as the table's rows; gives their number.

    strict: columns of the data that the table lacks are refused instead of added.
    """
    sheet = Sheet(package, sheet_parts(package)[table.sheet])
    _add_columns(package, sheet, table, ledger, strict)
    columns = _columns(table, ledger)
    lines = ledger.lines
    totals = 1 if table.has_totals else 0
    bottom = table.top + max(lines, 1)  # Excel wants a row below the header
    if bottom + totals > LAST_ROW:
        raise MrrError(f"{lines:,} lines are more than a sheet holds ({LAST_ROW - table.top - totals:,} here)")
    _refuse_overlap(sheet, table, bottom + totals)
    styles = _styles(package, sheet, table, columns)
    formulas = _formulas(package, sheet, table, columns)
    if totals and table.bottom != bottom + 1:
        sheet.move(table.bottom, table.left, table.right, bottom + 1)
    for row in range(table.top + 1, max(bottom, table.bottom) + 1):
        line = row - table.top - 1
        if totals and row == bottom + 1:
            continue
        for column in range(table.left, table.right + 1):
            if line >= lines:
                sheet.put(row, column, None)
            elif column in formulas:
                sheet.put_formula(row, column, formulas[column](f"{get_column_letter(column)}{row}"))
            else:
                value = columns[column][line] if column in columns else None
                sheet.put(row, column, value, style=styles.get(column))
    _resize(package, table, bottom)
    return lines


def _add_columns(package: Package, sheet: Sheet, table: Table, ledger: Ledger, strict: bool) -> None:
    """Columns of the data that the table has not, put at its right end."""
    roles = recognise(table.columns).roles
    known = {plain(header) for header in table.columns}
    known |= {plain(header) for role, header in ledger.layout.roles.items() if role in roles or role == "mrr"}
    added = [name.removeprefix("col:") for name in ledger.frame.columns if name.startswith("col:")]
    added = [header for header in added if plain(header) not in known and ledger.layout.kind == "subscriptions"]
    if added and strict:
        raise MrrError(f"the data has the column {added[0]} that table {table.name} lacks; add it, or don't be strict")
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
    roles = recognise(table.columns).roles
    dates = {table.columns.index(roles[role]) + table.left for role in ("start", "end") if role in roles}
    styles = {}
    for column in columns:
        cell = sheet.cells(table.top + 1).get(column)
        style = None if cell is None else cell.get("s")
        if column in dates:
            style = date_style(package, style)
        if style is not None:
            styles[column] = style
    return styles


def _formulas(
    package: Package, sheet: Sheet, table: Table, columns: dict[int, list[Any]]
) -> dict[int, Callable[[str], str]]:
    """The formulas of the table's own columns, each by the cell that it is carried to."""
    found: dict[int, Callable[[str], str]] = {}
    told = package.root(table.part).iter(f"{MAIN}tableColumn")
    for column, told_column in zip(range(table.left, table.right + 1), told):
        cell = sheet.cells(table.top + 1).get(column)
        formula = None if cell is None else cell.findtext(f"{MAIN}f")
        of_column = told_column.findtext(f"{MAIN}calculatedColumnFormula")
        if column in columns:
            continue
        if formula:
            found[column] = _carried(Translator("=" + formula, f"{get_column_letter(column)}{table.top + 1}"))
        elif of_column:  # a table without lines has its formulas only here
            found[column] = lambda place, formula=of_column: formula  # type: ignore[misc]
    return found


def _carried(formula: Translator) -> Callable[[str], str]:
    return lambda place: str(formula.translate_formula(place))[1:]


def _resize(package: Package, table: Table, bottom: int) -> None:
    """The table ends at this row, and below it with its total row; a filter leaves that one out."""
    table.bottom = bottom + (1 if table.has_totals else 0)
    root = package.root(table.part, touch=True)
    corner, right = f"{get_column_letter(table.left)}{table.top}", get_column_letter(table.right)
    root.set("ref", f"{corner}:{right}{table.bottom}")
    for filtered in root.findall(f"{MAIN}autoFilter"):
        filtered.set("ref", f"{corner}:{right}{bottom}")


def _columns(table: Table, ledger: Ledger) -> dict[int, list[Any]]:
    """The values of each of the table's columns that the data can fill, by sheet column."""
    layout = recognise(table.columns)
    if why := _why_no_subscriptions(layout):
        raise MrrError(f"table {table.name}: {why}")
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
