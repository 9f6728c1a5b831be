"""The table of a workbook that holds the ledger: which one it is, and how it gets new lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mrr_xl.errors import MrrError, shown
from mrr_xl.filling import stamp
from mrr_xl.filling.beside import Beside
from mrr_xl.filling.grown_ranges import grow_ranges
from mrr_xl.filling.lines import Lines, lines_for, looks, roles_in
from mrr_xl.filling.room import refuse_split_arrays, refuse_without_room
from mrr_xl.filling.row_formats import RowFormats
from mrr_xl.filling.stale_addresses import stale_addresses
from mrr_xl.rollforward.book import Book
from mrr_xl.sources.columns import MAP, Layout, recognise
from mrr_xl.xlsx.column_widths import set_width, widen_like
from mrr_xl.xlsx.extent import widen
from mrr_xl.xlsx.package import Package
from mrr_xl.xlsx.ranges import Growth
from mrr_xl.xlsx.sheet import Sheet
from mrr_xl.xlsx.tables import Table, add_column, clear_filter, resize
from mrr_xl.xlsx.workbook import Workbook

_LONGEST_HEADER, _LONGEST_TEXT = 255, 32_767
_LOOKED_AT, _WIDEST = 500, 44  #: the rows that say how wide a column is shown, and the most letters of one


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


def refuse_unknown(table: Table) -> None:
    """Raise MrrError where a table's headers are not those of a ledger, before the data is read."""
    try:
        recognise(table.columns)
    except MrrError as error:
        why, unknown, _ = str(error).partition(MAP)
        mend = "; rename the header of the one that does, in the workbook (--map is for the data)" if unknown else ""
        raise MrrError(f"table {table.name}: {why}{mend}") from None


def put_data(workbook: Workbook, table: Table, book: Book, strict: bool = False, ours: bool = False) -> list[str]:
    """Write the lines of a book's ledger as the table's rows; gives notes of what the user has to know.

    The table's own formulas are carried down, and what was typed beside a line stays with it. strict: refuse columns of
    the data that the table does not have, instead of adding them. ours: whether its lines are those that we wrote, so
    that nothing typed is lost with them, only what the data had the last time. Raises MrrError.
    """
    package, sheet = workbook.package, workbook.sheet(table.sheet)
    if why := _why_not_subscriptions(recognise(table.columns)):
        raise MrrError(f"table {table.name}: {why}")
    if not table.has_header:
        tick = "in Excel, tick Header Row on the tab Table Design, and fill again"
        raise MrrError(f"table {table.name} has no header row; {tick}")
    numbered = _is_numbered(workbook, table)
    written = lines_for(table.columns, table.name, book, workbook.days_to_1900, numbered=numbered)
    if strict and written.added:
        name, source = next(iter(written.added.items()))
        lacks = f"the data has a column {source} that table {table.name} does not have"
        if source in table.columns:
            lacks = f"table {table.name} has no column {name}, as which column {source} of the data is read"
        raise MrrError(f"{lacks}; add it to the table, or fill without strict")
    _refuse_long_texts(table, written)
    refuse_without_room(workbook, table, list(written.added.values()), book.ledger.lines)
    refuse_split_arrays(workbook, table)
    old = replace(table, columns=list(table.columns))
    _add_columns(package, sheet, table, list(written.added))
    like = looks(old.columns, written)
    roles = roles_in(old.columns)
    beside = Beside(workbook, old, written, roles, stamp.columns_of(package))
    if workbook.formula_of("Months_shown"):  # a report of ours, whose sheet Segments is of such columns
        stamp.note_columns(package, [header for header in written.values if header not in roles.values()])
    last_line = table.top + max(book.ledger.lines, 1)  # Excel needs a row below the header
    growth = Growth.of(old, replace(table, bottom=last_line + table.has_totals))
    _write_lines(sheet, table, written, like, beside, growth, book.ledger.lines)
    lost = list(beside.follow(growth.bottom))
    notes = [*(beside.left_out() if ours else lost), *_show_all(package, sheet, table)]
    return [*notes, *let_grow(workbook, table, growth)]


def _is_numbered(workbook: Workbook, table: Table) -> bool:
    """Whether the first customer that the table has is a number."""
    sheet = workbook.sheet(table.sheet)
    column = table.left + table.columns.index(recognise(table.columns).roles["customer"])
    cells = (sheet.cells(row).get(column) for row in sheet.there(table.first_line, table.last_line))
    return isinstance(next(filter(None, map(workbook.value, cells)), None), float)


def let_grow(workbook: Workbook, table: Table, growth: Growth) -> list[str]:
    """Give a table its new extent, and all that is over its lines; gives notes of formulas that don't follow."""
    resize(workbook.package, table, growth.last)
    widen(workbook.sheet(table.sheet), (table.left, table.top, table.right, table.bottom))
    return list(stale_addresses(workbook, table, growth.old_bottom, grow_ranges(workbook, growth)))


def _refuse_long_texts(table: Table, written: Lines) -> None:
    """Excel repairs a file with longer ones: https://support.microsoft.com, "Excel specifications and limits"."""
    for header in written.added:
        if _length(header) > _LONGEST_HEADER:
            raise MrrError(
                f"column {shown(header)} of the data has a header of {_length(header):,} characters, and a table of "
                f"Excel takes {_LONGEST_HEADER}; shorten it"
            )
    for header, values in written.values.items():
        for line, value in enumerate(values, 1):
            if isinstance(value, str) and _length(value) > _LONGEST_TEXT:
                raise MrrError(
                    f"line {line:,} of the data, column {header}: the text {shown(value)} has {_length(value):,} "
                    f"characters, and a cell of Excel takes {_LONGEST_TEXT:,}; shorten it"
                )


def _letters(header: str, values: Sequence[object]) -> int:
    """How wide a column of the data is shown, with room for the header's button."""
    longest = max((len(str(value)) for value in values[:_LOOKED_AT] if value is not None), default=0)
    return min(max(longest, len(header) + 3) + 2, _WIDEST)


def _length(text: str) -> int:
    """As Excel counts: a character such as an emoji is two."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _add_columns(package: Package, sheet: Sheet, table: Table, added: Sequence[str]) -> None:
    """Add columns of the data that the table does not have, at its right end: their headers there and in the data."""
    for header in added:
        last = sheet.cells(table.top).get(table.right)
        add_column(package, table, header)
        sheet.put(table.top, table.right, header, style=None if last is None else last.get("s"))


def _write_lines(
    sheet: Sheet, table: Table, written: Lines, like: Mapping[str, str], beside: Beside, growth: Growth, lines: int
) -> None:
    """Write the rows, with the total row below them; the table still has its old extent."""
    numbers = {header: number for number, header in enumerate(table.columns, table.left)}
    columns = {numbers[header]: values for header, values in written.values.items()}
    shown_like = {numbers[header]: numbers[column] for header, column in like.items()}
    for column, other in shown_like.items():
        widen_like(sheet, column, other)
    for header in written.added:
        set_width(sheet, numbers[header], str(_letters(header, written.values[header])))
    formats = RowFormats(sheet, table, {numbers[header] for header in written.days}, shown_like)
    formulas, kept = beside.formulas(growth), beside.kept
    if table.has_totals:
        beside.move_total_row(growth)
    last = growth.first_line + lines - 1
    for row in sheet.there(last + 1, max(growth.last, table.bottom)):
        if not (table.has_totals and row == growth.bottom):
            sheet.clear(row, table.left, table.right)
    for line, row in enumerate(range(growth.first_line, last + 1)):
        cells = sheet.cells(row)
        for column in range(table.left, table.right + 1):
            if (row, column) in kept:
                if (cell := kept[row, column]) is not None:
                    sheet.place(row, column, cell)
            elif column in formulas:
                formula, text = formulas[column]
                style = formats.style(row, column, cells.get(column))
                sheet.put_formula(row, column, text(row), formula.array, formula.grows, style)
            elif column in columns:
                sheet.put(row, column, columns[column][line], style=formats.style(row, column, cells.get(column)))
            else:
                sheet.put(row, column, None)
        if row > growth.old_last:
            formats.apply(row, table.left, table.right)


def _show_all(package: Package, sheet: Sheet, table: Table) -> list[str]:
    """Show the rows that a filter hid, which is for other lines; gives a note of it."""
    if not clear_filter(package, table):
        return []
    for row in sheet.there(table.top + 1, table.last_line):
        if sheet.rows[row].attrib.pop("hidden", None):
            package.touched.add(sheet.part)
    return [f"the filter of table {table.name} was cleared, so that it shows every line"]
