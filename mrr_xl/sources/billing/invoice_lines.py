"""The lines of a list of invoices: what each one's cells say, and which of them are no invoiced service."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from mrr_xl.answers import NOTE, Answer
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.sources.billing.notation import Notation
from mrr_xl.sources.billing.periods import months_after
from mrr_xl.sources.number_texts import is_nothing

#: What a list's statuses say: it never was an invoice, or no longer is one; it is one.
NOT_ISSUED = (
    "void", "voided", "deleted", "draft", "submitted", "awaiting_approval", "pending", "cancelled", "canceled",
    "rejected",
)  # fmt: skip
ISSUED = (
    "paid", "open", "sent", "authorised", "authorized", "approved", "overdue", "past_due", "unpaid", "not_paid",
    "partially_paid", "partial", "posted", "due", "payment_due", "awaiting_payment", "billed", "completed", "closed",
    "complete", "uncollectible", "written_off", "viewed", "issued",
)  # fmt: skip
#: What lines are, other than what the ledger's own kinds say, and lines of documents that lower what was invoiced.
_CORRECTIONS = (
    "proration", "prorated", "credit", "credit_note", "discount", "refund", "adjustment", "renewal", "upgrade",
    "downgrade", "addon", "invoice_line",
)  # fmt: skip
_CREDITS = re.compile(r"(?i)credit|refund")
_PAYMENTS = re.compile(r"(?i)payment|deposit|journal")
_MONTHS = {"month": 1, "monthly": 1, "quarter": 3, "quarterly": 3, "year": 12, "yearly": 12, "annual": 12,
           "annually": 12, "half_year": 6, "semiannual": 6}  # fmt: skip


#: The kinds that the ledger counts; a blank one is one of them.
RECURRING = ("", "recurring", "subscription", "plan", "licence", "license")


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its place in the table and its row, whose it is, what it asks for, and its days as they are written."""

    place: int
    row: int
    customer: str
    amount: Fraction
    date: dt.date | None = None
    start: dt.date | None = None
    end: dt.date | None = None
    subscription: str = ""
    product: str = ""
    currency: str = ""
    invoice: str = ""
    corrects: str = ""
    kind: str = ""
    months: int = 0  #: for how many months it is, where it says so or its period is whole

    @property
    def recurs(self) -> bool:
        """Whether it is for a service that comes again, as its kind says if it has one."""
        return self.kind in RECURRING

    @property
    def keys(self) -> tuple[Hashable, Hashable, Hashable]:
        """Whose lines it may correct, the nearest first."""
        whose = (self.customer, self.currency)
        return (*whose, self.subscription, self.product), (*whose, self.subscription), whose


def read_lines(
    frame: Any, named: Mapping[str, str], rows: Sequence[int], written: Notation
) -> tuple[list[Line], list[Answer]]:
    """The lines of a list of invoices in their order, and what was left out.

    named: what a column says → its header. rows: each line's row in the file. written: how its cells are written.
    """
    lines, not_issued, payments = [], [], []
    for place, (row, *cells) in enumerate(zip(rows, *(frame[header].to_list() for header in named.values()))):
        value = dict(zip(named, map(_clean, cells)))
        if all(blank is None for role, blank in value.items() if role != "currency"):
            continue
        if _word(value, "status") in NOT_ISSUED:
            not_issued.append(row)
        elif (
            (document := str(value.get("document") or ""))
            and _PAYMENTS.search(document)
            and "sale" not in document.lower()
        ):
            payments.append(row)
        else:
            lines.append(_line(place, row, value, named, written))
    answers = [
        _left_out("invoices not issued", not_issued, "void, deleted or draft; not counted"),
        _left_out("payments", payments, "they settle invoices and are none; not counted"),
    ]
    return lines, [answer for answer in answers if answer]


def _left_out(check: str, rows: list[int], says: str) -> Any:
    return (check, NOTE, len(rows), rows[0], says) if rows else None


def _line(place: int, row: int, value: dict[str, Any], named: Mapping[str, str], written: Notation) -> Line:
    def read(role: str, parse: Callable[[Any], Any], blank: Any = None) -> Any:
        if value.get(role) is None:
            return blank
        try:
            return parse(value[role])
        except MrrError as error:
            raise MrrError(f"{cell(row, named[role], written.files)}: {error}") from None

    def number(role: str) -> Fraction | None:
        return None if value.get(role) is None else written.amount(value[role], row, named[role])

    texts = {
        role: str(value[role]) if value.get(role) is not None else ""
        for role in ("customer", "subscription", "product", "currency", "invoice", "corrects")
    }
    if not texts["customer"]:
        raise MrrError(
            f"{cell(row, named['customer'], written.files)}: the customer is blank; fill it in or remove the row"
        )
    read("status", _known_status)
    amount = number("amount")
    if amount is None and "price" in named:
        price, quantity = number("price"), number("quantity")
        amount = None if price is None else price * (1 if quantity is None else quantity)
    if amount is None:
        where = cell(row, named.get("amount") or named["price"], written.files)
        raise MrrError(f"{where}: an amount is missing; write 0 for none")
    if _CREDITS.search(str(value.get("document") or "")):
        amount = -abs(amount)
    date, start, end = (
        None if value.get(role) is None else written.day(value[role], row, named[role])
        for role in ("date", "start", "end")
    )
    if (start is None) != (end is None):
        role, other = ("start", "end") if start is None else ("end", "start")
        raise MrrError(
            f"{cell(row, named[role], written.files)}: the service {role} is blank and its {other} is not; fill it in"
        )
    if start is not None and end is not None and end < start:
        raise MrrError(f"{cell(row, named['end'], written.files)}: the end {shown(value['end'])} is before the start")
    kind = _word(value, "kind")
    kind = "recurring" if kind in _CORRECTIONS else kind
    if _word(value, "interval") in ("once", "one_time"):
        kind = "one_time"
    months = read("interval", _interval, 0)
    line = Line(place, row, amount=amount, date=date, start=start, end=end, kind=kind, months=months, **texts)
    if line.months and date is not None and start is None:
        line = replace(line, start=date, end=months_after(date, line.months))
    return line


def _clean(value: Any) -> Any:
    """A cell, or None where it is blank."""
    if is_nothing(value):
        return None
    if isinstance(value, str):
        return value.strip() or None
    return int(value) if isinstance(value, float) and value == int(value) else value


def _word(value: dict[str, Any], role: str) -> str:
    return re.sub(r"[\s_-]+", "_", str(value.get(role) or "").strip().lower())


def _known_status(value: Any) -> None:
    if _word({"": value}, "") not in ISSUED:
        known = ", ".join([*ISSUED, *NOT_ISSUED])
        raise MrrError(f"{shown(value)} is not a known status of an invoice; the known ones are {known}")


def _interval(value: Any) -> int:
    text = _word({"": value}, "")
    counted = re.fullmatch(r"(\d{1,3})_?(month|quarter|year)s?", text)
    count = int(counted[1]) * _MONTHS[counted[2]] if counted else _MONTHS.get(text, 0)
    if not count and text not in ("once", "one_time"):
        raise MrrError(
            f"{shown(value)} is not a known interval; write month, quarter or year, or a count such as 3 months"
        )
    return count
