"""Amounts for a whole year or a whole contract (ARR, ACV, TCV): the interval that each is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import Answer
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.ledger.mistakes import several
from mrr_xl.ledger.pricing import share_of_month
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.ledger.texts import number_in
from mrr_xl.months import Day
from mrr_xl.sources.columns import INTERVAL, Layout
from mrr_xl.sources.headers import words
from mrr_xl.sources.how import How
from mrr_xl.sources.table import found


def with_intervals(table: Any, layout: Layout, how: How, files: Sequence[str]) -> tuple[Any, list[Answer]]:
    """A table with a column of the intervals that its amounts are for, where their header says it. Raises MrrError."""
    header = layout.roles.get("amount", "")
    if layout.total == "year":
        column = nw.lit("year").alias(SOURCE + INTERVAL)
        return table.with_columns(column), [found(f"amounts of {header}", "for a year: a twelfth is the MRR")]
    if layout.total != "term":
        return table, []
    if not isinstance(table, nw.DataFrame):
        raise MrrError(f"column {header} is for a whole contract, whose term is not computed in a database; export it")
    said = _terms(table, layout, how, files) if "term" in layout.roles else _spans(table, layout, how, files)
    terms = nw.new_series(SOURCE + INTERVAL, said, nw.String, backend=table.implementation)
    by = f"column {layout.roles['term']}" if "term" in layout.roles else "the start and the end of each line"
    return table.with_columns(terms), [found(f"amounts of {header}", f"for the term that {by} gives")]


def _terms(table: Any, layout: Layout, how: How, files: Sequence[str]) -> list[str | None]:
    """Each line's term as an interval, from a column of them: numbers of months, unless its header says years."""
    header = layout.roles["term"]
    unit = "years" if {"year", "years"} & set(words(header)) else "months"
    terms: list[str | None] = []
    wrong = []
    for row, value in zip(table["row"].to_list(), table[SOURCE + header].to_list()):
        text = str(value if value is not None else "").strip()
        try:
            try:
                count = number_in(value, how.sign("term"), "a term") if text else None
            except MrrError:
                count = None
                if not share_of_month(text):
                    raise
            whole = count is None or (count == int(count) and count > 0)
            if not whole:
                raise MrrError(f"{shown(value)} is not a term; write a number of {unit} or a text such as 3 years")
            terms.append(f"{int(count)} {unit}" if count else text or None)
        except MrrError as error:
            terms.append(None)
            wrong.append((row, value, str(error)))
    if wrong:
        raise several(header, wrong, files)
    return terms


def _spans(table: Any, layout: Layout, how: How, files: Sequence[str]) -> list[str | None]:
    """Each line's term as an interval, from its start to its end."""
    if "end" not in layout.roles:
        raise MrrError(
            f"column {layout.roles['amount']} is for a whole contract, and nothing says for how long; add a column "
            "term, such as 12 months, or end"
        )
    start, end = layout.roles["start"], layout.roles["end"]
    spans: list[str | None] = []
    rows = zip(*(table[name].to_list() for name in ("row", SOURCE + start, SOURCE + end)))
    for row, first, last in rows:
        if first is None and last is None:
            spans.append(None)
            continue
        length = None
        if first is not None and last is not None:
            length = whole_months(
                months.read_day(first, order=how.order("start")), months.read_day(last, order=how.order("end"))
            )
        if length is None:
            raise MrrError(
                f"{cell(row, end, files)}: from {shown(first)} to {shown(last)} there are no whole months, so that the "
                f"term of column {layout.roles['amount']} is not known; add a column term, such as 12 months"
            )
        spans.append(f"{length} months")
    return spans


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
