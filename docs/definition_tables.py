"""The tables of docs/definitions.md: columns, headers, statuses, kinds, figures and settings, as the code has them."""

from __future__ import annotations

import re

from mrr_xl.functions.pages import formula_in, undefined_in
from mrr_xl.ledger.amounts import (
    COUNTED,
    NEVER,
    OVER,
    PAST_DUE,
    PAUSED,
    STATUSES,
    STATUSES_ABROAD,
    TRIAL,
    TRIAL_OVER,
    UNPAID,
)
from mrr_xl.ledger.amounts import KINDS as CHARGES
from mrr_xl.metrics import REGISTRY
from mrr_xl.settings import RULES
from mrr_xl.sources.abroad import ABROAD, ABROAD_SECOND
from mrr_xl.sources.headers import ROLES

RULE_HEAD = "| Setting | Default | Allowed | What it decides |\n|---|---|---|---|"
COLUMN_HEAD = "| Column | What it contains | Headers such as |\n|---|---|---|"
WORD_HEAD = (
    "| Column | Known headers | Words that name it | Words that may stand beside them | If nothing else names it |\n"
    "|---|---|---|---|---|"
)
STATUS_ABROAD_HEAD = "| Status | In German, French and Spanish |\n|---|---|"
ABROAD_HEAD = "| Column | German, French and Spanish headers | If nothing else names it |\n|---|---|---|"
STATUS_HEAD = "| Status | `status=line` | `status=snapshot` |\n|---|---|---|"
KIND_HEAD = "| Kind of the line | Counts as MRR |\n|---|---|"
FIGURE_HEAD = "| Figure | Formula | Undefined if |\n|---|---|---|"

#: What each column of a ledger contains, and some headers that name it.
COLUMNS = {
    "customer": ("the customer; required", "Customer ID, Account, Client No."),
    "subscription": (
        "the subscription of the customer; used for `grain=subscription` and for checks",
        "Subscription ID, Contract No.",
    ),
    "parent": (
        "the customer whose child this one is, at the top or one level up; blank for none; used for `grain=parent`",
        "Parent, Parent account, Ultimate parent ID, Holding",
    ),
    "start": (
        "the first day of service; required in a table of subscriptions",
        "Start date, Contract start, Valid from, Activated on",
    ),
    "end": (
        "the first day without service; blank while the subscription runs",
        "End date, Contract end, Expires at, Churn date, Valid until",
    ),
    "cancelled": (
        "the day of cancellation; used for `churn_on=cancelled` and committed MRR",
        "Cancelled at, Cancellation date",
    ),
    "month": ("the month of a row of a long schedule", "Month, Period, Billing month"),
    "mrr": ("the price per month", "MRR, Monthly fee, MRR (EUR)"),
    "amount": ("the price of one unit per interval", "Amount, Unit price, Plan price, Fee, Price USD"),
    "arr": (
        "the price for a year; used if there is no column mrr or amount",
        "ARR, ACV, Annual contract value, Yearly price",
    ),
    "tcv": ("the price for the whole contract; used if there is none of these", "TCV, Total contract value"),
    "term": (
        "how long the contract is, a number being of months; used with tcv only",
        "Term, Contract term, Contract length",
    ),
    "interval": (
        "how often the amount is paid; every month if there is no such column",
        "Interval, Billing period, Billing cycle, Frequency",
    ),
    "interval_count": (
        "how many intervals the amount is for; a blank cell is 1; used with interval only",
        "Interval count, Billing period count",
    ),
    "stopped": (
        "the first day on which a paused, unpaid or expired line is no longer paid for, "
        "if its [status](#statuses) is today's",
        "Paused at, Suspended on, Unpaid since",
    ),
    "past_due": ("since when a line is past due; used for `past_due_days`", "Past due since, Overdue since"),
    "trial_end": ("the first day after the [trial](#trials), paid for; blank for none", "Trial end, Trial ends at"),
    "quantity": ("the number of units; a blank cell is 1", "Quantity, Seats, Licences, Qty"),
    "discount": (
        "the recurring discount; a blank cell is 0",
        "Discount, Discount rate, Discount %",
    ),
    "discount_amount": (
        "the recurring discount in money, per interval; a blank cell is 0",
        "Discount amount, Amount off, Coupon amount",
    ),
    "discount_until": (
        "the first day without the discount; blank for none",
        "Discount until, Discount end, Coupon end",
    ),
    "discount_duration": (
        "how long the discount runs: forever, once, repeating, or a number of months",
        "Discount duration, Coupon duration",
    ),
    "currency": ("the currency of the amount", "Currency, Currency code, Billing currency"),
    "status": ("the state of the subscription", "Status, Subscription status"),
    "kind": ("what the charge is for: recurring, usage, one-time …", "Kind, Charge type, Line type"),
    "product": ("the product; used for upsell and cross-sell", "Product, Product name"),
}
#: Headers that name a column only if nothing else does.
LAST_CHOICE = {"customer": "Company, Customer name, Email", "start": "Signup date, Created at"}


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def rules() -> str:
    lines = []
    for rule in RULES.values():
        allowed = ", ".join(f"`{choice}`" for choice in rule.choices) or rule.allowed
        lines.append(f"| `{rule.name}` | {rule.text(rule.default) or 'blank'} | {allowed} | {cell(rule.doc)} |")
    return "\n".join(lines)


def columns() -> str:
    """What each column contains, and some headers that name it."""
    lines = []
    for name in ROLES:
        what, headers = COLUMNS[name]
        last = f"; if there is none, {LAST_CHOICE[name]}" if name in LAST_CHOICE else ""
        lines.append(f"| {name} | {what} | {headers}{last} |")
    return "\n".join(lines)


def words() -> str:
    """All that a header is understood by, column by column."""
    lines = []
    for name, role in ROLES.items():
        dated = role.dated.split()
        core = ", ".join(f"{word}\\*" if word in dated else word for word in role.core.split())
        beside = ", ".join(role.beside.split())
        beside += "; words of a date" if role.core and role.is_date else ""
        beside = f"one or more of: {beside}" if role.needs else beside
        cells = (", ".join(role.aliases.split()), core, beside, ", ".join(role.second.split()))
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def abroad() -> str:
    """The headers in other languages, column by column."""
    lines = []
    for name in ROLES:
        if name in ABROAD:
            second = ", ".join(ABROAD_SECOND.get(name, "").split())
            lines.append(f"| {name} | {', '.join(ABROAD[name].split())} | {second} |")
    return "\n".join(lines)


def statuses() -> str:
    answers = {
        COUNTED: ("counts until its end", "counts until its end"),
        PAST_DUE: ("counts until its end, or for `past_due_days` from its start",) * 2,
        PAUSED: ("never counts, unless `paused=counted`", "counts until it stopped"),
        UNPAID: ("never counts", "counts until it stopped"),
        OVER: ("never counts", "counts until its end, or until it stopped"),
        TRIAL: ("never counts; a trial from its start to its end",) * 2,
        TRIAL_OVER: ("never counts; a trial from its start to its end",) * 2,
        NEVER: ("never counts", "never counts"),
    }
    words = STATUSES | {COUNTED: (*STATUSES[COUNTED], "(blank)")}
    return "\n".join(f"| {', '.join(words[state])} | {' | '.join(answer)} |" for state, answer in answers.items())


def statuses_abroad() -> str:
    return "\n".join(f"| {english} | {', '.join(words)} |" for english, words in STATUSES_ABROAD.items())


def kinds() -> str:
    answers = {"recurring": "yes", "usage": "with `usage=include`"}
    lines = []
    for name, words in CHARGES.items():
        others = ", ".join(word or "(blank)" for word in words if word != name)
        lines.append(f"| {name}; also {others} | {answers.get(name, 'no')} |")
    return "\n".join(lines)


def figures() -> str:
    """Every figure with a formula in its docstring, and when it is undefined."""
    lines = []
    for metric in REGISTRY.values():
        formula, undefined = formula_in(metric), undefined_in(metric)
        if formula or undefined:
            lines.append(f"| `{metric.name}` | {cell(formula)} | {cell(undefined)} |")
    return "\n".join(lines)


#: The tables of docs/definitions.md, each found by its head.
TABLES = {
    COLUMN_HEAD: columns,
    WORD_HEAD: words,
    ABROAD_HEAD: abroad,
    STATUS_HEAD: statuses,
    STATUS_ABROAD_HEAD: statuses_abroad,
    KIND_HEAD: kinds,
    FIGURE_HEAD: figures,
    RULE_HEAD: rules,
}


def with_tables(text: str) -> str:
    for head, rows in TABLES.items():
        content = f"{head}\n{rows()}\n\n"
        text = re.sub(f"{re.escape(head)}\n.*?\n\n", lambda _, content=content: content, text, flags=re.DOTALL)
    return text
