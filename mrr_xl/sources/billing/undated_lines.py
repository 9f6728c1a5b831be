"""Lines of invoices without a service period: what can be known of them, and what cannot."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from itertools import accumulate

from mrr_xl.answers import NOTE, PROBLEM, Answer
from mrr_xl.errors import MrrError
from mrr_xl.sources.billing.invoice_lines import Line
from mrr_xl.sources.billing.periods import months_after

NO_PERIODS = (
    "nothing in this list of invoices says for how long each one is paid; add columns service start and service end, "
    "or interval with the months that each line is for, such as month or year"
)
_GIVE = "give them a service start and a service end"
_IF_NOT = f"if they are for another time, {_GIVE}"


def dated(lines: Sequence[Line]) -> tuple[list[Line], list[Line], list[Answer]]:
    """The lines with their periods, those that are paid once, and what is said of the ones that have none.

    Raises MrrError if no line has a period and they do not come month after month.
    """
    periods = [line for line in lines if line.start]
    undated = [line for line in lines if not line.start]
    corrected = _corrections([line for line in undated if line.amount < 0], periods)
    taken = {line.place for line in corrected}
    monthly, answers = _monthly([line for line in undated if line.place not in taken], periods)
    taken |= {line.place for line in monthly}
    rest = [line for line in undated if line.place not in taken]
    lost = [line for line in rest if line.amount < 0 and line.recurs]
    if lost:
        says = (
            "credits that have no service period and no one line that they name or equal are not counted; give each "
            "the period of the line that it corrects"
        )
        answers.append(("credits without a period", PROBLEM, len(lost), lost[0].row, says))
    if nowhere := [line for line in rest if line.amount >= 0 and not line.date]:
        answers.append(("lines without a period", NOTE, len(nowhere), nowhere[0].row, "paid once; not counted"))
    once = [line for line in rest if line.amount >= 0 and line.date]
    every = sorted([*periods, *corrected, *monthly], key=lambda line: line.place)
    return every, [replace(line, kind="one_time") if line.recurs else line for line in once], answers


def _corrections(credits_: Sequence[Line], periods: Sequence[Line]) -> list[Line]:
    """The credits with the period of the one line that each names by its invoice, or else equals."""
    named: dict[Hashable, list[Line]] = defaultdict(list)
    equal: dict[Hashable, list[Line]] = defaultdict(list)
    for line in periods:
        if line.amount > 0:
            named[line.customer, line.currency, line.invoice].append(line)
            equal[line.customer, line.currency, line.subscription, line.amount].append(line)
    corrected = []
    for credit in credits_:
        invoice = credit.corrects or credit.invoice
        candidates = named.get((credit.customer, credit.currency, invoice), []) if invoice else []
        candidates = candidates or equal.get(
            (credit.customer, credit.currency, credit.subscription, -credit.amount), []
        )
        if len(candidates) > 1:
            candidates = [line for line in candidates if line.amount == -credit.amount]
        if len(candidates) == 1 and credit.recurs:
            corrected.append(replace(credit, start=candidates[0].start, end=candidates[0].end))
    return corrected


def _monthly(lines: Sequence[Line], periods: Sequence[Line]) -> tuple[list[Line], list[Answer]]:
    """The lines that are for the month of their invoice: those whose kind says that they recur, and, if most of the
    others come in the month before or after as well, the others."""
    told = [_in_its_month(line) for line in lines if line.kind and line.recurs and line.date]
    is_covered = _covered(periods)
    silent = [line for line in lines if not line.kind and line.date and not is_covered(line)]
    billed = {(line.keys[1], _month(line)) for line in silent if line.amount > 0}
    again = {(who, month) for who, month in billed if {(who, month - 1), (who, month + 1)} & billed}
    if len(again) * 2 <= len(billed):
        if billed and not periods and not told:
            raise MrrError(NO_PERIODS)
        return told, []
    alone = [] if periods else [line for line in silent if (line.keys[1], _month(line)) not in again]
    out = {line.place for line in alone}
    monthly = [_in_its_month(line) for line in silent if line.place not in out]
    says = (
        "lines without a service period come month after month, so each is taken as paid for the month of its "
        f"invoice; {_IF_NOT}"
    )
    answers: list[Answer] = [("lines without a period", PROBLEM, len(monthly), monthly[0].row, says)]
    if alone:
        says = (
            "lines with none in the month before or after are not counted, as nothing says how long they are for; "
            f"{_GIVE}"
        )
        answers.append(("lines of one month", PROBLEM, len(alone), alone[0].row, says))
    return [*told, *monthly], answers


def _month(line: Line) -> int:
    return line.date.year * 12 + line.date.month if line.date else 0


def _in_its_month(line: Line) -> Line:
    assert line.date
    first = line.date.replace(day=1)
    return replace(line, start=first, end=months_after(first, 1), months=1)


def _covered(periods: Sequence[Line]) -> Callable[[Line], bool]:
    """Whether a line is invoiced while one with a period runs for its customer."""
    spans: dict[str, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for line in periods:
        if line.start and line.end:
            spans[line.customer].append((line.start, line.end))
    starts: dict[str, list[dt.date]] = {}
    latest: dict[str, list[dt.date]] = {}
    for customer, those in spans.items():
        those.sort()
        starts[customer] = [start for start, _ in those]
        latest[customer] = list(accumulate((end for _, end in those), max))

    def is_covered(line: Line) -> bool:
        if line.date is None or line.customer not in starts:
            return False
        before = bisect_right(starts[line.customer], line.date)
        return bool(before) and latest[line.customer][before - 1] > line.date

    return is_covered
