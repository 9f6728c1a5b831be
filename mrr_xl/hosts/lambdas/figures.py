"""The functions as LAMBDAs: a figure for each month of a cell or a range."""

from __future__ import annotations

from mrr_xl.metrics import REGISTRY

_OPTIONAL = "[month], [where], [settings], [rates]"
_GIVEN = ", ".join(f'IF(ISOMITTED({name}), "", {name})' for name in ("month", "where", "settings", "rates"))
_CAME = "((kind < 2) - (kind = 4))"


def _ratio(part: str, whole: str) -> str:
    return f"LET(whole, {whole}, IF(whole = 0, NA(), {part} / whole))"


def _in_month(which: str) -> str:
    return f"within(money * ({which}), wanted)"


def _moved(which: str) -> str:
    return f"{_in_month(which)} / 1000000"


def _movers(which: str) -> str:
    return f"within(--({which}), wanted)"


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
            lines, LEDGER_LINES(data, where, settings, rates),
            changes, LEDGER_BY_MONTH(LEDGER_CHANGES(lines, settings)),
            through, LEDGER_THROUGH(lines, settings, Complete_through),
            alone, ROWS(wanted) * COLUMNS(wanted) = 1,
            slots, IF(wanted = "", IF(alone, through, ""),
                IF(ISNUMBER(wanted), LEDGER_SLOT(wanted), VALUE("not a month"))),
            slot, CHOOSECOLS(changes, 1),
            running, LAMBDA(values, SCAN(0, values, LAMBDA(total, another, total + another))),
            upto, LAMBDA(values, until, INDEX(running(values), MATCH(until, slot, 1))),
            within, LAMBDA(values, until, LET(sums, running(values),
                INDEX(sums, MATCH(until, slot, 1)) - INDEX(sums, MATCH(until - 1, slot, 1)))),
            IF(slots = "", "", IF(slots > through, NA(),
                compute(slots, CHOOSECOLS(changes, 2), CHOOSECOLS(changes, 3), upto, within)))))""",
    ),
    **{
        name: (
            REGISTRY[name].summary,
            f"LAMBDA(data, {_OPTIONAL}, "
            f"LEDGER_FIGURE(data, {_GIVEN}, LAMBDA(wanted, money, kind, upto, within, {figure})))",
        )
        for name, figure in SERIES.items()
    },
}  # fmt: skip
