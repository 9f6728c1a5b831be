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


def _kept(what: str) -> str:
    span = f'LEDGER_SPAN(IF(ISOMITTED(months), "", months), {_SETTING % ("retention_months", "12")})'
    return f'LEDGER_KEPT(history, wanted, {span}, "{what}")'


#: A setting of a function whose argument settings may be left out.
_SETTING = 'LEDGER_SETTING(IF(ISOMITTED(settings), "", settings), "%s", %s)'
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
        IF(mean = 0, NA(), arpa * {_SETTING % ("gross_margin", "1")} / mean))""",
}
#: The same for those with an argument months before where.
OVER_MONTHS = {
    "MRR_CMGR": f"""LET(span, LEDGER_SPAN(IF(ISOMITTED(months), "", months), 12),
        {_ratio(_CLOSING, "upto(money, wanted - span)")} ^ (1 / span) - 1)""",
    "MRR_NRR": _kept("net"),
    "MRR_GRR": _kept("gross"),
    "MRR_LOGO_RETENTION": _kept("customers"),
}
_BLANK = 'VALUE("a cell is blank")'
#: Functions of plain cells: a blank first one stays blank.
ARITHMETIC = {
    "MRR_MONTHLY": """LAMBDA(amount, [interval], [quantity], [discount],
        LET(
            billed, IF(ISOMITTED(interval), "month", interval),
            times, IF(ISOMITTED(quantity), 1, LEDGER_NUMBER(quantity, 1)),
            off, IF(ISOMITTED(discount), 0, LEDGER_NUMBER(discount, 0)),
            price, LEDGER_NUMBER(amount, 0) * times * IF(off > 1, VALUE("not a discount"), 1 - off),
            month, LEDGER_MILLIONTHS(price, LEDGER_SHARE(billed, 1), LEDGER_SHARE(billed, 2)) / 1000000,
            IF(price > 9000000000, VALUE("too large"), IF(amount = "", "", month))))""",
    "MRR_FROM_ARPA": f"""LAMBDA(customers, average_revenue, [months],
        LET(
            span, IF(ISOMITTED(months), 1, LEDGER_NUMBER(months, 1)),
            whole, LEDGER_NUMBER(customers, 0) * LEDGER_NUMBER(average_revenue, {_BLANK}),
            IF(customers = "", "", IF(span = 0, VALUE("not a period"), whole / span))))""",
    "MRR_LTV_CAC": f"""LAMBDA(ltv, cac,
        LET(
            cost, LEDGER_NUMBER(cac, {_BLANK}),
            IF(ltv = "", "", IF(cost = 0, NA(), LEDGER_NUMBER(ltv, 0) / cost))))""",
    "MRR_CAC_PAYBACK": f"""LAMBDA(spend, new_mrr, [gross_margin],
        LET(
            margin, IF(ISOMITTED(gross_margin), 1, LEDGER_NUMBER(gross_margin, 1)),
            profit, LEDGER_NUMBER(new_mrr, {_BLANK}) * margin,
            IF(spend = "", "", IF((margin <= 0) + (margin > 1), VALUE("not a gross margin"),
            IF(profit = 0, NA(), LEDGER_NUMBER(spend, 0) / profit)))))""",
    "MRR_MAGIC_NUMBER": f"""LAMBDA(net_new_mrr, spend,
        LET(
            cost, LEDGER_NUMBER(spend, {_BLANK}),
            IF(net_new_mrr = "", "", IF(ISNUMBER(net_new_mrr), IF(cost = 0, NA(), net_new_mrr * 12 / cost),
            VALUE("a text is not a number")))))""",
    "MRR_RULE_OF_40": """LAMBDA(growth, margin,
        IF(growth = "", "", IF(ISNUMBER(growth) * ISNUMBER(margin), growth + margin,
        IF(ISNA(margin), margin, VALUE("not a number")))))""",
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
            history, LEDGER_CHANGES(lines, settings),
            changes, LEDGER_BY_MONTH(history),
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
                compute(slots, CHOOSECOLS(changes, 2), CHOOSECOLS(changes, 3), upto, within, history)))))""",
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
        """LAMBDA(history, wanted, span, what,
        LET(
            name, CHOOSECOLS(history, 1), slot, CHOOSECOLS(history, 2), next, CHOOSECOLS(history, 6),
            pays, CHOOSECOLS(history, 5) * (name <> ""),
            who, SCAN(0, --NOT(EXACT(name, DROP(VSTACK(" ", name), -1))), LAMBDA(sofar, first, sofar + first)),
            MAP(wanted, LAMBDA(at, IF(ISNUMBER(at), LET(
                known, (slot <= at) * (next > at), knew, (slot <= at - span) * (next > at - span),
                paid, FILTER(pays, knew),
                now, XLOOKUP(FILTER(who, knew), FILTER(who, known), FILTER(pays, known), 0, 0, 2),
                whole, IF(what = "customers", SUM(--(paid > 0)), SUM(paid)),
                kept, IF(what = "net", SUM((paid > 0) * now), IF(what = "gross", SUM(IF(now < paid, now, paid)),
                    SUM((paid > 0) * (now > 0)))),
                IF(whole = 0, NA(), kept / whole)), "")))))""",
    ),
    **{
        name: (
            REGISTRY[name].summary,
            f"LAMBDA(data, {_OPTIONAL}, "
            f"LEDGER_FIGURE(data, {_GIVEN}, LAMBDA(wanted, money, kind, upto, within, history, {figure})))",
        )
        for name, figure in SERIES.items()
    },
    **{
        name: (
            REGISTRY[name].summary,
            f"LAMBDA(data, [month], [months], [where], [settings], [rates], "
            f"LEDGER_FIGURE(data, {_GIVEN}, LAMBDA(wanted, money, kind, upto, within, history, {figure})))",
        )
        for name, figure in OVER_MONTHS.items()
    },
    "MRR_LAST_MONTH": (
        REGISTRY["MRR_LAST_MONTH"].summary,
        """LAMBDA(data, [where], [settings], [rates],
        LET(
            condition, IF(ISOMITTED(where), "", where),
            rules, IF(ISOMITTED(settings), "", settings),
            worth, IF(ISOMITTED(rates), "", rates),
            last, LEDGER_THROUGH(LEDGER_LINES(data, condition, rules, worth), rules, Complete_through),
            DATE(INT(last / 12), last - 12 * INT(last / 12) + 1, 1)))""",
    ),
    **{name: (REGISTRY[name].summary, text) for name, text in ARITHMETIC.items()},
}  # fmt: skip
