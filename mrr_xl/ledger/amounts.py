"""A reading's amounts → what each line is worth a month, in which currency, and whether it counts."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError, shown
from mrr_xl.ledger.pricing import LARGEST, interval_shares, monthly_exprs, share_of_month
from mrr_xl.ledger.rates import Rates
from mrr_xl.ledger.reading import Reading
from mrr_xl.sources.columns import plain

#: What a status says about the MRR of a line.
COUNTED = ("active", "past_due", "pastdue", "past due", "cancelled", "canceled", "non_renewing", "ended")
NOT_COUNTED = (
    "trialing", "trial", "in_trial", "paused", "incomplete", "incomplete_expired", "unpaid", "expired", "future",
)  # fmt: skip
#: What kind of charge a line is; only recurring ones are MRR.
KINDS = {
    "recurring": ("", "recurring", "subscription", "plan", "licence", "license"),
    "usage": ("usage", "metered", "overage"),
    "one_time": ("one_time", "one-time", "one time", "once", "setup", "service"),
    "tax": ("tax", "vat"),
    "fee": ("fee", "fees"),
}
#: Why a line is left out, as the column left_out says it; 0 is not left out.
LEFT_OUT = ("", "status", *list(KINDS)[1:])


def read_amounts(reading: Reading, rates: Rates) -> None:
    """mrr and, where they differ from it, list_mrr, local and list_local; left_out and currency."""
    roles = reading.layout.roles
    role = "mrr" if "mrr" in roles else "amount"
    line = reading.number(role, "an amount")
    reading.problems.append((line < 0, role, "{value} is negative; enter reductions in a column discount"))
    interval: nw.Expr | None = None
    shares: dict[str, Any] = {}
    lines = {"": line}
    if role == "amount" and reading.layout.kind == "subscriptions":
        if "quantity" in roles:
            quantity = reading.number("quantity", "a quantity")
            reading.problems.append((quantity < 0, "quantity", "{value} is negative; a quantity is 0 or more"))
            lines = {"": line * quantity}
        if "discount" in roles:
            discount = reading.number("discount", "a discount")
            if plain(roles["discount"]) == "discountpercent":
                discount = discount / 100
            wrong = "{value} is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %"
            reading.problems.append(((discount < 0) | (discount > 1), "discount", wrong))
            lines = {"": lines[""] * (1 - discount), "list_": lines[""]}
        if "interval" in roles:
            interval, words = reading.words("interval", share_of_month)
            shares = interval_shares(words)
    rate = _rate(reading, rates)
    above = max([1.0, *(float(share) for share in shares.values())]) * max([1.0, *rates.latest.values()])
    too_large = f"{{value}} is too large; an MRR above {LARGEST:,.0f} cannot be summed exactly"
    reading.problems.append((lines.get("list_", lines[""]) * above > LARGEST, role, too_large))
    reading.raise_the_first()
    amounts = {f"{prefix}mrr": amount if rate is None else amount * rate for prefix, amount in lines.items()}
    if rates.by_month:
        amounts |= {f"{prefix}local": amount for prefix, amount in lines.items()}
    first, second = monthly_exprs(amounts, interval, shares)
    table = reading.table.with_columns(*(expr.alias(name) for name, expr in first.items()))
    priced = [expr.cast(nw.Int64).alias(name) for name, expr in second.items()]
    reading.table = table.with_columns(*priced, *_left_out(reading, interval, shares)).drop(*first)


def _rate(reading: Reading, rates: Rates) -> nw.Expr | None:
    """Each line's rate into the reporting currency; the latest one where there is one a month."""
    header = reading.layout.roles.get("currency")
    if header is None:
        if rates.latest:
            raise MrrError("rates are given, but no column holds the currency; name it currency")
        return None

    def known(word: str) -> None:
        if rates.latest and word.upper() not in rates.latest:
            what = f"currency {word.upper()} has no rate" if word else "the currency is blank"
            raise MrrError(f"{what}; the rates are for {', '.join(rates.latest)}")

    column, words = reading.words("currency", known)
    currencies = sorted({word.upper() for word in words if word})
    if not rates.latest:
        if len(currencies) > 1:
            raise MrrError(f"column {header} has {', '.join(currencies)}; give rates: what one unit of each is worth")
        return None
    reading.table = reading.table.with_columns(column.str.to_uppercase().alias("currency"))
    rate: Any = nw.lit(1.0)
    for currency in currencies:
        rate = nw.when(nw.col("currency") == currency).then(nw.lit(rates.latest[currency])).otherwise(rate)
    return rate


def _left_out(reading: Reading, interval: nw.Expr | None, shares: dict[str, Any]) -> list[nw.Expr]:
    """The column left_out, if the table can say that a line is."""
    reason: Any = nw.lit(0)
    once = [word for word, share in shares.items() if not share]
    if "kind" in reading.layout.roles:
        words_of = {word: name for name, words in KINDS.items() for word in words}

        def known_kind(word: str) -> None:
            if word.lower() not in words_of:
                raise MrrError(f"{shown(word)} is not a known kind of charge; the known ones are {', '.join(KINDS)}")

        column, words = reading.words("kind", known_kind)
        for word in words:
            name = words_of[word.lower()]
            if name != "recurring":
                reason = nw.when(column == word).then(nw.lit(LEFT_OUT.index(name))).otherwise(reason)
    if interval is not None and once:
        reason = nw.when(interval.is_in(once)).then(nw.lit(LEFT_OUT.index("one_time"))).otherwise(reason)
    if "status" in reading.layout.roles:

        def known_status(word: str) -> None:
            if word and word.lower() not in COUNTED + NOT_COUNTED:
                raise MrrError(
                    f"{shown(word)} is not a known status; the known ones are {', '.join(COUNTED + NOT_COUNTED)}"
                )

        column, words = reading.words("status", known_status)
        out = [word for word in words if word.lower() in NOT_COUNTED]
        if out:
            reason = nw.when(column.is_in(out)).then(nw.lit(LEFT_OUT.index("status"))).otherwise(reason)
    says_so = once or "kind" in reading.layout.roles or "status" in reading.layout.roles
    return [(nw.col("start") * 0 + reason).cast(nw.Int64).alias("left_out")] if says_so else []
