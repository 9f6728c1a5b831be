"""Checks of the ledger's lines: what was read as what, what was left out, and what looks odd."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl import months
from mrr_xl.answers import NOTE, OK, PROBLEM, Answer
from mrr_xl.ledger.amounts import LEFT_OUT, NEVER_PAID, PAST_DUE, TRIALS
from mrr_xl.ledger.days import whole
from mrr_xl.ledger.doubts import doubts, is_ignored, unused
from mrr_xl.ledger.facts import edge_of
from mrr_xl.ledger.looks import INTERVAL, Doubt, is_a_price
from mrr_xl.metrics.missing_months import missing_months
from mrr_xl.metrics.odd_lines import odd_lines
from mrr_xl.metrics.parent_checks import parents
from mrr_xl.metrics.questions import Asked, Question, following, note
from mrr_xl.metrics.spellings import spellings
from mrr_xl.metrics.trials import trial_checks
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import last_of
from mrr_xl.rollforward.periods import counted, discount_over, has_an_end
from mrr_xl.rollforward.snapshot import is_snapshot, last_day, past_due_is_todays, stopped_by
from mrr_xl.sources.columns import DISCOUNTS
from mrr_xl.sources.headers import words


def line_checks(book: Book) -> list[Asked]:
    """The answers of this module, in the order in which they are shown."""
    answers: list[Asked] = [
        _lines_read(book),
        *book.ledger.answers,
        _columns_read(book),
        _columns_not_read(book),
    ]
    answers += [*doubtful_columns(book), *spellings(book), amounts(book), *parents(book)]
    answers += [missing_months(book), *odd_lines(book), _statuses(book), *_past_due(book), *trial_checks(book)]
    answers += [*_discounts(book), *_left_out(book)]
    return [*answers, _currencies(book), _edge(book), _future(book), _open_month(book), _end_later(book)]


def _lines_read(book: Book) -> Asked:
    kind = f"recognised as {book.ledger.layout.kind}"
    return following(note("", book.lines.frame, ""), lambda read: ("lines read", OK, *read[2:4], kind))


def _columns_read(book: Book) -> Answer:
    roles = book.ledger.layout.roles.items()
    said = [f"{header} as {role}" for role, header in roles if not header.startswith("(")]
    months_ = f", {len(book.ledger.layout.months)} months" if book.ledger.layout.months else ""
    return "columns read", OK, 0, None, ", ".join(said) + months_


def _columns_not_read(book: Book) -> Answer:
    others = unused(book.ledger)
    sentence = f"{', '.join(others)}: available for conditions and segments" if others else "none"
    ignored = [name.strip() for name in (book.settings.ignore or "").split(",") if name.strip()]
    if unknown := [name for name in ignored if not any(is_ignored(header, name) for header in book.ledger.headers)]:
        which = "is not a column" if len(unknown) == 1 else "are not columns"
        return "columns not read", NOTE, 0, None, f"{sentence}; ignore names {', '.join(unknown)}, which {which}"
    return "columns not read", OK, 0, None, sentence


def doubtful_columns(book: Book) -> list[Answer]:
    """One answer for each column that is not used and looks as if it mattered; intervals are a matter of amounts."""
    return [
        (f"column {doubt.header}", PROBLEM, 0, None, str(doubt))
        for doubt in doubts(book.ledger, book.settings.ignore)
        if doubt.like != INTERVAL
    ]


_CENTS = frozenset(["cent", "cents", "penny", "pence", "centimes", "centavos", "minor"])


def amounts(book: Book) -> Answer:
    """Whether amounts are per month or per interval, and whether something was overlooked that says so."""
    layout, roles = book.ledger.layout, book.ledger.layout.roles
    paid = next((roles[role] for role in ("mrr", "amount") if role in roles), "")
    if not _CENTS.isdisjoint(words(paid)):
        sentence = f"column {paid} is read in whole units, though its name speaks of cents: divide it by 100"
        return "amounts", PROBLEM, 0, None, f"{sentence}, and name it {'mrr' if 'mrr' in roles else 'amount'}"
    if "mrr" in roles:
        idle = [role.replace("_", " ") for role in ("interval", "quantity", *DISCOUNTS) if role in roles]
        taken = f"column {roles['mrr']} is taken as it is"
        priced = is_a_price(book.ledger)
        if idle and priced:
            question = "if it is the price of one unit, before discounts, name it amount and add interval: month"
            if "interval" in idle:
                question = f"if it is the price for what column {roles['interval']} says, name it amount"
            return "amounts", PROBLEM, 0, None, f"{taken}, without {' and '.join(idle)}: {question}; else mrr"
        if priced and (unread := _unread_interval(book)):
            return "amounts", PROBLEM, 0, None, f"{taken}, though column {unread.header} {unread.mend}"
        if idle:
            do = "do" if len(idle) > 1 else "does"
            return "amounts", NOTE, 0, None, f"already per month; {' and '.join(idle)} {do} not change them"
        return "amounts", OK, 0, None, "already per month"
    if layout.total:
        do = "do" if len(layout.idle) > 1 else "does"
        others = f"; {' and '.join(layout.idle)} {do} not change them" if layout.idle else ""
        return "amounts", NOTE if others else OK, 0, None, f"for a whole {layout.total}{others}"
    if "interval" in roles and words(paid) == ["unit", "amount"]:
        sentence = (
            f"per interval; column {paid} is read in whole units: if it is Stripe's, which are cents, divide it by 100"
        )
        return "amounts", NOTE, 0, None, sentence
    if "interval" in roles:
        return "amounts", OK, 0, None, "per interval"
    if unread := _unread_interval(book):
        return "amounts", PROBLEM, 0, None, f"taken as per month, though column {unread.header} {unread.mend}"
    if book.ledger.layout.kind == "long":
        return "amounts", OK, 0, None, "per month"
    return "amounts", NOTE, 0, None, "taken as per month, since there is no column interval"


def _unread_interval(book: Book) -> Doubt | None:
    return next((doubt for doubt in doubts(book.ledger, book.settings.ignore) if doubt.like == INTERVAL), None)


def _statuses(book: Book) -> Asked:
    check, ledger = "statuses", book.lines
    if not ledger.has("state"):
        idle = [ledger.layout.roles[role] for role in ("stopped", "past_due") if role in ledger.layout.roles]
        if idle:
            return check, NOTE, 0, None, f"there is no column status, so that nothing is read from {' and '.join(idle)}"
        return check, OK, 0, None, "there is no column status"
    if not is_snapshot(ledger, book.settings):
        return check, OK, 0, None, "each is that of the whole line"
    stopped = counted(ledger, book.settings).filter(nw.col("state").is_in(stopped_by(book.settings)))
    last = last_day(ledger.whole)
    counts = (
        f"count until their end or else until {months.day_of(last)}, the latest date of the data"
        if last
        else "do not count, as all dates of the data are in the future"
    )
    sentence = (
        f"they have stopped or are over today, and {counts}; a column such as paused at says when, and status=line "
        "leaves them out altogether"
    )
    return note(check, stopped, sentence)


def _past_due(book: Book) -> list[Asked]:
    """Since when lines are past due, where that counts."""
    ledger, limit = book.lines, book.settings.past_due_days
    if limit is None:
        return []
    if not ledger.has("state"):
        return [("past due", OK, 0, None, "there is no column status")]
    lines = counted(ledger, book.settings).filter(nw.col("state") == PAST_DUE)
    usual = "the latest date of the data" if past_due_is_todays(ledger, book.settings) else "the start of the line"
    since = (
        f"the day in column {ledger.layout.roles['past_due']}, or where that is blank "
        if ledger.has("past_due")
        else ""
    )
    sentence = f"they count for {limit} days from {since}{usual}"
    return [note("past due", lines, sentence)]


def _discounts(book: Book) -> list[Asked]:
    """What is done with discounts in money or with an end, and with all of them where a rule says so."""
    roles, rule, check = book.ledger.layout.roles, book.settings.discounts, "discounts"
    there = [roles[role] for role in DISCOUNTS if role in roles]
    if "mrr" in roles or not there or (rule == "net" and [*roles].count("discount") == len(there)):
        return []
    if not book.ledger.has("list_mrr"):
        why = "as no column discount or discount amount says what is taken off"
        return [(check, NOTE, 0, None, f"nothing is read from {' and '.join(there)}, {why}")]
    if rule == "ignore":
        return [(check, OK, 0, None, "not deducted")]
    over = discount_over(book.lines, book.settings)
    if over is None:
        return [(check, OK, 0, None, "deducted while they run")]
    ends = over < nw.col("end") if rule == "net" else has_an_end(book.lines, over)
    says = "they end before their line" if rule == "net" else "they have an end and are not deducted"
    return [note(check, book.lines.frame.filter((nw.col("list_mrr") > nw.col("mrr")) & ends), says)]


def _edge(book: Book) -> Answer:
    """Where every line ends, the ends of the last months may be those of an export."""
    latest = book.ledger.fact(f"latest {edge_of(False, [])}")
    if book.ledger.layout.kind != "subscriptions" or (latest is not None and latest >= months.OPEN):
        return "edge of the data", OK, 0, None, "none"
    sentence = "every line has an end; if the last ones are those of an export, set through to an earlier month"
    return "edge of the data", NOTE, 0, None, sentence


def _left_out(book: Book) -> list[Asked]:
    """One answer for each reason that a line can be left out for."""
    answers: list[Asked] = []
    for number, reason in enumerate(LEFT_OUT):
        if not reason:
            continue
        check = f"left out: {reason.replace('_', ' ')}"
        if not book.ledger.has("left_out"):
            answers.append((check, OK, 0, None, "no column says so"))
        elif reason == "usage" and book.settings.usage == "include":
            answers.append((check, OK, 0, None, "usage is included"))
        else:
            lines: Any = book.lines.frame
            left_out = nw.col("left_out") == number
            if book.ledger.has("state"):
                trial = nw.col("state").is_in(TRIALS)
                left_out = left_out | trial if reason == "status" else left_out & ~trial
            if reason == "status" and book.ledger.has("state"):
                stopped = nw.col("state").is_in(stopped_by(book.settings))
                usage = nw.col("left_out") == LEFT_OUT.index("usage")
                left_out = left_out & (stopped | nw.col("state").is_in(NEVER_PAID))
                if is_snapshot(book.lines, book.settings):
                    left_out = left_out & ~stopped
                elif book.settings.usage == "include":
                    left_out = left_out | (usage & stopped)
            lines = lines.filter(left_out)
            answers.append(note(check, lines, "not counted"))
    return answers


def _currencies(book: Book) -> Answer:
    rates = book.ledger.rates
    if not rates.latest:
        return "exchange rates", OK, 0, None, "one currency"
    kind = "by month" if rates.by_month else "constant"
    return "exchange rates", OK, 0, None, f"{kind}, for {', '.join(rates.latest)}"


def _future(book: Book) -> Question:
    later = book.lines.frame.filter((whole(nw.col("start"), 32) > _open_until(book)) & (nw.col("mrr") > 0))
    return note("start in the future", later, "not in MRR; they are in MRR_COMMITTED")


def _open_month(book: Book) -> Question:
    month = whole(nw.col("start"), 32)
    begun = book.lines.frame.filter((month > book.through) & (month <= _open_until(book)) & (nw.col("mrr") > 0))
    return note("start after the report", begun, f"the report ends with {months.month_label(book.through)}")


def _open_until(book: Book) -> int:
    """The end of the month, quarter ... that is not over yet."""
    return last_of(book.through + 1, book.settings)


def _end_later(book: Book) -> Question:
    ended = (nw.col("end") < months.OPEN) & (whole(nw.col("end"), 32) > book.through)
    return note(
        "end after the report", book.lines.frame.filter(ended), f"they count to {months.month_label(book.through)}"
    )
