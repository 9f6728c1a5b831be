"""Lists of invoices: a line with a service period is a subscription of that period.

A line's amount is what its whole period costs: 1,200 from 15 January 2024 to 14 January 2025 is 100 a month. Ends may
be the last day of service or the day after it (periods.py). A part of a month, such as the rest of one after an
upgrade, is worth a month of its rate while it runs, never its amount: 35.48 for 21 to 31 January is 100 a month. That
is ChartMogul's prorate factor (https://dev.chartmogul.com/docs/how-mrr-is-calculated-from-prorated-invoices). Where the
amount is a neighbouring line's rate rounded to the cent, it is that rate.

A negative line lowers what runs in its period, of its own subscription first (netting.py): a credit of the whole takes
the line away, and the two prorations of an upgrade leave the new price from that day on. A credit without a period is
the one line's that it names or equals.

What cannot be known: how long a line is paid for that has no period. It is left out as paid once, unless the list's
lines of that kind come month after month (then each is its month's, and a check says so). A list without any period is
read in that way, or with a column interval, or refused. The last month reported is the last one that the invoices
cover; later ends are not known to be ends.

Not read: tax in amounts that include it, discounts in columns of their own (a line's amount is what it asks for).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

from mrr_xl.answers import NOTE, OK, PROBLEM, Answer
from mrr_xl.errors import MrrError
from mrr_xl.months import Month
from mrr_xl.sources.billing.export import FIXED, ROW, Export, edge_of, in_memory, lines_from, rows_in_file
from mrr_xl.sources.billing.invoice_columns import columns_of, lacks
from mrr_xl.sources.billing.invoice_lines import Line, read_lines
from mrr_xl.sources.billing.invoice_rates import rates_of
from mrr_xl.sources.billing.netting import Stretch, net
from mrr_xl.sources.billing.notation import Notation
from mrr_xl.sources.billing.periods import DAY, are_inclusive, day_after, whole_months
from mrr_xl.sources.billing.undated_lines import dated
from mrr_xl.sources.headers import words
from mrr_xl.sources.table import Table, found

_GROSS = frozenset(["total", "gross", "brutto"])
_TAX = frozenset(["tax", "vat", "gst", "mwst", "ust", "tva", "iva"])
_LARGEST_DIVISOR = 10**6
_USED = ("start", "end", "amount", "price", "quantity", "interval", "document", "status", "kind")


def _taxed(frame: Any, named: Mapping[str, str]) -> Answer:
    """What the amounts are taken as; a total beside a tax may hold it."""
    priced = " × ".join(_priced_by(named))
    amount = named.get("amount")
    gross = amount is not None and not _GROSS.isdisjoint(words(amount))
    taxes = [
        header
        for header in frame.columns
        if not _TAX.isdisjoint(words(header)) and {"type", "code"}.isdisjoint(words(header))
        if any(any(digit in "123456789" for digit in str(value)) for value in frame[header].to_list())
    ]
    if not gross or not taxes or len(_priced_by(named)) > 1:
        return found("amounts of lines", f"{priced}, taken as without tax")
    sentence = (
        f"column {amount} is taken as without tax, though there is a column {taxes[0]}: if it holds the tax, give the "
        "amounts without it a column Net amount"
    )
    return "amounts of lines", PROBLEM, 0, None, sentence


def read(table: Table) -> Table:
    """A list of invoices as the subscriptions that its lines are."""
    frame, named = in_memory(table), columns_of(table.frame.columns)
    amounts_in = [named[role] for role in ("amount", "price", "quantity") if role in named]
    written = Notation(table, frame, [named[role] for role in ("date", "start", "end") if role in named], amounts_in)
    _refuse_discounts(frame, named)
    lines, answers = read_lines(frame, named, rows_in_file(table, frame), written)
    answers.append(_taxed(frame, named))
    lines, once, more = dated(lines)
    lines = _whole(lines, answers, table.fixed is not None)
    answers += more
    of = {line.place: line for line in lines}
    rates = list(rates_of(lines))
    stretches = [
        Stretch(line.place, line.start, line.end, rate) for line, rate in zip(lines, rates) if line.start and line.end
    ]
    charged, left = net(
        [stretch for stretch in stretches if of[stretch.line].recurs],
        [partial(_key, of, level) for level in range(3)],
    )
    answers += _too_much_credit(left, of)
    others = [stretch for stretch in stretches if not of[stretch.line].recurs and stretch.rate > 0]
    others += [Stretch(line.place, line.date, line.date + DAY, line.amount) for line in once if line.date]
    of |= {line.place: line for line in once}
    edge, covered = _edge(lines + once)
    answers.append(covered)
    priced = sorted([*charged, *others], key=lambda stretch: (stretch.line, stretch.start))
    base = {line.place: rate for line, rate in zip(lines, rates)}
    amounts = [_amount(of[stretch.line], stretch, base) for stretch in priced]
    columns: dict[str, list[Any]] = {
        "start": [stretch.start for stretch in priced],
        "end": [stretch.end for stretch in priced],
        "amount": [amount for amount, _ in amounts],
        "interval": [interval for _, interval in amounts],
        "kind": [of[stretch.line].kind or "recurring" for stretch in priced],
        ROW: [of[stretch.line].row for stretch in priced],
        FIXED: [True] * len(priced),
    }
    gone = [header for role, header in named.items() if role in _USED]
    gone += [header for header in frame.columns if "discount" in words(header) or header == table.row]
    roles = {role: role for role in ("start", "end", "amount", "interval", "kind")}
    roles |= {role: named[role] for role in ("customer", "subscription", "currency", "product") if role in named}
    made = lines_from(frame, [stretch.line for stretch in priced], columns, gone)
    return Table(made, tuple(answers), roles, ROW, edge=edge, fixed=FIXED)


def _priced_by(named: Mapping[str, str]) -> list[str]:
    """The headers of what a line asks for: its amount or, without one, its price and quantity."""
    roles = ("amount",) if "amount" in named else ("price", "quantity")
    return [named[role] for role in roles if role in named]


def _refuse_discounts(frame: Any, named: Mapping[str, str]) -> None:
    """A discount beside prices is in no amount. Raises MrrError."""
    for header in frame.columns:
        if "amount" in named or not {"discount", "rebate"} & set(words(header)):
            continue
        if any(
            value is not None and str(value).strip() not in ("", "0", "0.0", "0.00")
            for value in frame[header].to_list()
        ):
            raise MrrError(
                f"column {header}: whether it is a percentage of the price is not known; add a column line amount with "
                "what each line costs after discounts"
            )


def _whole(lines: Sequence[Line], answers: list[Answer], fixed: bool) -> list[Line]:
    """The lines with the first days after their periods, and the months of those that are whole.

    fixed: whether the ends are known to be those days.
    """
    written = [(line.start, line.end) for line in lines if line.start and line.end and not line.months and not fixed]
    inclusive, say_so, say_not = are_inclusive(written)
    if written:
        says = "the last day of service" if inclusive else "the day after the last day of service"
        others = min(say_so, say_not)
        mixed = f"; {others:,} lines are whole months only if read the other way, and are" if others else ""
        unsaid = "" if say_so or say_not else ", as no period is whole months"
        result = NOTE if mixed or unsaid else OK
        answers.append(("ends of service periods", result, others, None, f"{says}{unsaid}{mixed}"))
    whole = []
    for line in lines:
        if line.start and line.end and not line.months:
            end = line.end if fixed else day_after(line.start, line.end, inclusive)
            line = replace(line, end=end, months=whole_months(line.start, end))
        whole.append(line)
    return whole


def _key(of: Mapping[int, Line], level: int, place: int) -> Hashable:
    return of[place].keys[level]


def _too_much_credit(left: Sequence[Stretch], of: dict[int, Line]) -> list[Answer]:
    rows = sorted({of[stretch.line].row for stretch in left})
    says = (
        "credits of more than is charged on their days do not count for what is more; give each the service period of "
        "the line that it corrects"
    )
    return [("credits without a charge", PROBLEM, len(rows), rows[0], says)] if rows else []


def _amount(line: Line, stretch: Stretch, base: dict[int, Fraction]) -> tuple[float, str]:
    """An amount and its interval: as invoiced where nothing was taken off, else such that no share is rounded."""
    if line.place not in base:
        return float(line.amount), "month"
    if line.months and stretch.rate == base[line.place]:
        return float(line.amount), f"{line.months} months"
    divisor = stretch.rate.denominator
    for factor in (2, 5):
        while divisor % factor == 0:
            divisor //= factor
    if divisor > _LARGEST_DIVISOR:
        divisor = 1
    return float(stretch.rate * divisor), f"{divisor} months"


def _edge(lines: Sequence[Line]) -> tuple[Month, Answer]:
    """The last month that the invoices cover, the last one being that of the latest date."""
    last = max([line.date for line in lines if line.date] or [line.start for line in lines if line.start])
    return edge_of("invoices", last, ((line.row, line.end) for line in lines if line.recurs and line.end))


INVOICES = Export("invoices", "a list of invoices", (), read, lacking=lacks)
