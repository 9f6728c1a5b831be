"""`where`: which lines of a ledger to look at."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import cell_errors
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.ledger.days import day_expr
from mrr_xl.ledger.frames import Frame, as_text, first_row, only_value, to_memory, trimmed
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.names import exact
from mrr_xl.ledger.pricing import number
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.months import Day, read_day
from mrr_xl.sources.number_texts import LOST, LOST_DIGITS
from mrr_xl.sources.spelling import BLANKS, refuse_half_characters

_TERM = re.compile(r"\s*([^<>=!]+?)\s*(=|<>|!=)\s*([^<>=!].*?|)\s*")

#: What people write between two conditions.
_WORD = re.compile(r"(?i)\s(and|or|&&?)\s.*(?:=|<>)")


def select(ledger: Ledger, where: str | None) -> Ledger:
    """The lines that a condition picks: "plan=Pro", "plan=Pro; region=EU", "region<>US", without regard to case.

    A column or a value that the ledger does not have is an error, so that a typing error cannot pass for 0.
    """
    if isinstance(where, Collection) and not isinstance(where, str):
        raise MrrError(f"condition {shown(where)} can't be read; write it as plan=Pro or region<>US")
    frame, wanted = ledger.frame, dict[str, str]()
    text = str(where) if hasattr(where, "shape") else str(where or "")  # a mask of pandas is neither true nor false
    refuse_half_characters(text, "where")
    for term in text.split(";"):
        if not term.strip():
            continue
        parts = _TERM.fullmatch(term)
        if not parts:
            raise MrrError(f"condition {shown(term.strip())} can't be read; write it as plan=Pro or region<>US")
        name, sign, value = parts.groups()
        if sign == "=" and (other := wanted.setdefault(ledger.column(name), value)) != value:
            raise MrrError(f"no row can have {name} = {other} and {value} at once")
        column = nw.col(ledger.column(name))
        dtype = frame.collect_schema()[ledger.column(name)]
        if dtype.is_numeric():
            same = _equals(ledger, name, value)
        elif isinstance(dtype, (nw.Date, nw.Datetime)) and (day := _day(value)) is not None:
            same = day_expr(column) == day
        else:
            cells = trimmed(as_text(column).fill_null(""))
            _refuse(ledger, ledger.column(name), error=cells.is_in(cell_errors.UNREAD))
            same = _same_text(frame, cells, value.strip(BLANKS).lower())
        same = same.fill_null(False)
        if (value or sign == "=") and not only_value(ledger.frame.filter(same).select(nw.len())):
            raise MrrError(f"no row has {name} = {value}{_known_values(ledger, name)}{_joined(value)}")
        frame = frame.filter(same if sign == "=" else ~same)
    return replace(ledger, frame=frame, of=ledger.whole)


def _joined(value: str) -> str:
    """How conditions are joined, where a value is another condition behind a word; and that values have no quotes.

    >>> _joined("Pro and region=EU"), _joined("Bread and Butter")
    ('; write ; between conditions that are to hold at once', '')
    >>> _joined("'Pro'")
    '; write it without quotes'
    """
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return "; write it without quotes"
    if not (word := _WORD.search(value)):
        return ""
    if word[1].lower() == "or":
        return "; conditions always hold at once: for one or the other, ask for each"
    return "; write ; between conditions that are to hold at once"


def _same_text(frame: Frame, text: nw.Expr, wanted: str) -> nw.Expr:
    """Whether a column has a text, in any case: engines differ in what the small letters of İ and Σ are."""
    other = text.str.contains("[^ -~]")  # beyond ASCII, in any database's regular expressions
    distinct = to_memory(frame.filter(other).select(text.alias("text")).unique())["text"].to_list()
    small = text.str.to_lowercase() == wanted
    return (~other & small) | text.is_in([name for name in distinct if name.lower() == wanted]) if distinct else small


def _day(value: str) -> Day | None:
    """The day that a text says; None for any other text, also for a moment of a day."""
    try:
        return None if ":" in value else read_day(value)
    except MrrError:
        return None


def _equals(ledger: Ledger, name: str, value: str) -> nw.Expr:
    """Whether a column of numbers has this one; a whole number that no float keeps is compared by its digits."""
    column, wanted = nw.col(ledger.column(name)), number(value, f"a number, as column {name} has")
    dtype = ledger.frame.collect_schema()[ledger.column(name)]
    if abs(wanted) < exact(dtype):
        return column.cast(nw.Float64) == wanted
    if dtype.is_float():
        _refuse(ledger, ledger.column(name), lost=_lost(ledger.column(name), dtype))
    return as_text(column) == (str(int(value)) if re.fullmatch(r"[-+]?\d+", value) else value)


def refuse_unknown_values(ledger: Ledger, column: str) -> None:
    """Raises MrrError if a cell of the column is an error, or a float that may stand for several whole numbers.

    What should stand in the first nobody knows; the others are those of long ids.
    """
    dtype = ledger.frame.collect_schema()[column]
    if dtype.is_float():
        _refuse(ledger, column, lost=_lost(column, dtype))
    elif not dtype.is_numeric():
        text = as_text(nw.col(column)).fill_null("")
        _refuse(ledger, column, trimmed(text).is_in(cell_errors.UNREAD), text.str.contains(LOST_DIGITS))


def _lost(column: str, dtype: Any) -> nw.Expr:
    return (nw.col(column).cast(nw.Float64).abs() >= exact(dtype)) & nw.col(column).is_finite()


def _refuse(ledger: Ledger, column: str, error: nw.Expr | None = None, lost: nw.Expr | None = None) -> None:
    """Raises MrrError if a line has an error in a column, or a number that has lost its digits."""
    flags = [flag for flag in (error, lost) if flag is not None]
    found = to_memory(ledger.frame.select(*(flag.any().alias(f"{place}") for place, flag in enumerate(flags)))).row(0)
    for flag, some in zip(flags, found):
        if not some:
            continue
        row = first_row(ledger.frame.filter(flag))
        where, value = cell(row.get("row"), column.removeprefix(SOURCE), ledger.files), row[column]
        mend = LOST.replace("{value}", shown(value)) if flag is lost else cell_errors.mend(str(value).strip(BLANKS))
        raise MrrError(f"{where}: {mend}")


def _known_values(ledger: Ledger, name: str) -> str:
    distinct = ledger.frame.select(as_text(nw.col(ledger.column(name))).alias("value")).unique()
    values = to_memory(distinct)["value"].to_list()
    known = sorted(value for value in values if isinstance(value, str) and value)  # pandas' blank is NaN
    return f"; the column has {', '.join(known[:8])}{', ...' if len(known) > 8 else ''}" if known else ""
