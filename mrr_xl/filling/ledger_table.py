"""The table of a workbook that holds the ledger: which one it is, and how it gets new lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from openpyxl.formula.translate import Translator
from openpyxl.utils.cell import get_column_letter

from mrr_xl.errors import MrrError
from mrr_xl.filling.lines import lines_for
from mrr_xl.rollforward.book import Book
from mrr_xl.sources.columns import Layout, recognise
from mrr_xl.xlsx.package import MAIN, Package
from mrr_xl.xlsx.places import LAST_ROW
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.styles import date_style
from mrr_xl.xlsx.tables import Table, add_column, resize
from mrr_xl.xlsx.workbook import Workbook


def find_table(workbook: Workbook, name: str | None = None) -> Table:
    """The table of this name; without one, Subscriptions, or the only table whose headers are a ledger's."""
    tables = workbook.tables
    wanted = (name or "Subscriptions").lower()
    for table in tables:
        if table.name.lower() == wanted:
            return table
    known = ", ".join(table.name for table in tables) or "none"
    if name:
        raise MrrError(f"the workbook has no table named {name} (its tables: {known})")
    ledgers = [table for table in tables if _why_not_a_ledger(table) is None]
    if len(ledgers) == 1:
        return ledgers[0]
    missing = f"the workbook has no table named Subscriptions (its tables: {known})"
    if len(tables) == 1:
        raise MrrError(f"{missing}, and {known} is not a ledger: {_why_not_a_ledger(tables[0])}")
    several = f", and {' and '.join(table.name for table in ledgers)} look like a ledger" if ledgers else ""
    raise MrrError(f"{missing}{several}; give the table that name, or say which one to fill")


def _why_not_a_ledger(table: Table) -> str | None:
    try:
        return _why_not_subscriptions(recognise(table.columns))
    except MrrError as error:
        return str(error)


def _why_not_subscriptions(layout: Layout) -> str | None:
    schedule = f"it is a {layout.kind} schedule; give it columns customer, start and amount"
    return None if layout.kind == "subscriptions" else schedule


def put_data(workbook: Workbook, table: Table, book: Book, strict: bool = False) -> int:
    """Write the lines of a book's ledger as the table's rows; gives their number.

    The table's own formulas are carried down. strict: refuse columns of the data that the table does not have, instead
    of adding them. Raises MrrError.
    """
    package, sheet, ledger = workbook.package, workbook.sheet(table.sheet), book.ledger
    if why := _why_not_subscriptions(recognise(table.columns)):
        raise MrrError(f"table {table.name}: {why}")
    if not table.has_header:
        tick = "in Excel, tick Header Row on the tab Table Design, and fill again"
        raise MrrError(f"table {table.name} has no header row; {tick}")
    written = lines_for(table.columns, table.name, book, workbook.days_to_1900)
    _add_columns(package, sheet, table, written.added, strict)
    numbers = {header: number for number, header in enumerate(table.columns, table.left)}
    columns = {numbers[header]: values for header, values in written.values.items()}
    days = {numbers[header] for header in written.days}
    lines = ledger.lines
    last_line = table.top + max(lines, 1)  # Excel needs a row below the header
    bottom = last_line + table.has_totals
    if bottom > LAST_ROW:
        room = LAST_ROW - table.top - table.has_totals
        raise MrrError(f"{lines:,} lines are more than the sheet can hold ({room:,} below the table's header)")
    _refuse_overlap(sheet, table, bottom)
    styles = _styles(package, sheet, table, columns, days)
    formulas = _formulas(package, sheet, table, columns)
    if table.has_totals and table.bottom != bottom:
        sheet.move(table.bottom, table.left, table.right, bottom)
    for row in range(table.top + 1, max(last_line, table.bottom) + 1):
        line = row - table.top - 1
        if table.has_totals and row == bottom:
            continue
        for column in range(table.left, table.right + 1):
            if line >= lines:
                sheet.put(row, column, None)
            elif column in formulas:
                sheet.put_formula(row, column, formulas[column](f"{get_column_letter(column)}{row}"))
            else:
                value = columns[column][line] if column in columns else None
                sheet.put(row, column, value, style=styles.get(column))
    resize(package, table, last_line)
    return lines


def _add_columns(package: Package, sheet: Sheet, table: Table, added: Mapping[str, str], strict: bool) -> None:
    """Add columns of the data that the table does not have, at its right end: their headers there and in the data."""
    for header, source in added.items():
        if strict:
            raise MrrError(
                f"the data has a column {source} that table {table.name} does not have; add it to the table, or fill "
                "without strict"
            )
        beside = sheet.cells(table.top).get(table.right + 1)
        if beside is not None and len(beside):
            raise MrrError(
                f"the data has a column {source} that table {table.name} does not have, and the cell beside the "
                f"table's headers is not empty; add the column to the table, or clear "
                f"{get_column_letter(table.right + 1)}{table.top}"
            )
        last = sheet.cells(table.top).get(table.right)
        add_column(package, table, header)
        sheet.put(table.top, table.right, header, style=None if last is None else last.get("s"))


def _refuse_overlap(sheet: Sheet, table: Table, bottom: int) -> None:
    for row in range(table.bottom + 1, bottom + 1):
        for column in range(table.left, table.right + 1):
            cell = sheet.cells(row).get(column)
            if cell is not None and len(cell):
                raise MrrError(
                    f"table {table.name} would grow over {get_column_letter(column)}{row} of sheet {table.sheet}; "
                    "move what is below it"
                )


def _styles(
    package: Package, sheet: Sheet, table: Table, columns: Mapping[int, list[Any]], days: set[int]
) -> dict[int, str]:
    """Each column's style, as its first row has it; a date format where a column of days has none."""
    styles = {}
    for column in columns:
        cell = sheet.cells(table.top + 1).get(column)
        style = None if cell is None else cell.get("s")
        if column in days:
            style = date_style(package, style)
        if style is not None:
            styles[column] = style
    return styles


def _formulas(
    package: Package, sheet: Sheet, table: Table, columns: dict[int, list[Any]]
) -> dict[int, Callable[[str], str]]:
    """The formula of each of the table's own columns, as a function of the cell that it is carried to."""
    formulas: dict[int, Callable[[str], str]] = {}
    elements = package.root(table.part).iter(f"{MAIN}tableColumn")
    for column, element in zip(range(table.left, table.right + 1), elements):
        cell = sheet.cells(table.top + 1).get(column)
        formula = None if cell is None else cell.findtext(f"{MAIN}f")
        of_column = element.findtext(f"{MAIN}calculatedColumnFormula")
        if column in columns:
            continue
        if formula:
            formulas[column] = _carried(Translator("=" + formula, f"{get_column_letter(column)}{table.top + 1}"))
        elif of_column:  # a table without lines has its formulas only here
            formulas[column] = lambda address, formula=of_column: formula  # type: ignore[misc]
    return formulas


def _carried(formula: Translator) -> Callable[[str], str]:
    return lambda address: str(formula.translate_formula(address))[1:]
