"""The arguments of the sheet functions: what each is, and how a cell or a keyword is read as one."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from mrr_xl.errors import MrrError, nearest, shown
from mrr_xl.settings import RULES, rule_name
from mrr_xl.sources.how import OPTIONS

#: A ledger is a range with its header row; settings and rates are ranges of their own; the rest are cells.
#: A number may be 0, a count is 1 or more.
ArgumentKind = Literal["ledger", "month", "text", "number", "count", "settings", "rates"]


@dataclass(frozen=True)
class Argument:
    """An argument of that name, whichever function takes it.

    doc: the help in a function wizard, and the docs. words: if it takes one of a few words, each with its meaning.
    """

    name: str
    kind: ArgumentKind
    doc: str
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """What it is, without what holds if it is left out."""
        return self.doc.partition("; if left out, ")[0]

    def default(self, name: str) -> str:
        """What holds in the function of this name if it is left out.

        >>> months = ARGUMENTS["months"]
        >>> months.default("MRR_CMGR"), months.default("MRR_FROM_ARPA"), ARGUMENTS["rates"].default("MRR")
        ('12', '1', 'none')
        """
        text = self.doc.partition("; if left out, ")[2]
        otherwise = re.search(rf"\bin {name},? ([^,)]+)", text)
        return otherwise[1] if otherwise else text.partition(" (")[0] or "none"


_MOVEMENTS = {
    "new": "the MRR of new customers",
    "reactivation": "the MRR of former customers who came back",
    "expansion": "customers pay more than a month ago",
    "contraction": "customers pay less than a month ago",
    "churn": "customers pay nothing any more",
}
_MEASURES = {
    "net": "their MRR",
    "gross": "their MRR, never more than each one's first",
    "logos": "the number of customers",
}
_PERIODS = {
    "month": "who joined in the same month",
    "quarter": "who joined in the same quarter",
    "year": "who joined in the same year",
}
_METHODS = {
    "naive": "the MRR stays as it is",
    "growth": "it grows on as in the last 6 months",
    "drivers": "each movement goes on as in the last 6 months",
}


ARGUMENTS = {
    argument.name: argument
    for argument in (
        Argument("data", "ledger", "the subscriptions with their header row, such as Subscriptions[#All]"),
        Argument("month", "month", "a month, or a range of months; if left out, the last month reported"),
        Argument("where", "text", 'which lines to count, such as "plan=Pro; region<>US"; if left out, all of them'),
        Argument(
            "settings",
            "settings",
            "a range of two columns, the rule and its value; or a text such as as_of=month_start",
        ),
        Argument(
            "rates", "rates", "a range of currency, [month] and rate: what one unit is worth in the reporting currency"
        ),
        Argument(
            "against", "ledger", "the same table as it was earlier, with its header row, to see what has been restated"
        ),
        Argument("first_month", "month", "the first month to show; if left out, the first of the data"),
        Argument("last_month", "month", "the last month to show; if left out, the last month reported"),
        Argument(
            "movement",
            "text",
            "new, reactivation, expansion, contraction or churn; if left out, all of them",
            _MOVEMENTS,
        ),
        Argument("amount", "number", "the price for one interval"),
        Argument(
            "interval", "text", "day, week, month, quarter, year, or a count such as 3 months; if left out, month"
        ),
        Argument("quantity", "number", "how many units are paid for; if left out, 1"),
        Argument("discount", "number", "the recurring discount as a fraction, 0.2 for 20 %; if left out, 0"),
        Argument("customers", "number", "the number of paying customers"),
        Argument("average_revenue", "number", "the average revenue per customer over the period"),
        Argument(
            "months", "count", "a number of months; if left out, 12 (in MRR_FROM_ARPA 1, in MRR_ANNUAL_RETENTION 3)"
        ),
        Argument("n", "count", "how many customers; if left out, 10"),
        Argument("measure", "text", "net, gross or logos (customers); if left out, net", _MEASURES),
        Argument(
            "period",
            "text",
            "whether customers joined in the same month, quarter or year; if left out, month",
            _PERIODS,
        ),
        Argument("by", "text", "the column that holds the segment, such as plan"),
        Argument(
            "method", "text", "naive, growth or drivers; if left out, drivers (in MRR_BACKTEST, all three)", _METHODS
        ),
        Argument(
            "scenario",
            "text",
            'multipliers of the drivers, such as "new=120%; churn=90%"; if left out, the drivers as they are',
        ),
        Argument("spend", "number", "the sales and marketing spend"),
        Argument("new_mrr", "number", "the MRR of the new customers won with that spend"),
        Argument("gross_margin", "number", "the gross margin as a fraction, 0.8 for 80 %; if left out, 1"),
        Argument("ltv", "number", "the lifetime value of a customer, as MRR_LTV gives it"),
        Argument("cac", "number", "what it costs to win a customer"),
        Argument(
            "net_new_mrr", "number", "the net new MRR of a quarter, such as the sum of three months of MRR_NET_NEW"
        ),
        Argument("net_burn", "number", "the cash that went out, less the cash that came in, of the same quarter"),
        Argument("growth", "number", "the growth of a year as a fraction, as MRR_GROWTH_YOY gives it"),
        Argument("margin", "number", "the profit margin of the same year as a fraction"),
    )
}


def refuse_unknown(called: str, given: Collection[str], known: Collection[str]) -> None:
    """Raise MrrError for a keyword that nothing takes where it is nearly that of an argument.

    known: the arguments of what is called. What is nearer to a setting is refused as one.
    """
    others = [name for name in (*known, *OPTIONS) if name not in given]
    for key in given:
        if key in known or key in OPTIONS or rule_name(key) in RULES:
            continue
        if key in ("start", "to") and "month" in known:
            raise MrrError(f"{called} has no argument {shown(key)}; give month one month, or a figure a list of them")
        near = nearest(key, [*others, *RULES])
        if near and near[0] not in RULES:
            meant = sorted(near, key=lambda name: abs(len(name) - len(key)))
            raise MrrError(f"{called} has no argument {shown(key)}; did you mean {' or '.join(meant)}?")


def whole_months(value: object, most: int = 120) -> int:
    """A number of months, from 1 to `most`; a cell gives 12.0, the command line '12'.

    >>> whole_months(12.0), whole_months("6")
    (12, 6)
    """
    try:
        months = float(str(value).strip())
    except ValueError:
        months = float("nan")
    if isinstance(value, bool) or not 1 <= months <= most or not months.is_integer():
        raise MrrError(f"{shown(value)} is not a number of months; write a whole number from 1 to {most}")
    return int(months)


def choice(value: object, argument: str, meaning: str) -> str:
    """One of the words that an argument takes, in any case; meaning: what the word is, such as "a movement"."""
    word, allowed = str(value).strip().lower(), ARGUMENTS[argument].words
    if word not in allowed:
        raise MrrError(f"{shown(value)} is not {meaning}; it must be one of {', '.join(allowed)}")
    return word
