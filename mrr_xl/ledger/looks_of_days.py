"""What a column of days that nothing reads looks like: an end, the end of a trial, the day of a change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mrr_xl import months
from mrr_xl.date_texts import order_of
from mrr_xl.errors import MrrError
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.looks import CHANGED, OF_CHANGES, Doubt, says_something
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.months import read_day
from mrr_xl.sources.abroad import ENDS
from mrr_xl.sources.headers import words

_ENDS = {
    "end", "ended", "ends", "ending", "expires", "expiry", "expiration", "expired", "terminated", "termination",
    "churned", "churn", "cancel", "cancelled", "canceled", "cancellation", "until", "through", "lapsed", "stopped",
    "closed", *ENDS,
}  # fmt: skip
#: Words beside which one of _ENDS still means an end; with others it may be a reason, a person or a policy.
_BESIDE = {
    "date", "day", "month", "at", "on", "time", "is", "has", "been", "flag", "contract", "subscription", "sub", "plan",
    "service", "term", "period", "billing", "current", "membership", "effective", "actual",
    "expected", "scheduled", "planned",
}  # fmt: skip
#: Words of days that end nothing.
_OTHER_DAYS = {
    "next", "last", "first", "invoice", "invoiced", "payment", "billing", "start", "started", "created", "updated",
    "modified", "birth", "birthday", "signup", "signed", "renewal", "due", "trial", "login", "seen",
}  # fmt: skip
#: Words of the day on which a trial became a subscription.
_CONVERTED = {"converted", "conversion", "converts"}
#: Words of a time in which nothing is paid.
_PAUSES = {
    "pause", "pauses", "paused", "freeze", "frozen", "hold", "suspended", "suspension", "resume", "resumes", "resumed",
}  # fmt: skip
_OF_TRIALS = "fill in a column trial end, or give the trial a line of its own with the status trialing"


def trial(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    if {"trial", "trials", "trialing"}.isdisjoint(words(header)):
        return None
    if "trial_end" in ledger.layout.roles and not _begins_later(ledger, header, values):
        return None
    return Doubt(header, "a trial", _OF_TRIALS)


def pause(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """Days on which a line pauses and goes on, as one line can't: it is paid for from its start to its end."""
    if values is None or _PAUSES.isdisjoint(words(header)) or ledger.layout.kind != "subscriptions":
        return None
    order = _order(ledger, values)
    if not any(_day(value, order) for value in values if isinstance(value, str) or hasattr(value, "strftime")):
        return None
    return Doubt(header, "a pause", "end the line where it begins, and give what comes after it a line of its own")


def _begins_later(ledger: Ledger, header: str, values: Sequence[Any] | None) -> bool:
    """Whether a column is of days some of which are after their line's start: trials in the midst of a line."""
    if values is None:  # a database's
        return not {"start", "starts", "started", "begin", "begins", "began", "from"}.isdisjoint(words(header))
    frame: Any = ledger.frame
    order = _order(ledger, values)
    rows = zip(frame[SOURCE + header].to_list(), frame["start"].to_list())
    return any((day := _day(value, order)) is not None and start < day < months.OPEN for value, start in rows)


def end(ledger: Ledger, header: str, values: Sequence[Any] | None) -> Doubt | None:
    """A name or dates like an end's: a line that it ends and that no column end does runs on for ever."""
    spelled_ = set(words(header))
    has_end = "end" in ledger.layout.roles
    if ledger.layout.kind != "subscriptions" or (has_end and spelled_ & {"current", "next", "renewal", "period"}):
        return None
    named = bool(spelled_ & _ENDS)
    if not named and spelled_ & _OTHER_DAYS:
        return None
    says_end = named and spelled_.issubset(_ENDS | _BESIDE)
    if values is None:  # a database's
        matters = says_end and not has_end
    elif says_end:
        matters = _unended(ledger, header)
    else:
        matters = (named or not has_end) and _dates_after_the_start(ledger, header, values, named)
    if not matters:
        return None
    if not named and spelled_ & CHANGED:
        return Doubt(header, "a change of plan", OF_CHANGES)
    if not named and spelled_ & _CONVERTED:
        return Doubt(header, "a trial", _OF_TRIALS)
    mend = "name it end, or cancelled if it is the day of the cancellation"
    if spelled_ & {"current", "next", "renewal"}:
        mend = "it is when the period is renewed; add a column end"
    elif values is not None and not _has_days(ledger, values):
        mend = "give the lines that it ends their last day in a column end"
    return Doubt(header, "an end", mend)


def _order(ledger: Ledger, values: Sequence[Any]) -> str:
    """The order of the numbers in a column's dates, or of those of the starts; where neither shows it, any will do."""
    known = order_of([value for value in values if isinstance(value, str)])
    return (known and known.order) or ledger.how.order("start") or "dmy"


def _has_days(ledger: Ledger, values: Sequence[Any]) -> bool:
    order = _order(ledger, values)
    return any(_day(value, order) for value in values)


def _day(value: Any, order: str) -> int | None:
    try:
        return read_day(value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value, order=order)
    except MrrError:
        return None


def _unended(ledger: Ledger, header: str) -> bool:
    """Whether a column says something, a date or a yes, of a line that has no end."""
    frame: Any = ledger.frame
    rows = zip(frame[SOURCE + header].to_list(), frame["end"].to_list())
    return any(end >= months.OPEN and says_something(value) for value, end in rows)


def _dates_after_the_start(ledger: Ledger, header: str, values: Sequence[Any], named: bool) -> bool:
    """Whether a column has dates for some lines, one of them without an end, and each from the line's start on."""
    one = next(filter(says_something, values), None)
    if not any(_day(one, order) for order in ("dmy", "mdy", "ymd")):
        return False  # as for most columns, whose other texts need not be read
    frame: Any = ledger.frame
    order = _order(ledger, values)
    rows = zip(frame[SOURCE + header].to_list(), frame["start"].to_list(), frame["end"].to_list())
    dated, unended = 0, 0
    for value, start, end in rows:
        if not says_something(value):
            continue
        day = _day(value, order)
        if day is None or day < start or isinstance(value, (int, float)):
            return False
        dated += 1
        unended += day < months.OPEN <= end
    return bool(unended) and (named or dated < len(frame))
