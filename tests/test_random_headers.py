"""Ledgers of all layouts with random headers and values, and what they are worth by a reading that shares no code."""

from __future__ import annotations

import datetime as dt
import warnings
from fractions import Fraction

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

import mrr_xl
from mrr_xl.errors import MrrWarning
from support.oracle import Month, months_between, repeatably

MONTHS = months_between(Month(2024, 1), Month(2024, 6))
THROUGH = "2024-06"

# The words of this test, in its own dictionaries: what a header, an interval, a status and a kind mean.
HEADERS = {
    "customer": "customer, client, account, customer id, account number, subscriber, client no",
    "start": "start, start date, contract start date, subscription start, valid from, service start on",
    "end": "end, end date, churn date, contract expiry, terminated on, service end date, valid until, expires at",
    "month": "month, billing month, reporting month, revenue month",
    "mrr": "mrr, monthly recurring revenue, monthly amount, net mrr, customer mrr",
    "amount": "amount, price, unit price, plan amount, recurring fee, subscription price",
    "interval": "interval, billing, billing frequency, plan interval, billing cycle, payment frequency",
    "count": "interval count, plan interval count, billing interval count",
    "quantity": "quantity, qty, seats, number of seats, licenses",
    "discount": "discount, discount rate, plan discount",
    "percent": "discount %, discount percent, discount (%)",
    "status": "status, subscription status, contract status",
    "kind": "kind, charge type, line type, item type",
}
MONTHS_OF = {
    "month": Fraction(1), "Monthly": Fraction(1), "annual": Fraction(12), "Yearly": Fraction(12), "year": Fraction(12),
    "quarter": Fraction(3), "Quarterly": Fraction(3), "6 months": Fraction(6), "2 years": Fraction(24),
    "week": Fraction(12, 52), "biennial": Fraction(24), "semiannual": Fraction(6),
}  # fmt: skip
STATUSES = {
    "active": True,
    "Past Due": True,
    "cancelled": True,
    "non-renewing": True,
    "": True,
    "trialing": False,
    "Draft": False,
}
KINDS = {
    "recurring": True,
    "Subscription": True,
    "setup": False,
    "tax": False,
    "One-Time": False,
    "usage": False,
    "": True,
}
PRICES = ["0", "9.99", "10", "33.33", "120", "1200"]
DAYS = [dt.date(2024, month, day) for month in range(1, 7) for day in (1, 2, 14, 28)]


@st.composite
def header(draw, role: str) -> str:
    """A role's header in random case, with random separators, and a time zone where it is a date."""
    text = draw(st.sampled_from(HEADERS[role].split(", ")))
    text = text.replace(" ", draw(st.sampled_from([" ", "_", "-", "  ", "."])))
    text = draw(st.sampled_from([str.lower, str.upper, str.title, str.capitalize]))(text)
    if role in ("start", "end"):
        text += draw(st.sampled_from(["", "", " (UTC)", " UTC", "_utc"]))
    return text


@st.composite
def priced(draw, layout: str) -> tuple[list[str], list[dict[str, str]]]:
    """The roles of a table's columns, and its lines as texts by role."""
    amount = draw(st.sampled_from(["mrr", "amount"]))
    roles = ["customer", *(["start", "end"] if layout == "subscriptions" else ["month"]), amount]
    if amount == "amount":
        roles += ["interval"] if draw(st.booleans()) or layout == "subscriptions" else []
        roles += ["count"] if "interval" in roles and draw(st.booleans()) else []
        roles += ["quantity"] if draw(st.booleans()) else []
        roles += draw(st.sampled_from([[], ["discount"], ["percent"]]))
    roles += [role for role in ("status", "kind") if draw(st.booleans())]
    lines = []
    for number in range(draw(st.integers(1, 6))):
        start, end = sorted([draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))])
        line = {
            "customer": f"{draw(st.sampled_from('ABC'))}{number}",  # so that no line repeats another
            "start": str(start),
            "end": str(end) if draw(st.booleans()) else "",
            "month": str(draw(st.sampled_from(MONTHS))),
            "mrr": draw(st.sampled_from(PRICES)),
            "amount": draw(st.sampled_from(PRICES)),
            "interval": draw(st.sampled_from(list(MONTHS_OF))),
            "count": draw(st.sampled_from(["", "1", "2", "3"])),
            "quantity": draw(st.sampled_from(["", "0", "1", "3", "2.5"])),
            "discount": draw(st.sampled_from(["", "0", "0.25", "50%", "50 %", "1"])),
            "percent": draw(st.sampled_from(["", "0", "25", "50%", "100"])),
            "status": draw(st.sampled_from(list(STATUSES))),
            "kind": draw(st.sampled_from(list(KINDS))),
        }
        lines.append({role: line[role] for role in roles})
    return draw(st.permutations(roles)), lines


def worth(line: dict[str, str]) -> int:
    """A line's MRR in millionths, half up."""
    if not STATUSES[line.get("status", "")] or not KINDS[line.get("kind", "")]:
        return 0
    if "mrr" in line:
        return int(Fraction(line["mrr"]) * 1_000_000 + Fraction(1, 2))
    price = Fraction(line["amount"]) * Fraction(line.get("quantity") or "1")
    off = line.get("discount") or line.get("percent") or "0"
    share = Fraction(off.rstrip(" %"))
    price *= 1 - (share / 100 if off.endswith("%") or "percent" in line else share)
    billed = int(price * 1_000_000 + Fraction(1, 2))
    length = MONTHS_OF[line.get("interval", "month")] * int(line.get("count") or "1")
    return int(Fraction(billed) / length + Fraction(1, 2))


def runs(line: dict[str, str], month: Month) -> bool:
    if "month" in line:
        return line["month"] == str(month)
    end = dt.date.fromisoformat(line["end"]) if line["end"] else dt.date.max
    return dt.date.fromisoformat(line["start"]) <= month.last_day < end


def closings(frame: pl.DataFrame) -> list[float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)  # of lines that are cancelled without an end
        table = mrr_xl.movements(frame, through=THROUGH, end_date="exclusive", ignore="x")
    known = {str(month): round(closing, 6) for month, closing in zip(table["month"], table["closing"])}
    return [known.get(str(month), 0.0) for month in MONTHS]


def by_hand(lines: list[dict[str, str]]) -> list[float]:
    return [round(sum(worth(line) for line in lines if runs(line, month)) / 1e6, 6) for month in MONTHS]


def some_month_counts(lines: list[dict[str, str]]) -> bool:
    return any(by_hand(lines))


@repeatably(150)
@given(data=st.data(), layout=st.sampled_from(["subscriptions", "long"]))
def test_random_headers_and_values_give_what_they_mean(data, layout: str) -> None:
    roles, lines = data.draw(priced(layout).filter(lambda drawn: some_month_counts(drawn[1])))
    headers = {role: data.draw(header(role)) for role in roles}
    frame = pl.DataFrame(
        {headers[role]: [line[role] or None for line in lines] for role in roles}, schema_overrides=None
    )
    frame = frame.with_columns(pl.all().cast(pl.String))
    assert closings(frame) == by_hand(lines)


MONTH_HEADERS = [
    "{0:%Y-%m}",
    "{0:%b}-{0:%y}",
    "{0:%b} {0:%y}",
    "{0:%b} '{0:%y}",
    "{0:%B} {0:%Y}",
    "{0:%Y-%m-%d}",
    "{0:%b}. {0:%Y}",
]


@repeatably(60)
@given(data=st.data())
def test_random_wide_schedules_give_what_they_mean(data) -> None:
    customer = data.draw(header("customer"))
    rows = [[data.draw(st.sampled_from(["", *PRICES])) for _ in MONTHS] for _ in range(data.draw(st.integers(1, 4)))]
    names = [data.draw(st.sampled_from(MONTH_HEADERS)).format(month.first_day) for month in MONTHS]
    columns = {customer: [f"C{number}" for number in range(len(rows))], "Region": ["EU"] * len(rows)}
    for number in data.draw(st.permutations(range(len(MONTHS)))):
        columns[names[number]] = [row[number] or None for row in rows]
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    wanted = [sum(int(Fraction(row[number] or 0) * 1_000_000) for row in rows) / 1e6 for number in range(len(MONTHS))]
    assert closings(frame) == [round(total, 6) for total in wanted]
