"""A ledger that has been read → the same ledger over a table of typed columns in a database, whose steps are kept."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.ledger.conditions import select
from mrr_xl.ledger.frames import as_text, only_value, to_memory, trimmed
from mrr_xl.ledger.ledger import Ledger, read_ledger
from mrr_xl.ledger.reading import MARK, SOURCE
from mrr_xl.ledger.written import DATES, NUMBERS
from mrr_xl.rollforward.book import Book
from mrr_xl.sources.columns import INTERVAL
from mrr_xl.sources.headers import is_percent
from mrr_xl.sources.how import How
from mrr_xl.sources.table import Table

GIVEN = "given"  #: the table of typed columns
DATE, NUMBER, NAME, TEXT, AS_IT_IS = "date", "number", "name", "text", "as it is"
NAMES = ("customer", "subscription", "parent")


def refuse_what_is_no_sql(book: Book) -> None:
    """Raises MrrError for what mrr_xl does before the first floor, or beside the floors, and the SQL would not."""
    ledger, settings = book.ledger, book.settings
    zoned = [
        name.removeprefix(SOURCE)
        for name, dtype in ledger.frame.collect_schema().items()
        if name.startswith(SOURCE) and getattr(dtype, "time_zone", None)
    ]
    why = {
        f"an export of {ledger.how.system} is reshaped while it is read, which the SQL does not do; give a table with "
        "customer, start, end and amount": ledger.how.system is not None,
        "a schedule with a column for each month gets new columns, of which the SQL would not know; give it with a "
        "line for each month: customer, month, mrr": ledger.layout.kind == "wide",
        "several files are not a table of a database; give one of them and name the table with --table": ledger.files,
        "lines with a change of price become two while they are read, which the SQL does not do; give a line for each "
        "price": ledger.has("fixed_end"),
        f"column {ledger.layout.roles.get('amount')} is for a whole contract, whose term the SQL does not compute; "
        "give a column amount and a column interval": ledger.layout.total == "term",
        "the currencies stand beside the amounts; a table of a database needs a column currency": MARK
        in ledger.layout.roles.values(),
        "the SQL has no rates that change by month; give one rate for each currency": ledger.rates.by_month,
        "the SQL has no parents; set grain to customer or subscription": settings.grain == "parent",
        "the SQL gives months; leave out --period": settings.period != "month",
        f"column {', '.join(zoned)} carries a time zone, which the SQL does not convert; cast it to DATE": zoned,
    }
    for sentence, holds in why.items():
        if holds:
            raise MrrError(sentence)


def kinds_of(ledger: Ledger) -> dict[str, str]:
    """What each of the user's columns holds, by its header: dates, numbers, texts or whatever it does."""
    kinds: dict[str, str] = {}
    roles = {header: role for role, header in ledger.layout.roles.items()}
    for header in ledger.headers:
        if header == INTERVAL:
            continue  # of no column of the user's
        dtype, role = ledger.frame.collect_schema()[SOURCE + header], roles.get(header)
        other = AS_IT_IS if dtype.is_numeric() and role is None else TEXT
        kinds[header] = DATE if role in DATES else NUMBER if role in NUMBERS else NAME if role in NAMES else other
    return kinds


def typed(book: Book, connection: Any) -> Ledger:
    """The ledger's lines in an engine of its own, read again there, under the conditions of the book.

    connection: Ibis' of DuckDB. What reading looks up in the data, such as its words, is looked up there.
    """
    source = book.ledger
    _refuse_other_blanks(source)
    columns = [_column(source, header, kind).alias(header) for header, kind in kinds_of(source).items()]
    connection.con.register("frame", to_memory(source.frame.select(*columns)).to_arrow())
    connection.con.execute(f"CREATE TABLE {GIVEN} AS SELECT * FROM frame")
    connection.con.unregister("frame")
    table = Table(nw.from_native(connection.table(GIVEN)))
    how = How(columns=source.understood.columns)
    ledger = read_ledger(table, factors=book.settings.factors, rates=source.rates, how=how)
    if (ledger.layout.kind, ledger.layout.roles) != (source.layout.kind, source.layout.roles):
        raise MrrError("the columns of this table mean something else in a database; say with --map which is what")
    return select(ledger, book.where)


def _refuse_other_blanks(ledger: Ledger) -> None:
    """Raises MrrError if a text has at its ends what mrr_xl takes for blank, and TRIM does not."""
    for header, kind in kinds_of(ledger).items():
        text = as_text(nw.col(SOURCE + header))
        if kind in (NAME, TEXT) and only_value(ledger.frame.select((trimmed(text) != trimmed(text, "^ +| +$")).any())):
            raise MrrError(
                f"column {header} has texts with a tab or another blank at an end, which TRIM leaves in SQL; remove it"
            )


def _column(ledger: Ledger, header: str, kind: str) -> nw.Expr:
    """A column of the user's as a column of its kind, blank where it changes no figure."""
    column, dtype = nw.col(SOURCE + header), ledger.frame.collect_schema()[SOURCE + header]
    role = next((role for role, of in ledger.layout.roles.items() if of == header), "")
    if kind == DATE and not isinstance(dtype, (nw.Date, nw.Datetime)):
        day = nw.col("start") if role == "month" else ledger.values.get(role)
        return nw.lit(None).cast(nw.Date) if day is None else _date(day)
    if kind == DATE:
        return column.cast(nw.Date)
    if kind == NUMBER and not dtype.is_numeric():
        value = ledger.values.get(role)
        percent = role == "discount" and is_percent(header)
        return nw.lit(None).cast(nw.Float64) if value is None else value * 100 if percent else value
    if kind == NUMBER:
        return column.cast(nw.Float64)
    return column if kind == AS_IT_IS else as_text(column)


def _date(day: nw.Expr) -> nw.Expr:
    """A day as a date; none where it is OPEN."""
    month = day // 32
    text = nw.concat_str(
        (month // 12).cast(nw.String),
        (month % 12 + 1).cast(nw.String).str.zfill(2),
        (day % 32).cast(nw.String).str.zfill(2),
        separator="-",
    )
    return nw.when(day < months.OPEN).then(text).str.to_date("%Y-%m-%d")
