"""What a careful reader of the ledger would ask about, answered line by line."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from mrr_xl import months
from mrr_xl.ledger import NOT_COUNTED, Frame
from mrr_xl.metrics.registry import table
from mrr_xl.movements import Book
from mrr_xl.periods import end_month, first_month, paid_periods

OK, NOTE, PROBLEM = "OK", "note", "problem"


@table("MRR_CHECKS")
def checks(book: Book) -> pd.DataFrame:
    """What was left out of the MRR and why, and whether the figures add up.

    Each check says OK, note or problem, how many lines it concerns, and the first one's row.

    >>> metric("MRR_CHECKS", northstar)[["check", "result", "lines"]].head(3)
                 check result  lines
    0       lines read     OK      6
    1  closing adds up     OK      0
    2  same line twice     OK      0
    """
    answers = [_lines_read(book), _closing_adds_up(book), _twice(book), _status(book), _zero(book)]
    answers += [_within_a_month(book), _future(book), _after_the_report(book)]
    return pd.DataFrame(answers, columns=["check", "result", "lines", "first_row", "says"]).astype(
        {"first_row": "Int64"}
    )


Answer = tuple[str, str, int, int | None, str]


def _found(frame: Frame) -> tuple[int, int | None]:
    """How many lines, and the row of the first."""
    has_rows = isinstance(frame, nw.DataFrame)
    row = nw.col("row").min() if has_rows else nw.lit(None)
    summary: Any = frame.select(nw.len().alias("lines"), row.alias("row"))
    found = (summary if has_rows else summary.collect()).to_dict(as_series=False)
    lines, first = int(found["lines"][0]), found["row"][0]
    return lines, None if lines == 0 or first is None else int(first)


def _note(check: str, frame: Frame, says: str, result: str = NOTE) -> Answer:
    lines, row = _found(frame)
    return check, result if lines else OK, lines, row, says if lines else "none"


def _lines_read(book: Book) -> Answer:
    lines, row = _found(book.lines.frame)
    return "lines read", OK, lines, row, f"recognised as {book.ledger.layout.kind}"


def _closing_adds_up(book: Book) -> Answer:
    """The closing again, straight from the periods that run in the last month, not from the movements."""
    periods = paid_periods(book.lines, book.settings)
    as_of, month = book.settings.as_of, book.through
    runs = (first_month(nw.col("start"), as_of) <= month) & (end_month(nw.col("end"), as_of) > month)
    total: Any = periods.filter(runs).select(nw.col("mrr").sum().cast(nw.Int64))
    straight = int((total if isinstance(total, nw.DataFrame) else total.collect()).item() or 0)
    table_ = book.movements
    closing = int(table_["closing"].iloc[-1]) if len(table_) else 0
    rolled = bool((table_["opening"] + table_["net_new"] == table_["closing"]).all())
    good = straight == closing and rolled
    says = f"MRR of {months.month_label(month)} is {closing / 1e6:,.2f}"
    return (
        "closing adds up",
        OK if good else PROBLEM,
        0,
        None,
        says if good else f"{says}, its periods say {straight / 1e6:,.2f}",
    )


def _twice(book: Book) -> Answer:
    same = ["customer", "start", "end", "mrr", *(c for c in book.lines.frame.columns if c.startswith("col:"))]
    frame = book.lines.frame
    if not isinstance(frame, nw.DataFrame):
        return "same line twice", NOTE, 0, None, "not looked for in a database"
    repeated = frame.filter(~nw.col("row").is_in(frame.group_by(same).agg(nw.col("row").min())["row"]))
    return _note("same line twice", repeated, "equal in every column, and counted each time")


def _status(book: Book) -> Answer:
    header = book.ledger.layout.roles.get("status")
    if header is None:
        return "left out by status", OK, 0, None, "there is no column status"
    word = nw.col(f"col:{header}").cast(nw.String).fill_null("").str.strip_chars().str.to_lowercase()
    return _note(
        "left out by status",
        book.lines.frame.filter(word.is_in(NOT_COUNTED)),
        "trials, paused and unpaid lines have no MRR",
    )


def _zero(book: Book) -> Answer:
    return _note(
        "lines without MRR", book.lines.frame.filter(nw.col("mrr") == 0), "their MRR is 0, so they are no customers"
    )


def _within_a_month(book: Book) -> Answer:
    as_of = book.settings.as_of
    periods = paid_periods(book.lines, book.settings, *(["row"] if book.lines.in_memory else []))
    never = periods.filter(first_month(nw.col("start"), as_of) >= end_month(nw.col("end"), as_of))
    return _note("began and ended within a month", never, "they are in no month's MRR")


def _future(book: Book) -> Answer:
    later = book.lines.frame.filter((nw.col("start") // 32 > book.through) & (nw.col("mrr") > 0))
    return _note("start after the report", later, f"the report ends with {months.month_label(book.through)}")


def _after_the_report(book: Book) -> Answer:
    ended = (nw.col("end") < months.OPEN) & (nw.col("end") // 32 > book.through)
    return _note(
        "end after the report", book.lines.frame.filter(ended), f"they count to {months.month_label(book.through)}"
    )
