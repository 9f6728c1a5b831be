"""The exports of billing systems: one module each says what its columns mean.

A system is recognised by its headers, or chosen by name. Its module turns the export into a table whose columns are
named by role (customer, start, end, amount or mrr, interval, ...), with what it left out and why as answers.
"""

from __future__ import annotations

from collections.abc import Sequence

from mrr_xl.errors import MrrError, listed
from mrr_xl.sources.billing import chargebee, recurly, recurly_history, stripe_api, stripe_csv, stripe_invoices
from mrr_xl.sources.billing.baremetrics import BAREMETRICS
from mrr_xl.sources.billing.chartmogul import CHARTMOGUL
from mrr_xl.sources.billing.export import Export
from mrr_xl.sources.billing.invoices import INVOICES
from mrr_xl.sources.billing.shopify import SHOPIFY

#: In the order in which they are tried.
EXPORTS: tuple[Export, ...] = (
    *stripe_csv.EXPORTS,
    *stripe_api.EXPORTS,
    *stripe_invoices.EXPORTS,
    *chargebee.EXPORTS,
    *recurly_history.EXPORTS,
    *recurly.EXPORTS,
    SHOPIFY,
    BAREMETRICS,
    *CHARTMOGUL,
    INVOICES,
)
SYSTEMS = tuple(sorted({export.system for export in EXPORTS}))


def export_of(headers: Sequence[str], system: str | None = None, records: bool = False) -> Export | None:
    """The export that has these headers; system: which one it must be of. Raises MrrError if it is none of that one."""
    candidates = [export for export in EXPORTS if export.records == records and system in (None, export.system)]
    for export in candidates:
        if not export.lacks(headers):
            return export
    if system is None:
        return None
    if system not in SYSTEMS:
        raise MrrError(f"{system} is not a billing system that is known; the known ones are {', '.join(SYSTEMS)}")
    nearest = min(candidates, key=lambda export: len(export.lacks(headers)), default=None)
    lacks = f": {nearest.what} has a column {listed(nearest.lacks(headers), 5)}" if nearest else ""
    mend = "export it again" if nearest is None or nearest.headers else "rename its columns so"
    raise MrrError(f"this is no export of {system} that is known{lacks}; {mend}, or leave --from out")
