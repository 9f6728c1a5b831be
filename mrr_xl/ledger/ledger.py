"""Any table → the Ledger: one row per subscription period, checked and priced per month."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import InvalidOperation
from functools import cached_property
from typing import Any, TypeVar

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import Answer
from mrr_xl.errors import MrrError, nearest, shown, unexpected
from mrr_xl.ledger.amounts import read_amounts
from mrr_xl.ledger.cells_of_several import without_several
from mrr_xl.ledger.facts import STOPPED_TODAY, TODAYS, facts, found_out, states_in
from mrr_xl.ledger.frames import Frame, only_value
from mrr_xl.ledger.large_files import in_slices
from mrr_xl.ledger.marks import with_currencies
from mrr_xl.ledger.names import NAMES, read_names
from mrr_xl.ledger.pricing import LARGEST, money
from mrr_xl.ledger.problems import flags, raise_the_first
from mrr_xl.ledger.rates import NO_RATES, Rates
from mrr_xl.ledger.reading import MARK, SOURCE, WIDE, Reading
from mrr_xl.ledger.schedules import of_months, unpivoted
from mrr_xl.ledger.terms import with_intervals
from mrr_xl.ledger.written import written
from mrr_xl.settings import FACTORS, Factors
from mrr_xl.sources import read_table
from mrr_xl.sources.columns import INTERVAL, TOTALS, Layout, recognise
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.spelling import header_named, letters
from mrr_xl.sources.table import Table

Seen = TypeVar("Seen")


@dataclass(frozen=True, eq=False)
class Ledger:
    """Subscription periods: customer, start, end (days, see months.py), mrr (Int64 millionths).

    Beside them, where the table has them: subscription, parent, cancelled, stopped, past_due and trial_end (days),
    list_mrr (before discounts), discount_until and discount_over (days: the end of the discount as it is given, and the
    first day after it as its duration has it), discount_limited (1 where it will end, whenever that is),
    left_out (an index of LEFT_OUT) and state (what the status says), currency and local (the MRR in it), fixed_end
    (whether the end is the first day without service, whatever the settings say). Every column
    of the user's table is kept, under "col:" + its header; `row` is its row in that table, the header being row 1,
    where the table has an order. of: the ledger that this one is a part of. values: what the column of each role was
    read as (a number, a fraction, a day, a word), as an expression over the frame; a role that is not here changes no
    figure. answers: what was found out on the way from the file, as MRR_CHECKS says it. how: how the table was read.
    files: the names of the files that its rows come from, where there are several. made: columns that the file lacks.
    today: whether a status is that of the day of the export (True) or of the whole line (False), where that is known.
    edge: the last month of which the file tells all, where its source knows it. words: the different words in the
    columns of small vocabularies, by role. found: what is known of the facts, by name. refused: what was looked for in
    the lines and is in none: whether it is there, as an expression over the frame, the role of its column, and the
    sentence.
    """

    frame: Frame
    layout: Layout
    rates: Rates = NO_RATES
    currencies: tuple[str, ...] = ()
    of: Ledger | None = None
    values: Mapping[str, nw.Expr] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    how: How = AS_FOUND
    files: Sequence[str] = ()
    made: tuple[str, ...] = ()
    today: bool | None = None
    edge: months.Month | None = None
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    refused: tuple[tuple[nw.Expr, str, str], ...] = ()

    @property
    def whole(self) -> Ledger:
        """The ledger with all its lines."""
        return self.of or self

    @cached_property
    def _known(self) -> dict[Callable[..., Any], Any]:
        return {}

    def once(self, look: Callable[[Ledger], Seen]) -> Seen:
        """What `look` sees in this ledger, looked for when it is first asked for."""
        if look not in self._known:
            self._known[look] = look(self)
        seen: Seen = self._known[look]
        return seen

    def fact(self, name: str) -> Any:
        """What `facts`, or `going_on`, says of the ledger with all its lines, found out when it is first asked for."""
        known = self.whole.found
        if name not in known:
            frame = self.whole.frame
            known |= (
                found_out(frame, {}, [name]) if name in TODAYS else found_out(frame, {name: facts(frame.columns)[name]})
            )
        return known[name]

    @property
    def in_memory(self) -> bool:
        return isinstance(self.frame, nw.DataFrame)

    @property
    def lines(self) -> int:
        return int(only_value(self.frame.select(nw.len())))

    @property
    def headers(self) -> list[str]:
        """The headers of the user's own columns."""
        return [name.removeprefix(SOURCE) for name in self.frame.columns if name.startswith(SOURCE)]

    @property
    def understood(self) -> How:
        """How the table was read, with each role's header, as it can be kept for the next time."""
        if self.how.system is not None:
            return replace(self.how, columns=())
        ours = {header for header in self.layout.roles.values() if SOURCE + header in self.frame.columns}
        ours -= {*WIDE.values(), MARK, INTERVAL, *self.made}
        named = {"amount": TOTALS.get(self.layout.total or "", "amount")}
        columns = {named.get(role, role): header for role, header in self.layout.roles.items() if header in ours}
        return replace(self.how, columns=tuple({**dict(self.how.columns), **columns}.items()))

    def column(self, name: str) -> str:
        """The frame's column that a user means by `name`."""
        headers = self.headers
        header = header_named(name, headers) or self.layout.roles.get(letters(name))
        if header is not None:
            return SOURCE + header
        raise MrrError(
            f"there is no column {shown(name)}; the columns are {', '.join(headers)}", nearest(name, headers)
        )

    def has(self, column: str) -> bool:
        return column in self.frame.columns


def read_ledger(
    data: object,
    *,
    timezone: str | None = None,
    factors: Factors = FACTORS,
    rates: Rates = NO_RATES,
    how: How = AS_FOUND,
) -> Ledger:
    """A pandas, Polars or DuckDB frame, or a file, as a Ledger.

    Three layouts are recognised by their headers: subscriptions (customer, start, [end], amount or mrr, ...),
    a long schedule (customer, month, mrr) and a wide one (customer, then one column a month). timezone: where
    timestamps with an offset become dates. factors: how many days and weeks a month has. rates: what one unit of each
    currency is worth. how: what the user says about the table.
    Raises MrrError naming row, column and value.
    """

    def read(source: object) -> Ledger:
        try:
            return _of_table(read_table(source, how), timezone, factors, rates, how)
        except (UnicodeEncodeError, InvalidOperation) as error:  # half a character, a Decimal that signals
            raise MrrError(f"a cell of the table can't be read ({unexpected(error)}); mend it") from None

    return in_slices(data, how, read) or read(data)


def _of_table(source: Table, timezone: str | None, factors: Factors, rates: Rates, how: How) -> Ledger:
    table, layout, how, answers = laid_out(source, how)
    table, totals, termless = with_intervals(table, layout, how, timezone)
    table, layout, marks, unread = with_currencies(table, layout, rates, source)
    if layout.kind == "wide":
        table, layout, unread = unpivoted(table, layout, how.sign("mrr"), source)
    reading = Reading(table, layout, how, source.files, source.numbers)
    with reading.all_mistakes():
        for header, mistakes in (*termless, *unread):
            reading.unread(header, mistakes)
        reading.drop_blank_rows()
        read_names(reading)
        _when(reading, timezone)
        reading.table = reading.table.with_columns(*reading.derived)
        read_amounts(reading, rates, factors)
    table, found = reading.table, {}
    if not isinstance(table, nw.DataFrame):
        found = _looked_at(reading, source, rates)
    else:
        refuse_more_than_can_be_summed(table, rates)
        # Each name once: several times faster to sort and to carry along.
        names = [name for name in ("customer", "subscription", "parent", "currency") if name in table.columns]
        table = table.with_columns(nw.col(*names).cast(nw.Categorical))
    return Ledger(
        table,
        layout,
        rates,
        reading.currencies,
        values=reading.values,
        answers=(*source.answers, *answers, *totals, *marks),
        how=how,
        files=source.files,
        made=source.made,
        today=source.today,
        edge=source.edge,
        words=reading.vocabulary,
        found=found,
        refused=tuple(reading.looked_for),
    )


def _looked_at(reading: Reading, source: Table, rates: Rates) -> dict[str, Any]:
    """What is wrong in a database's lines, what they add up to and what `facts` says of them, in one query."""
    frame = reading.table
    wanted: dict[str, Any] = {**flags(reading), **reading.sums, **facts(frame.columns)}
    asked = source.today is None and reading.layout.kind == "subscriptions"
    goes_on = [STOPPED_TODAY] if asked and states_in(reading.vocabulary) & set(TODAYS[STOPPED_TODAY]) else []
    found = found_out(frame, wanted, goes_on)
    raise_the_first(reading, [found.pop(name) for name in flags(reading)])
    _refuse_sums({name: found.pop(name) for name in reading.sums}, rates)
    return found


def refuse_more_than_can_be_summed(table: nw.DataFrame[Any], rates: Rates) -> None:
    """Raises MrrError if a sum of the lines' MRR is beyond whole millionths."""
    amounts = [name for name in ("mrr", "list_mrr", "local", "list_local") if name in table.columns]
    sums = table.select(money(nw.col(*amounts).cast(nw.Float64).sum())).row(0)
    _refuse_sums(dict(zip(amounts, sums)), rates)


def _refuse_sums(sums: Mapping[str, Any], rates: Rates) -> None:
    """Raises MrrError if a sum of amounts, in whichever currency and at whichever rate, is beyond whole millionths."""
    highest = max([1.0, *rates.by_month.values()])
    for name, total in sums.items():
        if total is not None and total * (highest if "local" in name else 1) > 9 * LARGEST:
            raise MrrError(
                f"the amounts add up to more than {9 * LARGEST:,.0f}; split the ledger by currency or entity"
            )


def laid_out(source: Table, how: How) -> tuple[Any, Layout, How, list[Answer]]:
    """A table with its columns under their own names, what they are, and how they are written. Raises MrrError."""
    table, own = source.frame, (source.row, source.fixed)
    headers = [header for header in table.columns if header not in own]
    how = how.over(source.how)
    layout = recognise(headers, source.roles, dict(how.columns), how.order("month"))
    ours = {name: ours for name, ours in ((source.row, "row"), (source.fixed, "fixed_end")) if name is not None}
    table = table.rename({header: SOURCE + header for header in headers} | ours)
    used = {SOURCE + header for header in (*layout.roles.values(), *layout.months)}
    names = {SOURCE + layout.roles[role] for role in (*NAMES, "product") if role in layout.roles}
    table = without_several(table, used, names, SOURCE)
    if source.row is not None and how.row_order is not None:
        raise MrrError("the rows of this data have numbers of their own; leave out order")
    if source.row is None and (how.row_order or isinstance(table, nw.DataFrame)):
        table = table.with_row_index("row", order_by=_ordered_by(how.row_order, headers))
        table = table.with_columns(nw.col("row").cast(nw.Int64) + 2)
    return table, layout, *written(table, layout, how, source)


def _ordered_by(order: str | None, headers: Sequence[str]) -> str | None:
    """The column by which rows are numbered; None for the order in which they stand. Raises MrrError."""
    if order is None:
        return None
    header = header_named(order, headers)
    if header is None:
        sentence = f"there is no column {shown(order)} to number the rows by; the columns are {', '.join(headers)}"
        raise MrrError(sentence, nearest(order, headers))
    return SOURCE + header


def _when(reading: Reading, timezone: str | None) -> None:
    for role in ("stopped", "past_due", "trial_end", "discount_until"):
        if role in reading.layout.roles:
            reading.day(role, role, None, timezone)
    if reading.layout.kind != "subscriptions":
        of_months(reading)
        return
    reading.day("start", "start", "the start is blank; fill in the first day of service", timezone)
    if "end" in reading.layout.roles:
        reading.day("end", "end", None, timezone)
        reading.problems.append((nw.col("end") < nw.col("start"), "end", "the end {value} is before the start"))
    else:
        reading.derived.append(nw.lit(months.OPEN).cast(nw.Int64).alias("end"))
    if "cancelled" in reading.layout.roles:
        reading.day("cancelled", "cancelled", None, timezone)
