"""What is wrong with the lines of a reading: of each kind all rows in one sentence, or a database's first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import shown
from mrr_xl.ledger.frames import dates_as_texts, first_row, to_memory
from mrr_xl.ledger.mistakes import several
from mrr_xl.ledger.reading import SOURCE, WIDE, Reading


def look_for_problems(reading: Reading) -> None:
    """Note what is wrong in the lines, each kind once; a database's lines are looked at when they are priced."""
    if not isinstance(reading.table, nw.DataFrame):
        reading.unpriced = reading.table
        return
    while reading.problems:
        lines = reading.table
        if reading.mistaken_rows:  # where a cell without a value would be wrong once more
            lines = lines.filter(~nw.col("row").is_in([*reading.mistaken_rows]))
        found = lines.select(*(flag.alias(name) for name, flag in flags(reading).items()))
        if any(to_memory(found).row(0)):
            reading.mistaken(*_first_of(reading, lines))
        else:
            _have_none(reading)


def flags(reading: Reading) -> dict[str, nw.Expr]:
    """Whether some line has a problem, for each of the problems."""
    return {f"problem {place}": wrong.any() for place, (wrong, _, _) in enumerate(reading.problems)}


def raise_the_first(reading: Reading, found: Sequence[Any]) -> None:
    """Raises MrrError for a database's first line with a problem; found: which problems some line has."""
    if any(found):
        raise several(*_first_of(reading, reading.unpriced), reading.files)
    _have_none(reading)


def _have_none(reading: Reading) -> None:
    reading.looked_for += reading.problems
    reading.problems = []


def _first_of(reading: Reading, table: Any) -> tuple[str, list[tuple[Any, Any, str]]]:
    """The first problem of a table's lines: the column, and for each row that has it the value and the sentence."""
    code: Any = nw.lit(0)
    for index, (wrong, _, _) in reversed(list(enumerate(reading.problems, 1))):
        code = nw.when(wrong).then(nw.lit(index)).otherwise(code)
    lines = table.with_columns(code.alias("problem")).filter(nw.col("problem") > 0)
    try:
        return _alike(reading, lines)
    except (OverflowError, ValueError):
        return _alike(reading, dates_as_texts(lines))


def _alike(reading: Reading, lines: Any) -> tuple[str, list[tuple[Any, Any, str]]]:
    """The first of the lines, which all have a problem, and those with the same one."""
    first = first_row(lines)
    _, role, message = reading.problems[first["problem"] - 1]
    header = reading.layout.roles[role]
    rows = [first]
    if isinstance(lines, nw.DataFrame):
        lines = lines.filter(nw.col("problem") == first["problem"]).sort("row")
        if header == WIDE["mrr"]:
            lines = lines.filter(nw.col(SOURCE + WIDE["month"]) == first[SOURCE + WIDE["month"]])
        rows = list(lines.select("row", SOURCE + header).iter_rows(named=True))
    values = [(row.get("row"), _shown(role, row[SOURCE + header])) for row in rows]
    if header == WIDE["mrr"]:
        header = first[SOURCE + WIDE["month"]].removeprefix(SOURCE)
    return header, [(row, value, message.replace("{value}", shown(value))) for row, value in values]


def _shown(role: str, raw: Any) -> Any:
    """A cell's value as an error shows it."""
    if role in ("start", "end", "cancelled", "past_due", "trial_end", "discount_until") and isinstance(raw, float):
        raw = months.from_serial(raw) or raw  # a cell's date arrives as a number
    return f"{raw:%Y-%m-%d}" if hasattr(raw, "strftime") and raw == raw else raw  # NaT is not itself
