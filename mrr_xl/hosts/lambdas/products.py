"""Expansion by what was sold, as LAMBDAs: in products that a customer had before, or in those that are new to them."""

from __future__ import annotations

from mrr_xl.hosts.lambdas.figures import GIVEN, OPTIONAL, given
from mrr_xl.metrics import REGISTRY
from mrr_xl.sources.headers import ROLES

_PRODUCT = "{" + ";".join(f'"{alias}"' for alias in ROLES["product"].aliases.split()) + "}"


def _sold(figure: str) -> str:
    return f"""LAMBDA(data, {OPTIONAL},
        LET(
            sold, LEDGER_SOLD(data, {given("where", "settings", "rates")}),
            LEDGER_FIGURE(data, {GIVEN}, LAMBDA(wanted, money, kind, upto, within, known,
            LET(
                slots, CHOOSECOLS(DROP(known, 1), 2),
                IF(wanted < MIN(IF(slots > 0, slots, 99999)), NA(), ({figure}) / 1000000))))))"""


PRODUCTS = {
    "LEDGER_PRODUCT": (
        "the column that says what is sold, without its header",
        f"""LAMBDA(data,
        LET(
            places, XMATCH(LEDGER_PLAIN(TAKE(data, 1)), {_PRODUCT}),
            IF(SUM(--ISNUMBER(places)) <> 1, VALUE("no column product, or several"),
                CHOOSECOLS(DROP(data, 1), XMATCH(TRUE, ISNUMBER(places))))))""",
    ),
    "LEDGER_SOLD": (
        "for each customer and month of expansion: month, and how much of it is in products new to the customer",
        """LAMBDA(data, where, settings, rates,
        LET(
            lines, LEDGER_LINES(data, where, settings, rates), who, CHOOSECOLS(lines, 1), sign, CHAR(31),
            apart, HSTACK(IF(who = "", "", who & sign & LEDGER_NAME(LEDGER_PRODUCT(data))), DROP(lines, , 1)),
            parts, LEDGER_CHANGES(apart, settings), part, CHOOSECOLS(parts, 1),
            first, NOT(EXACT(part, DROP(VSTACK(" ", part), -1))) * (part <> ""),
            payer, LEFT(part, FIND(sign, part & sign)),
            came, FILTER(HSTACK(payer & CHOOSECOLS(parts, 2), CHOOSECOLS(parts, 3)), first, ""),
            gains, SORTBY(came, CHOOSECOLS(came, 1), 1), keys, CHOOSECOLS(gains, 1),
            sums, SCAN(0, CHOOSECOLS(gains, -1), LAMBDA(total, another, total + N(another))),
            history, LEDGER_CHANGES(lines, settings),
            more, FILTER(history, CHOOSECOLS(history, 4) = 2, ""),
            key, CHOOSECOLS(more, 1) & sign & IFERROR(CHOOSECOLS(more, 2), ""),
            last, XMATCH(key, keys, 0, -1), begin, XMATCH(key, keys),
            gain, IF(ISNUMBER(last), INDEX(sums, IFNA(last, 1))
                - IF(IFNA(begin, 1) > 1, INDEX(sums, IFNA(begin, 1) - (IFNA(begin, 1) > 1)), 0), 0),
            IF(ISERROR(SUM(CHOOSECOLS(parts, 2), CHOOSECOLS(history, 2))), VALUE("the data can't be computed"),
            IF(SUM(--(CHOOSECOLS(history, 4) = 2)) = 0, HSTACK(-1, 0),
            HSTACK(CHOOSECOLS(more, 2), IF(gain < CHOOSECOLS(more, 3), gain, CHOOSECOLS(more, 3)))))))""",
    ),
    "LEDGER_SOLD_IN": (
        "the sum of what LEDGER_SOLD has for each of some months",
        """LAMBDA(sold, wanted,
        MAP(wanted, LAMBDA(at,
        IF(ISNUMBER(at), SUM((CHOOSECOLS(sold, 1) = at) * CHOOSECOLS(sold, 2)), 0 * SUM(sold)))))""",
    ),
    "MRR_CROSS_SELL": (REGISTRY["MRR_CROSS_SELL"].summary, _sold("LEDGER_SOLD_IN(sold, wanted)")),
    "MRR_UPSELL": (
        REGISTRY["MRR_UPSELL"].summary,
        _sold("within(money * (kind = 2), wanted) - LEDGER_SOLD_IN(sold, wanted)"),
    ),
}  # fmt: skip
