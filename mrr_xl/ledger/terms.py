"""Amounts for a whole year or a whole contract (ARR, ACV, TCV): the interval that each is for."""

from __future__ import annotations

import re
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import NOTE, Answer
from mrr_xl.date_texts import folded
from mrr_xl.errors import MrrError, listed, shown
from mrr_xl.ledger.mistakes import Wrong
from mrr_xl.ledger.pricing import share_of_month
from mrr_xl.ledger.reading import SOURCE, made_column
from mrr_xl.ledger.texts import is_missing, number_in
from mrr_xl.months import Day
from mrr_xl.sources.columns import INTERVAL, Layout
from mrr_xl.sources.headers import words
from mrr_xl.sources.how import How
from mrr_xl.sources.number_texts import is_nothing
from mrr_xl.sources.table import found

#: What a header may say that a term's numbers count, the first that it says; of compounds such as Vertragsjahre, too.
_UNITS = (
    ("months", 1, "months", re.compile(r"\b(months?|mth?s?|mos?|m|mon|monate?n?|mois|mes|meses|mesi)\b")),
    ("half-years", 6, "months", re.compile(r"halbjahr|half ?years?\b|\bsemest(er|re)s?\b")),
    ("quarters", 3, "months", re.compile(r"vierteljahr|\bquarters?\b|\bqtrs?\b|quartale?n?\b|\btrimestres?\b")),
    ("years", 1, "years", re.compile(r"jahr|\byears?\b|\by(rs?)?\b|\bj\b|\b(ans|annees?|anos?|anni|anno)\b")),
    ("fortnights", 2, "weeks", re.compile(r"\bfortnights?\b")),
    ("weeks", 1, "weeks", re.compile(r"wochen?\b|\bweeks?\b|\bwks?\b|\bsemaines?\b|\bsemanas?\b")),
    ("days", 1, "days", re.compile(r"tagen?\b|\btag\b|\bdays?\b|\bjours?\b|\bdias?\b")),
)
#: What else a header says in brackets, or behind "in", would be what it counts.
_OF_SOMETHING = re.compile(r"\([^()]*[a-z][^()]*\)|\b(?:in|en) [a-z]+$")
_MOST = 99_999  #: of a unit; a longer term is a mistake
_NONE = "month"  #: of a line whose amount is not known yet, or never: what reads its other columns says what is wrong


def with_intervals(
    table: Any, layout: Layout, how: How, timezone: str | None
) -> tuple[Any, list[Answer], list[tuple[str, Wrong]]]:
    """A table with a column of the intervals that its amounts are for, where their header says it. Raises MrrError.

    Beside what was found out stand the cells, by their header, that give no term.
    """
    header = layout.roles.get("amount", "")
    if layout.total == "year":
        column = nw.lit("year").alias(made_column(table, INTERVAL))
        return table.with_columns(column), [found(f"amounts of {header}", "for a year: a twelfth is the MRR")], []
    if layout.total != "term":
        return table, [], []
    if not isinstance(table, nw.DataFrame):
        raise MrrError(f"column {header} is for a whole contract, whose term is not computed in a database; export it")
    has_terms = "term" in layout.roles
    said, wrong = _terms(table, layout, how) if has_terms else _spans(table, layout, how, timezone)
    unread = [(layout.roles["term" if has_terms else "end"], wrong)]
    terms = nw.new_series(made_column(table, INTERVAL), said, nw.String, backend=table.implementation)
    by = f"column {layout.roles['term']} gives" if has_terms else "the start and the end of each line give"
    said_so = found(f"amounts of {header}", f"for the term that {by}")
    if "end" in layout.roles:
        return table.with_columns(terms), [said_so], unread
    run_on = (
        "nothing says which contracts end with their term, so all run on: add a column end, blank for those that do"
    )
    return table.with_columns(terms), [said_so, ("ends of terms", NOTE, 0, None, run_on)], unread


def _terms(table: Any, layout: Layout, how: How) -> tuple[list[str], Wrong]:
    """Each line's term as an interval, from a column of them, and the cells that are none.

    They are numbers of months, unless its header says otherwise.
    """
    header = layout.roles["term"]
    counted, each, unit = _unit(header)
    mend = "write a text such as 3 years, as the header does not say what numbers count"
    if each:
        mend = f"write a number of {counted} or a text such as 3 years"
    terms: list[str] = []
    wrong = []
    for row, value, amount in zip(*_columns(table, header, layout.roles["amount"])):
        try:
            terms.append(_term(value, how.sign("term"), each, unit, mend) if _says(amount) else _NONE)
        except MrrError as error:
            terms.append(_NONE)
            wrong.append((row, value if _says(value) else None, str(error)))
    return terms, wrong


def _unit(header: str) -> tuple[str, int, str]:
    """What the numbers of a column of terms count, and how many of what that is; 0 where its header hides it.

    >>> [_unit(header) for header in ("Laufzeit (Halbjahre)", "Term in years", "Term (seasons)")]
    [('half-years', 6, 'months'), ('years', 1, 'years'), ('', 0, '')]
    """
    spelled = " ".join(words(header))
    for counted, each, unit, pattern in _UNITS:
        if pattern.search(spelled):
            return counted, each, unit
    return ("", 0, "") if _OF_SOMETHING.search(folded(header)) else ("months", 1, "months")


def _term(value: Any, sign: str | None, each: int, unit: str, mend: str) -> str:
    if not _says(value):
        raise MrrError(f"the term is blank; {mend}")
    try:
        count = number_in(value, sign, "a term")
    except MrrError:
        try:
            share = share_of_month(value)
        except MrrError:
            share = None
        if not share:
            raise MrrError(f"{shown(value)} is not a term; {mend}") from None
        return str(value).strip()
    if not each or count != int(count) or not 0 < count <= _MOST:
        raise MrrError(f"{shown(value)} is not a term; {mend}")
    return f"{int(count) * each} {unit}"


def _spans(table: Any, layout: Layout, how: How, timezone: str | None) -> tuple[list[str], Wrong]:
    """Each line's term as an interval, from its start to its end, and the ends that give none. Raises MrrError."""
    amount = layout.roles["amount"]
    if "end" not in layout.roles:
        raise MrrError(
            f"column {amount} is for a whole contract, and nothing says for how long; add a column term, such as 12 "
            f"months, or end{_unread(table, layout)}"
        )
    spans: list[str] = []
    wrong = []
    unknown = f"so that the term of column {amount} is not known; add a column term, such as 12 months"
    unknown += _unread(table, layout)
    for row, first, last in zip(*_columns(table, layout.roles["start"], layout.roles["end"])):
        spans.append(_NONE)
        try:
            start = months.read_day(first, timezone, how.order("start"))
            end = months.read_day(last, timezone, how.order("end")) if _says(last) else months.OPEN
        except (MrrError, ValueError):
            continue  # what reads these columns says it
        if end >= months.OPEN:
            wrong.append((row, None, f"the contract has no end, {unknown}"))
        elif end >= start and (length := whole_months(start, end)) is None:
            wrong.append((row, last, f"from {_date(start)} to {_date(end)} there are no whole months, {unknown}"))
        elif end >= start:
            spans[-1] = f"{length} months"
    return spans, wrong


def _unread(table: Any, layout: Layout) -> str:
    """How to say that a column is the term, where there are some that nothing reads."""
    read = {*layout.roles.values(), *layout.idle}
    headers = [name.removeprefix(SOURCE) for name in table.columns if name.startswith(SOURCE)]
    unread = [header for header in headers if header not in read and not header.startswith("(")]
    if not unread:
        return ""
    which = "one of " * (len(unread) > 1) + listed(unread, 5)
    return f"; if {which} says it, name it with --map term=..., elsewhere with columns"


def _columns(table: Any, *headers: str) -> list[list[Any]]:
    return [table["row"].to_list(), *(table[SOURCE + header].to_list() for header in headers)]


def _says(value: Any) -> bool:
    """Whether a cell is not blank."""
    if isinstance(value, str):
        return not is_missing(value)
    return not is_nothing(value)


def _date(day: Day) -> str:
    return f"{months.day_of(day):%Y-%m-%d}"


def whole_months(start: Day, end: Day) -> int | None:
    """How many months a period has, whether its end is the first day after it or its last day; None if not whole ones.

    >>> from mrr_xl.months import read_day
    >>> [whole_months(read_day("2024-01-15"), read_day(end)) for end in ("2025-01-15", "2025-01-14", "2025-01-20")]
    [12, 12, None]
    >>> whole_months(read_day("2024-01-01"), read_day("2024-12-31"))
    12
    """
    for day in (end, months.next_day(end)):
        count, over = divmod(day - start, 32)
        if not over and count > 0:
            return int(count)
    return None
