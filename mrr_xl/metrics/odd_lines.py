"""Lines of a ledger that look wrong, or that a careful reader would ask about."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import NOTE, OK, PROBLEM, Answer
from mrr_xl.errors import in_figures, listed, row_name
from mrr_xl.ledger import days
from mrr_xl.ledger.amounts import ENDED, spelled
from mrr_xl.ledger.doubts import is_ignored
from mrr_xl.ledger.frames import Frame, as_text, to_pandas, trimmed
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.pricing import money
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.metrics.look_alikes import described, look_alikes, looks_like
from mrr_xl.metrics.questions import Asked, Question, counted_lines, following, note
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.last_paid_day import counts_of_ends, last_paid_days, why_last_paid
from mrr_xl.rollforward.overlaps import overlapping
from mrr_xl.rollforward.parents import with_tops
from mrr_xl.rollforward.periods import by_cancellation, counted, end_month, first_month, paid_from, paid_periods
from mrr_xl.rollforward.running import one_of_each
from mrr_xl.settings import Settings
from mrr_xl.sources.headers import plain
from mrr_xl.sources.totals import TOTAL_OR_NAME, is_total

SHORT_GAP = 60  #: days without service that may be a late renewal


def odd_lines(book: Book) -> list[Asked]:
    """The answers of this module, in the order in which they are shown."""
    return [_twice(book), overlaps(book), _gaps(book), cancelled(book), ends(book), _zero(book), _within_a_month(book),
            totals(book), _names(book)]  # fmt: skip


def _twice(book: Book) -> Asked:
    check, says, frame = "same line twice", "equal in every column, and counted each time", book.lines.frame
    same = ["customer", "start", "end", "mrr", *(name for name in frame.columns if name.startswith(SOURCE))]
    if isinstance(frame, nw.DataFrame):
        first = frame.group_by(same).agg(nw.col("row").min())["row"].to_list()
        return note(check, frame.filter(~nw.col("row").is_in(first)), says)
    if "row" not in frame.columns:
        times: Any = frame.group_by(same).agg(nw.len().alias("lines"))
        counts = times.select(
            (nw.col("lines") - 1).sum().cast(nw.Int64).alias("lines"), nw.lit(None, nw.Int64).alias("row")
        )
        return Question(counts, partial(counted_lines, check, says, NOTE))
    repeated = frame.with_columns(nw.col("row").min().over(*same).alias("first_row"))
    return note(check, repeated.filter(nw.col("row") > nw.col("first_row")), says)


def overlaps(book: Book) -> Asked:
    """Lines that run at the same time as another one of the same customer, product and price."""
    check, ledger = "overlapping lines", book.lines
    same = ["customer", *_what_is_sold(book)]
    parts: list[Any] = [_overlapping(part, book.settings, same) for part in book.parts()]
    beside: Frame = nw.concat(parts) if len(parts) > 1 else parts[0]

    def say(answer: Answer) -> Answer:
        if answer[1] == OK:
            return answer
        rows = _rows(beside, ledger.files)
        one = "line runs" if answer[2] == 1 else "lines run"
        sentence = f"{answer[2]:,} {one} beside another of the same customer, product and price{rows}, and all count"
        mend = "remove what is repeated, or tell subscriptions apart in a column subscription"
        return *answer[:4], f"{sentence}: {mend}"

    return following(note(check, beside, "", PROBLEM), say)


def _overlapping(lines: Ledger, settings: Settings, same: list[str]) -> Frame:
    frame: Any = counted(lines, settings).with_columns(paid_from(lines, settings).alias("start"))
    frame = frame.select(*(name for name in frame.columns if name in (*same, "start", "end", "mrr", "row")))
    return overlapping(frame.filter(nw.col("mrr") > 0, nw.col("end") > nw.col("start")), same)


def _what_is_sold(book: Book) -> list[str]:
    """The columns that tell two lines of a customer apart: the subscription, the product, the plan and the price."""
    roles, columns = book.ledger.layout.roles, book.lines.frame.columns
    sold = [SOURCE + roles[role] for role in ("product", "amount", "mrr", "interval", "currency") if role in roles]
    plans = [name for name in columns if plain(name.removeprefix(SOURCE)) in ("plan", "planname", "planid")]
    return [*(["subscription"] if book.lines.has("subscription") else []), *sold, *plans]


def _rows(frame: Frame, files: Sequence[str]) -> str:
    """The first rows of some lines, where the table has an order."""
    if "row" not in frame.columns:
        return ""
    rows = sorted(int(row) for row in to_pandas(frame.select("row"))["row"])
    if files:
        return f" ({listed([row_name(row, files) for row in rows], 5)})"
    return f" (row{'s' * (len(rows) > 1)} {listed([str(row) for row in rows], 5)})"


def _gaps(book: Book) -> Question:
    """Customers without service for a short while, which is churn and reactivation."""
    check = f"gaps under {SHORT_GAP} days"
    periods: Any = paid_periods(book.lines, book.settings, *_row(book))
    served = nw.col("end").cum_max().over("customer", order_by=["start", "end"]).alias("served")
    periods = periods.with_columns(served)
    periods = periods.with_columns(nw.col("served").shift(1).over("customer", order_by=["start", "end"]).alias("left"))
    left, start = nw.col("left").fill_null(months.OPEN).cast(nw.Int64), nw.col("start")
    away = days.day_number_expr(start) - days.day_number_expr(nw.col("left"))
    short = periods.with_columns(left).filter(nw.col("left") < start, away < SHORT_GAP)
    return note(check, short, "churn and reactivation; if they are late renewals, set grace_days")


def _row(book: Book) -> list[str]:
    """The column of the lines' rows, where the table has an order."""
    return ["row"] if "row" in book.lines.frame.columns else []


def cancelled(book: Book) -> Asked:
    """Lines that are over, by their status or by a day of cancellation, and have no end: they count for ever."""
    check, role, lines = "cancelled without an end", book.ledger.layout.roles.get("status"), book.lines
    cuts = by_cancellation(lines, book.settings)
    announced = lines.has("cancelled") and not cuts
    if role is None and not announced:
        return check, OK, 0, None, "no column says so"
    frame: Any = lines.frame.filter(nw.col("end") >= months.OPEN)
    if lines.has("cancelled") and cuts:
        frame = frame.filter(nw.col("cancelled") >= months.OPEN)
    mend = "fill in a column end" + (", or set churn_on to cancelled" if announced else "")

    def by_their_day() -> Asked:
        if not announced:
            return check, OK, 0, None, "none"
        answer = note(check, frame.filter(nw.col("cancelled") < months.OPEN), f"they count for ever: {mend}")
        return following(answer, by_any_end)

    def by_any_end(answer: Answer) -> Asked:
        if not answer[2]:
            return answer
        ended: Any = lines.frame.filter(nw.col("end") < months.OPEN)
        ended = ended.filter(~nw.col("fixed_end")) if lines.has("fixed_end") else ended
        nothing = check, PROBLEM, answer[2], answer[3], f"no line has an end, so nothing churns: {mend}"
        return Question(ended.select(nw.len().alias("lines")), lambda rows: answer if rows[0][0] else nothing)

    over = [text for text in lines.words.get("status", ()) if spelled(text) in ENDED]
    if not over:
        return by_their_day()
    word = trimmed(as_text(nw.col(SOURCE + str(role))).fill_null(""))
    since = f"they are over by their status, and nothing says since when: {mend}"
    answer = note(check, frame.filter(word.is_in(over)), since, PROBLEM)
    return following(answer, lambda answer: answer if answer[1] == PROBLEM else by_their_day())


def _zero(book: Book) -> Question:
    nothing = book.lines.frame.filter(nw.col("mrr") == 0)
    if book.ledger.has("left_out"):
        nothing = nothing.filter(nw.col("left_out") == 0)
    return note("lines without MRR", nothing, "their MRR is 0, so they do not count as customers")


def _within_a_month(book: Book) -> Question:
    as_of = book.settings.as_of
    periods: Any = paid_periods(book.lines, book.settings, *_row(book))
    never = periods.filter(first_month(nw.col("start"), as_of) >= end_month(nw.col("end"), as_of))
    return note("began and ended within a month", never, "they are not in any month's MRR")


def totals(book: Book) -> Question:
    """Rows of totals that count as customers."""
    frame: Any = book.lines.frame
    customers: Any = one_of_each(frame, "customer") if book.lines.in_memory else frame.select("customer").unique()
    customers = customers.select(nw.col("customer").cast(nw.String))

    def say(rows: list[tuple[Any, ...]]) -> Answer:
        called = {name for (name,) in rows}
        names = sorted({name for name in called if is_total(name)} | _sums(book, called))
        sentence = f"{names[0]} is counted as a customer; remove the totals from the table" if names else "none"
        return "rows of totals", PROBLEM if names else OK, len(names), None, sentence

    return Question(customers.filter(nw.col("customer").str.contains(TOTAL_OR_NAME)), say)


def _sums(book: Book, called: Collection[str]) -> set[str]:
    """Of customers called Total Leith or Suma Norte, those that are the sum of lines above, since the total before.

    A customer may be Total Wine. In a schedule the lines are those of a month. Where the table has no order, as in a
    database, only the names are known.
    """
    frame: Any = book.lines.frame
    if not book.lines.in_memory or all(map(is_total, called)):
        return set()
    found: set[str] = set()
    above: dict[Any, tuple[int, int]] = {}
    frame = counted(book.lines, book.settings).filter(nw.col("mrr") > 0)
    months_ = frame["start"].to_list() if book.ledger.layout.kind != "subscriptions" else [None] * len(frame)
    for name, month, mrr in zip(frame["customer"].to_list(), months_, frame["mrr"].to_list()):
        lines, total = above.get(month, (0, 0))
        # Each line is rounded to millionths.
        if name in called and (is_total(name) or (lines > 1 and abs(total - mrr) <= lines)):
            found.add(name)
            above[month] = 0, 0
        else:
            above[month] = lines + 1, total + mrr
    return found


def _names(book: Book) -> Question:
    """Customers, or their parents where these move, that may be one and the same.

    Of a database's customers only those names are asked for that another one may look like.
    """
    customer = nw.col("customer").cast(nw.String)
    frames: list[Any] = [book.lines.frame.select(customer)]
    if book.settings.grain == "parent":
        frames.append(with_tops(book.lines.frame, book.lines).select(customer))
    names = nw.concat(frames).unique()
    if book.lines.in_memory:
        return Question(names, lambda rows: _alike({name for (name,) in rows}))
    small = names.with_columns(customer.str.to_lowercase().alias("small"))
    small = small.with_columns(nw.len().over("small").alias("with_it"))
    other = customer.str.contains("[^\\x00-\\x7F]")

    def say(rows: list[tuple[Any, ...]]) -> Asked:
        found = {name for (name,) in rows}
        looks = sorted({looks_like(name) for name in found if not name.isascii()})
        if not looks:
            return _alike(found)
        more = small.filter(nw.col("small").is_in(looks)).select("customer")
        return Question(more, lambda rows: _alike(found | {name for (name,) in rows}))

    return Question(small.filter((nw.col("with_it") > 1) | other).select("customer"), say)


def _alike(names: set[str]) -> Answer:
    groups = look_alikes(names)
    by_case = [" and ".join(group) for group in groups if len({name.casefold() for name in group}) == 1]
    others = [" and ".join(map(described, group)) for group in groups if len({name.casefold() for name in group}) > 1]
    says = [f"{', '.join(by_case[:3])} differ in case only and are counted apart"] if by_case else []
    says += [f"{', '.join(others[:3])} look alike and are counted apart"] if others else []
    return "names of customers", NOTE if groups else OK, len(groups), None, "; ".join(says) or "none alike"


def ends(book: Book) -> Asked:
    """Ends that look like the last paid day where an end is the first day without service."""
    check, ledger = "what an end is", book.lines
    if ledger.layout.kind != "subscriptions" or "end" not in ledger.layout.roles:
        return check, OK, 0, None, "there is no column end"
    if book.settings.end_date == "inclusive":
        return check, OK, 0, None, "the last paid day"
    header = ledger.layout.roles["end"]
    if is_ignored(header, book.settings.ignore):
        return check, OK, 0, None, f"the first day without service, as ignore={header} says"
    if ledger.in_memory:
        return _ends_are(book, header, last_paid_days(ledger))
    return Question(
        counts_of_ends(ledger),
        lambda rows: _ends_are(book, header, why_last_paid(*rows[0]) if rows[0][0] > 1 else None),
    )


def _ends_are(book: Book, header: str, why: str | None) -> Answer:
    """What an end is; why: what makes it look like the last paid day."""
    check = "what an end is"
    if why is None:
        return check, OK, 0, None, "the first day without service"
    closings = book.movements["closing"], book.inclusive().movements["closing"]
    span = closings[0].index.union(closings[1].index)
    exclusive, inclusive = (closing.reindex(span, fill_value=0) for closing in closings)
    differing = span[exclusive != inclusive]
    if not len(differing):
        return check, OK, 0, None, f"{why}, and no month's MRR depends on it"
    month = int(differing[-1])
    label = months.month_label(months.Month(month))
    amounts = [in_figures(money(closing[month])) for closing in (exclusive, inclusive)]
    figures = f"MRR of {label} is {amounts[0]} now and would be {amounts[1]}"
    question = f"if an end is the last paid day, set end_date to inclusive, else set ignore to {header}"
    return check, PROBLEM, 0, None, f"{why}: {question}; {figures}"
