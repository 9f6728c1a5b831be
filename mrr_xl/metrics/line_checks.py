"""Checks of the ledger's lines: what was read as what, what was left out, and what looks odd."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.errors import MrrError
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import LEFT_OUT
from mrr_xl.ledger.frames import Frame, only_value, to_pandas
from mrr_xl.ledger.pricing import share_of_month
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.periods import end_month, first_month, paid_periods

OK, NOTE, PROBLEM = "OK", "note", "problem"
SHORT_GAP = 60  #: days without service that may be a late renewal

#: check, result, lines, first row, what it says
Answer = tuple[str, str, int, int | None, str]


def line_checks(book: Book) -> list[Answer]:
    """The answers of this module, in the order in which they are shown."""
    answers = [_lines_read(book), _columns_read(book), _columns_not_read(book), _amounts(book), _twice(book)]
    answers += [
        _overlaps(book),
        _gaps(book),
        *_left_out(book),
        _cancelled(book),
        _zero(book),
        _within_a_month(book),
        _names(book),
    ]
    return [*answers, _currencies(book), _edge(book), _future(book), _open_month(book), _end_later(book)]


def _note(check: str, frame: Frame, sentence: str, result: str = NOTE) -> Answer:
    """How many lines a frame has and the row of the first: none is OK."""
    row = nw.col("row").min() if "row" in frame.columns else nw.lit(None)
    counts = to_pandas(frame.select(nw.len().alias("lines"), row.alias("row")))
    lines, first = int(counts["lines"][0]), counts["row"][0]
    if not lines:
        return check, OK, 0, None, "none"
    return check, result, lines, None if first is None or first != first else int(first), sentence


def _lines_read(book: Book) -> Answer:
    _, _, lines, row, _ = _note("", book.lines.frame, "")
    return "lines read", OK, lines, row, f"recognised as {book.ledger.layout.kind}"


def _columns_read(book: Book) -> Answer:
    roles = book.ledger.layout.roles.items()
    said = [f"{header} as {role}" for role, header in roles if not header.startswith("(")]
    months_ = f", {len(book.ledger.layout.months)} months" if book.ledger.layout.months else ""
    return "columns read", OK, 0, None, ", ".join(said) + months_


def _unread(book: Book) -> list[str]:
    layout = book.ledger.layout
    read = {*layout.roles.values(), *layout.months}
    names = [name.removeprefix(SOURCE) for name in book.ledger.frame.columns if name.startswith(SOURCE)]
    return [name for name in names if name not in read]


def _columns_not_read(book: Book) -> Answer:
    others = _unread(book)
    return (
        "columns not read",
        OK,
        0,
        None,
        f"{', '.join(others)}: available for conditions and segments" if others else "none",
    )


def _amounts(book: Book) -> Answer:
    roles = book.ledger.layout.roles
    if "mrr" in roles:
        return "amounts", OK, 0, None, "already per month"
    if "interval" in roles or book.ledger.layout.kind != "subscriptions":
        return "amounts", OK, 0, None, "per interval"
    for header in _unread(book):
        words = _intervals(book.ledger.frame, f"{SOURCE}{header}")
        if words:
            sentence = f"taken as per month, though column {header} says {', '.join(words[:3])}"
            return (
                "amounts",
                PROBLEM,
                0,
                None,
                f"{sentence}; if that is the interval, call it interval, else call amount mrr",
            )
    return "amounts", NOTE, 0, None, "taken as per month, since there is no column interval"


def _intervals(frame: Frame, column: str) -> list[str]:
    """The words of a column that has nothing but intervals, and not only months; elsewhere none."""
    if not isinstance(frame, nw.DataFrame) or frame[column].dtype != nw.String:
        return []
    words = sorted({word.strip() for word in frame[column].drop_nulls().unique().to_list()} - {""})
    try:
        shares = [share_of_month(word) for word in words]
    except MrrError:
        return []
    return words if any(share != 1 for share in shares) else []


def _names(book: Book) -> Answer:
    """Customers that may be one and the same, or none."""
    check = "names of customers"
    names = set(to_pandas(book.lines.frame.select(nw.col("customer").cast(nw.String)).unique())["customer"])
    totals = sorted(name for name in names if name.lower() in ("total", "totals", "grand total", "sum"))
    if totals:
        return (
            check,
            PROBLEM,
            len(totals),
            None,
            f"{totals[0]} is counted as a customer; remove the totals from the table",
        )
    folded: dict[str, list[str]] = {}
    for name in sorted(names):
        folded.setdefault(name.casefold(), []).append(name)
    alike = [" and ".join(group) for group in folded.values() if len(group) > 1]
    sentence = f"{', '.join(alike[:3])} differ in case only and are counted apart" if alike else "none alike"
    return check, NOTE if alike else OK, len(alike), None, sentence


def _edge(book: Book) -> Answer:
    """Where every line ends, the ends of the last months may be those of an export."""
    layout, open_ends = book.ledger.layout, book.ledger.frame.filter(nw.col("end") >= months.OPEN)
    if layout.kind != "subscriptions" or int(to_pandas(open_ends.select(nw.len().alias("n")))["n"][0]):
        return "edge of the data", OK, 0, None, "none"
    sentence = "every line has an end; if the last ones are those of an export, set through to an earlier month"
    return "edge of the data", NOTE, 0, None, sentence


def _twice(book: Book) -> Answer:
    frame = book.lines.frame
    if not isinstance(frame, nw.DataFrame):
        return "same line twice", NOTE, 0, None, "not looked for in a database"
    same = ["customer", "start", "end", "mrr", *(name for name in frame.columns if name.startswith("col:"))]
    first = frame.group_by(same).agg(nw.col("row").min())["row"].to_list()
    repeated = frame.filter(~nw.col("row").is_in(first))
    return _note("same line twice", repeated, "equal in every column, and counted each time")


def _overlaps(book: Book) -> Answer:
    check = "one subscription, two periods at once"
    if not book.ledger.has("subscription"):
        return check, OK, 0, None, "there is no column subscription"
    also = ["subscription", *(["row"] if book.lines.in_memory else [])]
    periods: Any = paid_periods(book.lines, book.settings, *also).filter(~nw.col("subscription").is_null())
    earlier = nw.col("end").shift(1).over("customer", "subscription", order_by=["start", "end"]).alias("earlier")
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
    away = days.day_number_expr(start) - days.day_number_expr(nw.col("left"))
    short = periods.with_columns(left).filter(nw.col("left") < start, away < SHORT_GAP)
    return _note(check, short, "churn and reactivation; if they are late renewals, set grace_days")


def _left_out(book: Book) -> list[Answer]:
    """One answer for each reason that a line can be left out for."""
    answers: list[Answer] = []
    for number, reason in enumerate(LEFT_OUT):
        if not reason:
            continue
        check = f"left out: {reason.replace('_', ' ')}"
        if not book.ledger.has("left_out"):
            answers.append((check, OK, 0, None, "no column says so"))
        elif reason == "usage" and book.settings.usage == "include":
            answers.append((check, OK, 0, None, "usage is included"))
        else:
            answers.append(_note(check, book.lines.frame.filter(nw.col("left_out") == number), "not counted"))
    return answers


def _cancelled(book: Book) -> Answer:
    """Lines whose status says that they are over, and that no end says so of."""
    check, role = "cancelled without an end", book.ledger.layout.roles.get("status")
    over = []
    if role is not None:
        word = nw.col(f"col:{role}").cast(nw.String).fill_null("").str.strip_chars().str.to_lowercase()
        over.append(word.is_in(["cancelled", "canceled", "ended"]))
    if book.ledger.has("cancelled") and book.settings.churn_on != "cancelled":
        over.append(nw.col("cancelled") < months.OPEN)
    if not over:
        return check, OK, 0, None, "no column says so"
    lines = book.lines.frame.filter((nw.col("end") >= months.OPEN) & nw.any_horizontal(*over, ignore_nulls=True))
    answer = _note(check, lines, "they count until an end is filled in, or with churn_on=cancelled")
    if answer[2] and not only_value(book.lines.frame.filter(nw.col("end") < months.OPEN).select(nw.len())):
        return check, PROBLEM, answer[2], answer[3], f"no line has an end, so nothing churns: {answer[4]}"
    return answer


def _zero(book: Book) -> Answer:
    nothing = book.lines.frame.filter(nw.col("mrr") == 0)
    if book.ledger.has("left_out"):
        nothing = nothing.filter(nw.col("left_out") == 0)
    return _note("lines without MRR", nothing, "their MRR is 0, so they do not count as customers")


def _within_a_month(book: Book) -> Answer:
    as_of = book.settings.as_of
    periods = paid_periods(book.lines, book.settings, *(["row"] if book.lines.in_memory else []))
    never = periods.filter(first_month(nw.col("start"), as_of) >= end_month(nw.col("end"), as_of))
    return _note("began and ended within a month", never, "they are not in any month's MRR")


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
