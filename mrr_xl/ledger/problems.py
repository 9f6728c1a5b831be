"""What is wrong with the lines of a reading: of each kind all rows in one sentence, or a database's first one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import shown
from mrr_xl.ledger.frames import dates_as_texts, first_row
from mrr_xl.ledger.mistakes import Wrong, several
from mrr_xl.ledger.reading import SOURCE, WIDE, Reading

#: The roles that a problem of a role hangs on, too: an end is before its start.
_BESIDE = {"end": ("start",)}


def look_for_problems(reading: Reading) -> None:
    """Note what is wrong in the lines, each kind once; a database's lines are looked at when they are priced."""
    if not isinstance(reading.table, nw.DataFrame):
        reading.unpriced = reading.table
        return
    lines = reading.table
    if reading.unread_rows:  # a cell without a value would be wrong once more
        reading.problems = [
            (wrong & ~_in_rows(rows) if (rows := _unread_rows(reading, role)) else wrong, role, message)
            for wrong, role, message in reading.problems
        ]
    while reading.problems:
        (found,) = lines.select(*(flag.alias(name) for name, flag in flags(reading).items())).rows()
        if not any(found):
            _have_none(reading)
            return
        place, header, mistakes = _first_of(reading, lines)
        reading.mistaken(header, mistakes)
        wrong, role, message = reading.problems[place]
        reading.problems[place] = wrong & ~_in_rows(row for row, _, _ in mistakes), role, message


def _unread_rows(reading: Reading, role: str) -> set[int | None]:
    """The rows whose problems of a role hang on a cell that can't be read."""
    headers = [reading.layout.roles.get(name) for name in (role, *_BESIDE.get(role, ()))]
    return {row for header in headers for row in reading.unread_rows.get(header or "", ())}


def _in_rows(rows: Iterable[int | None]) -> nw.Expr:
    return nw.col("row").is_in([*rows])


def flags(reading: Reading) -> dict[str, nw.Expr]:
    """Whether some line has a problem, for each of the problems."""
    return {f"problem {place}": wrong.any() for place, (wrong, _, _) in enumerate(reading.problems)}


def raise_the_first(reading: Reading, found: Sequence[Any]) -> None:
    """Raises MrrError for a database's first line with a problem; found: which problems some line has."""
    if any(found):
        _, header, mistakes = _first_of(reading, reading.unpriced)
        raise several(header, mistakes, reading.files)
    _have_none(reading)


def _have_none(reading: Reading) -> None:
    reading.looked_for += reading.problems
    reading.problems = []


def _first_of(reading: Reading, table: Any) -> tuple[int, str, Wrong]:
    """The first problem of a table's lines: its place among the problems, the column, and all rows that have it first.

    Of each row the value and the sentence.
    """
    none = len(reading.problems)
    code: Any = nw.lit(none)
    for place, (wrong, _, _) in reversed(list(enumerate(reading.problems))):
        code = nw.when(wrong).then(nw.lit(place)).otherwise(code)
    lines = table.with_columns(code.alias("problem")).filter(nw.col("problem") < none)
    try:
        return _alike(reading, lines)
    except (NotImplementedError, OverflowError, ValueError):
        return _alike(reading, dates_as_texts(lines))


def _alike(reading: Reading, lines: Any) -> tuple[int, str, Wrong]:
    """The first of the lines, which all have a problem, and those with the same one."""
    first = first_row(lines)
    place = first["problem"]
    _, role, message = reading.problems[place]
    header = reading.layout.roles[role]
    rows = [first]
    if isinstance(lines, nw.DataFrame):
        lines = lines.filter(nw.col("problem") == place).sort("row")
        if header == WIDE["mrr"]:
            lines = lines.filter(nw.col(SOURCE + WIDE["month"]) == first[SOURCE + WIDE["month"]])
        rows = list(lines.select("row", SOURCE + header).iter_rows(named=True))
    values = [(row.get("row"), _shown(role, row[SOURCE + header])) for row in rows]
    if header == WIDE["mrr"]:
        header = first[SOURCE + WIDE["month"]].removeprefix(SOURCE)
    return place, header, [(row, value, message.replace("{value}", shown(value))) for row, value in values]


def _shown(role: str, raw: Any) -> Any:
    """A cell's value as an error shows it."""
    if role in ("start", "end", "cancelled", "past_due", "trial_end", "discount_until") and isinstance(raw, float):
        raw = months.from_serial(raw) or raw  # a cell's date arrives as a number
    return f"{raw:%Y-%m-%d}" if hasattr(raw, "strftime") and raw == raw else raw  # NaT is not itself
