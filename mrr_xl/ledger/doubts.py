"""Columns that are not used although they look as if they mattered to the MRR."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.ledger import looks, looks_of_days
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.looks import Doubt, says_something
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.sources.number_texts import is_nothing
from mrr_xl.sources.spelling import is_named

_LOOKS: tuple[Callable[[Ledger, str, Sequence[Any] | None], Doubt | None], ...] = (
    looks.month, looks.totals, looks_of_days.trial, looks.change, looks.count, looks.interval, looks.discount,
    looks.quantity, looks.currency, looks.kind, looks_of_days.pause, looks.status, looks_of_days.end, looks.fee,
)  # fmt: skip


def doubts(ledger: Ledger, ignore: str | None = None) -> list[Doubt]:
    """The columns that nothing reads and that look as if they mattered, but for those that the setting ignore names."""
    return [doubt for doubt in ledger.whole.once(_doubts) if not is_ignored(doubt.header, ignore)]


def is_ignored(header: str, ignore: str | None) -> bool:
    """Whether the setting ignore names a column."""
    return any(is_named(header, name) for name in (ignore or "").split(",") if name.strip())


def unused(ledger: Ledger) -> list[str]:
    """The headers that no role and no month has."""
    used = {*ledger.layout.roles.values(), *ledger.layout.months, *ledger.layout.idle}
    return [header for header in ledger.headers if header not in used]


def _doubts(ledger: Ledger) -> list[Doubt]:
    doubtful = []
    for header in unused(ledger):
        values = _values(ledger, header)
        if values is None or any(says_something(value) for value in values):
            for look in _LOOKS:
                doubt = look(ledger, header, values)
                if doubt is not None:
                    doubtful.append(doubt)
                    break
    return doubtful


def _values(ledger: Ledger, header: str) -> list[Any] | None:
    """A column's different values; None where a database has them."""
    if not isinstance(ledger.frame, nw.DataFrame):
        return None
    return [value for value in ledger.frame[SOURCE + header].unique().to_list() if not is_nothing(value)]
