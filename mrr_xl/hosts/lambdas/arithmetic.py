"""The functions of plain cells as LAMBDAs: prices per month, unit economics."""

from __future__ import annotations

from mrr_xl.metrics import REGISTRY

_BLANK = 'VALUE("a cell is blank")'
#: Functions of plain cells: a blank first one stays blank.
_TEXTS = {
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
    "MRR_BURN_MULTIPLE": f"""LAMBDA(net_burn, net_new_mrr,
        LET(
            gained, IF(net_new_mrr = "", {_BLANK}, IF(ISNUMBER(net_new_mrr), 12 * net_new_mrr,
                IF(ISNA(net_new_mrr), net_new_mrr, VALUE("a text is not a number")))),
            IF(net_burn = "", "", IF(ISNUMBER(net_burn), IF(gained <= 0, NA(), net_burn / gained),
            IF(ISNA(net_burn), net_burn, VALUE("a text is not a number"))))))""",
    "MRR_RULE_OF_40": """LAMBDA(growth, margin,
        IF(growth = "", "", IF(ISNUMBER(growth) * ISNUMBER(margin), growth + margin,
        IF(ISNA(margin), margin, VALUE("not a number")))))""",
}
ARITHMETIC = {name: (REGISTRY[name].summary, text) for name, text in _TEXTS.items()}
