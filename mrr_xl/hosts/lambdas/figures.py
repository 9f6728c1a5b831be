"""The functions as LAMBDAs: a figure for each month of a cell or a range."""

from __future__ import annotations

from mrr_xl.hosts.lambdas.ledger import GROSS_MARGIN, RETENTION_MONTHS
from mrr_xl.metrics import REGISTRY

OPTIONAL = "[month], [where], [settings], [rates]"


def given(*names: str) -> str:
    """Arguments that may be left out, as blank texts where they are."""
    return ", ".join(f'IF(ISOMITTED({name}), "", {name})' for name in names)


GIVEN = given("month", "where", "settings", "rates")
_CAME = "((kind < 2) - (kind = 4))"


def _ratio(part: str, whole: str) -> str:
    return f"LET(whole, {whole}, IF(whole = 0, NA(), {part} / whole))"


def _in_month(which: str) -> str:
    return f"within(money * ({which}), wanted)"


def _moved(which: str) -> str:
    return f"{_in_month(which)} / 1000000"


def _movers(which: str) -> str:
    return f"within(--({which}), wanted)"


def _kept(what: str) -> str:
    span = f'LEDGER_SPAN(IF(ISOMITTED(months), "", months), {RETENTION_MONTHS})'
    return f'LEDGER_KEPT(known, wanted, {span}, "{what}")'


_OPENING, _CLOSING = "upto(money, wanted - 1)", "upto(money, wanted)"
_BEFORE, _AFTER = f"upto({_CAME}, wanted - 1)", f"upto({_CAME}, wanted)"

#: Function → its figures for the months `wanted`, over the changes: money (millionths) and kind. upto: a sum up to the
#: end of a month; within: a sum in a month.
SERIES = {
    "MRR": f"{_CLOSING} / 1000000",
    "ARR": f"12 * {_CLOSING} / 1000000",
    "MRR_OPENING": f"{_OPENING} / 1000000",
    "MRR_NEW": _moved("kind = 0"),
    "MRR_REACTIVATION": _moved("kind = 1"),
    "MRR_EXPANSION": _moved("kind = 2"),
    "MRR_CONTRACTION": _moved("kind = 3"),
    "MRR_CHURN": _moved("kind = 4"),
    "MRR_FX": "0 * wanted",  # rates by month are an error
    "MRR_NET_NEW": "within(money, wanted) / 1000000",
    "MRR_OPENING_CUSTOMERS": _BEFORE,
    "MRR_CUSTOMERS": _AFTER,
    "MRR_NEW_CUSTOMERS": _movers("kind = 0"),
    "MRR_REACTIVATED_CUSTOMERS": _movers("kind = 1"),
    "MRR_EXPANDED_CUSTOMERS": _movers("kind = 2"),
    "MRR_CONTRACTED_CUSTOMERS": _movers("kind = 3"),
    "MRR_CHURNED_CUSTOMERS": _movers("kind = 4"),
    "MRR_GROWTH": _ratio("within(money, wanted)", _OPENING),
    "MRR_GROWTH_YOY": f"{_ratio(_CLOSING, 'upto(money, wanted - 12)')} - 1",
    "MRR_GROSS_CHURN_RATE": _ratio(f"-{_in_month('kind > 2')}", _OPENING),
    "MRR_NET_CHURN_RATE": _ratio(f"-{_in_month('kind > 0')}", _OPENING),
    "MRR_LOGO_CHURN": _ratio(_movers("kind = 4"), _BEFORE),
    "MRR_ARPA": _ratio(f"{_CLOSING} / 1000000", _AFTER),
    "MRR_ASP": _ratio(_moved("kind = 0"), _movers("kind = 0")),
    "MRR_QUICK_RATIO": _ratio(_in_month("kind < 3"), f"-{_in_month('kind > 2')}"),
    "MRR_LTV": f"""LET(
        churn, LAMBDA(at, LET(whole, upto({_CAME}, at - 1), IF(whole = 0, NA(), within(--(kind = 4), at) / whole))),
        mean, (churn(wanted) + churn(wanted - 1) + churn(wanted - 2) + churn(wanted - 3) + churn(wanted - 4)
            + churn(wanted - 5)) / 6,
        arpa, {_ratio(f"{_CLOSING} / 1000000", _AFTER)},
        IF(mean = 0, NA(), arpa * {GROSS_MARGIN} / mean))""",
}
#: The same for those with an argument months before where.
OVER_MONTHS = {
    "MRR_CMGR": f"""LET(span, LEDGER_SPAN(IF(ISOMITTED(months), "", months), 12),
        {_ratio(_CLOSING, "upto(money, wanted - span)")} ^ (1 / span) - 1)""",
    "MRR_NRR": _kept("net"),
    "MRR_GRR": _kept("gross"),
    "MRR_LOGO_RETENTION": _kept("customers"),
}
FIGURES = {
    "LEDGER_BY_MONTH": (
        "the changes in the order of their months: month, change, kind",
        "LAMBDA(changes, SORTBY(CHOOSECOLS(changes, 2, 3, 4), CHOOSECOLS(changes, 2), 1))",
    ),
    "LEDGER_FIGURE": (
        "a figure for each month of a cell or a range; a blank month alone is the last one reported",
        """LAMBDA(data, wanted, where, settings, rates, compute,
        LET(
            known, LEDGER_READ(data, where, settings, rates),
            changes, LEDGER_BY_MONTH(DROP(known, 1)),
            through, LEDGER_REPORTED(known),
            alone, ROWS(wanted) * COLUMNS(wanted) = 1,
            slots, IF(wanted = "", IF(alone, through, ""), LEDGER_SLOT(LEDGER_DAY(wanted, 0))),
            slot, CHOOSECOLS(changes, 1),
            running, LAMBDA(values, SCAN(0, values, LAMBDA(total, another, total + another))),
            upto, LAMBDA(values, until, INDEX(running(values), MATCH(until, slot, 1))),
            within, LAMBDA(values, until, LET(sums, running(values),
                INDEX(sums, MATCH(until, slot, 1)) - INDEX(sums, MATCH(until - 1, slot, 1)))),
            IF(slots = "", "", IF(slots > through, NA(),
                compute(slots, CHOOSECOLS(changes, 2), CHOOSECOLS(changes, 3), upto, within, known)))))""",
    ),
    "LEDGER_SPAN": (
        "a number of months from 1 to 120; usual: what it is if left blank",
        """LAMBDA(months, usual,
        LET(
            span, IF(months = "", usual, months),
            IF(ISNUMBER(span), IF((span >= 1) * (span <= 120) * (span = INT(span)), span, VALUE("not a span")),
            VALUE("a text is not a span"))))""",
    ),
    "LEDGER_KEPT": (
        "what the customers of some months ago pay now (net), at most what they paid (gross), or how many are left",
        """LAMBDA(known, wanted, span, what,
        MAP(wanted, LAMBDA(at, IF(ISNUMBER(at), LET(
            paid, LEDGER_PAYS(known, at - span), now, LEDGER_PAYS(known, at),
            whole, IF(what = "customers", SUM(--(paid > 0)), SUM(paid)),
            kept, IF(what = "net", SUM((paid > 0) * now), IF(what = "gross", SUM(IF(now < paid, now, paid)),
                SUM((paid > 0) * (now > 0)))),
            IF(whole = 0, NA(), kept / whole)), ""))))""",
    ),
    **{
        name: (
            REGISTRY[name].summary,
            f"LAMBDA(data, {OPTIONAL}, "
            f"LEDGER_FIGURE(data, {GIVEN}, LAMBDA(wanted, money, kind, upto, within, known, {figure})))",
        )
        for name, figure in SERIES.items()
    },
    **{
        name: (
            REGISTRY[name].summary,
            f"LAMBDA(data, [month], [months], [where], [settings], [rates], "
            f"LEDGER_FIGURE(data, {GIVEN}, LAMBDA(wanted, money, kind, upto, within, known, {figure})))",
        )
        for name, figure in OVER_MONTHS.items()
    },
    "MRR_ANNUAL_RETENTION": (
        REGISTRY["MRR_ANNUAL_RETENTION"].summary,
        f"""LAMBDA(data, [month], [measure], [months], [where], [settings], [rates],
        LET(
            asked, LOWER(TRIM(IF(ISOMITTED(measure), "", measure))),
            what, IF(asked = "", "net", IF(asked = "logos", "customers", IF((asked = "net") + (asked = "gross"), asked,
                VALUE("not a measure")))),
            span, LEDGER_SPAN(IF(ISOMITTED(months), "", months), 3),
            LEDGER_FIGURE(data, {GIVEN}, LAMBDA(wanted, money, kind, upto, within, known,
                LEDGER_KEPT(known, wanted, span, what) ^ (12 / span)))))""",
    ),
    "MRR_LAST_MONTH": (
        REGISTRY["MRR_LAST_MONTH"].summary,
        """LAMBDA(data, [where], [settings], [rates],
        LET(
            last, LEDGER_REPORTED(LEDGER_READ(data, IF(ISOMITTED(where), "", where),
                IF(ISOMITTED(settings), "", settings), IF(ISOMITTED(rates), "", rates))),
            LEDGER_DATE(last)))""",
    ),
}  # fmt: skip
