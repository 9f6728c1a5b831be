"""What a careful reader of the ledger would ask about, answered line by line."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import pandas as pd

from mrr_xl import months
from mrr_xl.ledger import LEFT_OUT, Frame
from mrr_xl.metrics.registry import table
from mrr_xl.movements import Book
from mrr_xl.periods import end_month, first_month, paid_periods

OK, NOTE, PROBLEM = "OK", "note", "problem"
SHORT_GAP = 60  #: days without service that may be a late renewal

Answer = tuple[str, str, int, int | None, str]


@table("MRR_CHECKS")
def checks(book: Book, against: Book | None = None) -> pd.DataFrame:
    """What was left out of the MRR and why, and whether the figures add up.

    Each check says OK, note or problem, how many lines it concerns, and the first one's row. against: an
    earlier state of the same table; what has changed in the months it reported is then a note.

    >>> metric("MRR_CHECKS", northstar)[["check", "result", "lines"]].head(3)
                            check result  lines
    0                  lines read     OK      6
    1  movements make the closing     OK      0
    2    periods make the closing     OK      0
    """
    answers = [_lines_read(book), _roll_forward(book), _periods_make_the_closing(book), _customers(book)]
    answers += [_gross(book), _twice(book), _overlaps(book), _gaps(book), *_left_out(book), _zero(book)]
    answers += [_within_a_month(book), _currencies(book), _future(book), _open_month(book), _end_later(book)]
    if against is not None:
        answers += [_restated(book, against), _vanished(book, against)]
    return pd.DataFrame(answers, columns=["check", "result", "lines", "first_row", "says"]).astype(
        {"first_row": "Int64"}
    )


def _collected(frame: Frame) -> dict[str, list[Any]]:
    found: Any = frame if isinstance(frame, nw.DataFrame) else frame.collect()
    columns: dict[str, list[Any]] = found.to_dict(as_series=False)
    return columns


def _note(check: str, frame: Frame, says: str, result: str = NOTE) -> Answer:
    """How many lines a frame has and the row of the first: none is OK."""
    row = nw.col("row").min() if "row" in frame.columns else nw.lit(None)
    found = _collected(frame.select(nw.len().alias("lines"), row.alias("row")))
    lines, first = int(found["lines"][0]), found["row"][0]
    if not lines:
        return check, OK, 0, None, "none"
    return check, result, lines, None if first is None else int(first), says


def _lines_read(book: Book) -> Answer:
    _, _, lines, row, _ = _note("", book.lines.frame, "")
    return "lines read", OK, lines, row, f"recognised as {book.ledger.layout.kind}"


def _roll_forward(book: Book) -> Answer:
    moved = book.movements["net_new"] + (book.movements["fx"] if "fx" in book.movements else 0)
    wrong = book.movements["opening"] + moved != book.movements["closing"]
    lost = [months.month_label(month) for month in book.movements.index[wrong]]
    says = f"not in {', '.join(lost)}" if lost else f"in {len(book.movements)} months, to the last millionth"
    return "movements make the closing", PROBLEM if lost else OK, 0, None, says


def _running(book: Book) -> Frame:
    """The periods that run in the last month reported, straight from the ledger."""
    as_of, month = book.settings.as_of, book.through
    runs = (first_month(nw.col("start"), as_of) <= month) & (end_month(nw.col("end"), as_of) > month)
    return paid_periods(book.lines, book.settings).filter(runs)


def _closing(book: Book, column: str) -> int:
    return int(book.movements[column].iloc[-1]) if len(book.movements) else 0


def _periods_make_the_closing(book: Book) -> Answer:
    check = "periods make the closing"
    if book.ledger.rates.by_month:
        return check, OK, 0, None, "not compared: the closing is at its own month's rates"
    straight = int(_collected(_running(book).select(nw.col("mrr").sum().cast(nw.Int64)))["mrr"][0] or 0)
    closing = _closing(book, "closing")
    says = f"MRR of {months.month_label(book.through)} is {closing / 1e6:,.2f}"
    good = straight == closing
    return check, OK if good else PROBLEM, 0, None, says if good else f"{says}, its periods say {straight / 1e6:,.2f}"


def _customers(book: Book) -> Answer:
    straight = len(_collected(_running(book).select("customer").unique())["customer"])
    closing = _closing(book, "closing_customers")
    says = f"{closing:,} at the end of {months.month_label(book.through)}"
    good = straight == closing
    return (
        "customers add up",
        OK if good else PROBLEM,
        0,
        None,
        says if good else f"{says}, its periods say {straight:,}",
    )


def _gross(book: Book) -> Answer:
    """What gross netting counts that nets out inside the months."""
    check = "gross reconciles to net"
    if book.settings.netting != "gross":
        return check, OK, 0, None, "netting is net"
    rows = _collected(book.changes)
    steps: dict[tuple[Any, int], int] = {}
    gross = 0
    for customer, month, before, after in zip(*(rows[name] for name in ("customer", "month", "before", "after"))):
        steps[customer, month] = steps.get((customer, month), 0) + after - before
        gross += abs(after - before)
    net = sum(map(abs, steps.values()))
    says = f"movements of {gross / 1e6:,.2f} in all, {(gross - net) / 1e6:,.2f} of it nets out within months"
    good = sum(steps.values()) == _closing(book, "closing")
    return check, (NOTE if gross > net else OK) if good else PROBLEM, 0, None, says


def _twice(book: Book) -> Answer:
    frame = book.lines.frame
    if not isinstance(frame, nw.DataFrame):
        return "same line twice", NOTE, 0, None, "not looked for in a database"
    same = ["customer", "start", "end", "mrr", *(name for name in frame.columns if name.startswith("col:"))]
    repeated = frame.filter(~nw.col("row").is_in(frame.group_by(same).agg(nw.col("row").min())["row"]))
    return _note("same line twice", repeated, "equal in every column, and counted each time")


def _overlaps(book: Book) -> Answer:
    check = "one subscription, two periods at once"
    if not book.ledger.has("subscription"):
        return check, OK, 0, None, "there is no column subscription"
    also = ["subscription", *(["row"] if book.lines.in_memory else [])]
    periods: Any = paid_periods(book.lines, book.settings, *also).filter(~nw.col("subscription").is_null())
    earlier = nw.col("end").shift(1).over("subscription", order_by=["start", "end"]).alias("earlier")
    overlapping = periods.with_columns(earlier).filter(nw.col("earlier").fill_null(0) > nw.col("start"))
    return _note(check, overlapping, "both count; is one of them a plan change?")


def _gaps(book: Book) -> Answer:
    """Customers without service for a short while, which is churn and reactivation."""
    check = f"gaps under {SHORT_GAP} days"
    also = ["row"] if book.lines.in_memory else []
    periods: Any = paid_periods(book.lines, book.settings, *also)
    served = nw.col("end").cum_max().over("customer", order_by=["start", "end"]).alias("served")
    periods = periods.with_columns(served)
    periods = periods.with_columns(nw.col("served").shift(1).over("customer", order_by=["start", "end"]).alias("left"))
    left, start = nw.col("left").fill_null(months.OPEN).cast(nw.Int64), nw.col("start")
    days = months.day_number_expr(start) - months.day_number_expr(left)
    short = periods.filter((left < months.OPEN) & (days > 0) & (days < SHORT_GAP))
    return _note(check, short, "churn and reactivation; if they are late renewals, set grace_days")


def _left_out(book: Book) -> list[Answer]:
    """One answer for each reason that a line can be left out for."""
    answers: list[Answer] = []
    for place, reason in enumerate(LEFT_OUT):
        if not reason:
            continue
        check = f"left out: {reason.replace('_', ' ')}"
        if not book.ledger.has("left_out"):
            answers.append((check, OK, 0, None, "no column says so"))
        elif reason == "usage" and book.settings.usage == "include":
            answers.append((check, OK, 0, None, "usage is included"))
        else:
            answers.append(_note(check, book.lines.frame.filter(nw.col("left_out") == place), "not counted"))
    return answers


def _zero(book: Book) -> Answer:
    nothing = book.lines.frame.filter(nw.col("mrr") == 0)
    if book.ledger.has("left_out"):
        nothing = nothing.filter(nw.col("left_out") == 0)
    return _note("lines without MRR", nothing, "their MRR is 0, so they are no customers")


def _within_a_month(book: Book) -> Answer:
    as_of = book.settings.as_of
    periods = paid_periods(book.lines, book.settings, *(["row"] if book.lines.in_memory else []))
    never = periods.filter(first_month(nw.col("start"), as_of) >= end_month(nw.col("end"), as_of))
    return _note("began and ended within a month", never, "they are in no month's MRR")


def _currencies(book: Book) -> Answer:
    rates = book.ledger.rates
    if not rates.latest:
        return "exchange rates", OK, 0, None, "one currency"
    kind = "by month" if rates.by_month else "constant"
    return "exchange rates", OK, 0, None, f"{kind}, for {', '.join(rates.latest)}"


def _future(book: Book) -> Answer:
    open_month = book.through + 1
    later = book.lines.frame.filter((nw.col("start") // 32 > open_month) & (nw.col("mrr") > 0))
    return _note("start in the future", later, "not in MRR; they are in MRR_COMMITTED")


def _open_month(book: Book) -> Answer:
    begun = book.lines.frame.filter((nw.col("start") // 32 == book.through + 1) & (nw.col("mrr") > 0))
    return _note("start after the report", begun, f"the report ends with {months.month_label(book.through)}")


def _end_later(book: Book) -> Answer:
    ended = (nw.col("end") < months.OPEN) & (nw.col("end") // 32 > book.through)
    return _note(
        "end after the report", book.lines.frame.filter(ended), f"they count to {months.month_label(book.through)}"
    )


def _restated(book: Book, against: Book) -> Answer:
    """Months that an earlier state of the table reported otherwise."""
    reported = range(int(against.movements.index.min()), against.through + 1) if len(against.movements) else range(0)
    columns = [name for name in against.movements.columns if name in book.movements.columns]
    before, now = (one.movements.reindex(reported, fill_value=0)[columns] for one in (against, book))
    changed = [months.month_label(month) for month in reported if not before.loc[month].equals(now.loc[month])]
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    says = f"{', '.join(changed[:3])}{more} differ from the earlier file" if changed else "none"
    return "history restated", NOTE if changed else OK, len(changed), None, says


def _vanished(book: Book, against: Book) -> Answer:
    """Customers of an earlier state of the table that are in no line any more: their churn would be unseen."""
    now = set(_collected(book.lines.frame.select("customer").unique())["customer"])
    gone = sorted(set(_collected(against.lines.frame.select("customer").unique())["customer"]) - now)
    says = f"{', '.join(gone[:3])}{' ...' if len(gone) > 3 else ''}: their lines are gone" if gone else "none"
    return "customers vanished", PROBLEM if gone else OK, len(gone), None, says
