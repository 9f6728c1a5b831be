"""Plain arithmetic that needs no ledger."""

from mrr_xl.ledger.pricing import from_arpa, monthly
from mrr_xl.metrics.registry import arithmetic

arithmetic("MRR_MONTHLY", group="start")(monthly)
arithmetic("MRR_FROM_ARPA", group="start")(from_arpa)
