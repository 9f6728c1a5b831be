"""Plain arithmetic that needs no ledger."""

from mrr_xl.metrics.registry import arithmetic
from mrr_xl.pricing import from_arpa, monthly

arithmetic("MRR_MONTHLY")(monthly)
arithmetic("MRR_FROM_ARPA")(from_arpa)
