"""The functions as LAMBDAs among a workbook's names, for Excel 365, Excel 2024 and Excel on the web."""

from __future__ import annotations

from mrr_xl.hosts.lambdas.arithmetic import ARITHMETIC
from mrr_xl.hosts.lambdas.changes import CHANGES
from mrr_xl.hosts.lambdas.faults import FAULTS
from mrr_xl.hosts.lambdas.figures import FIGURES
from mrr_xl.hosts.lambdas.headers import HEADERS
from mrr_xl.hosts.lambdas.ledger import LEDGER
from mrr_xl.hosts.lambdas.lines import LINES
from mrr_xl.hosts.lambdas.products import PRODUCTS
from mrr_xl.hosts.lambdas.rules import RULES
from mrr_xl.hosts.lambdas.tables import TABLES
from mrr_xl.hosts.lambdas.words import WORDS

#: Name → what it is, for the Name Manager, and its formula as a person reads it; each calls those above it only.
NAMES: dict[str, tuple[str, str]] = {
    **HEADERS, **WORDS, **RULES, **LINES, **CHANGES, **LEDGER, **FIGURES, **PRODUCTS, **TABLES, **FAULTS, **ARITHMETIC,
}  # fmt: skip
