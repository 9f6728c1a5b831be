"""The report workbook: a template, and any workbook filled."""

from __future__ import annotations

import io
import os

from mrr_xl.ledger import read_ledger
from mrr_xl.movements import Book
from mrr_xl.report.fill import Filled, fill, finish, put_data, subscriptions_table
from mrr_xl.report.package import read_package
from mrr_xl.report.template import build_template
from mrr_xl.settings import Settings
from mrr_xl.sources.sample import sample_subscriptions

__all__ = ["Filled", "build_template", "fill", "write_template"]


def write_template(
    out: str | os.PathLike[str],
    *,
    months: int = 24,
    data: object = None,
    rules: Settings | None = None,
) -> Filled:
    """Write the report workbook, its formulas computed: `months` months, up to the last one reported.

    data: subscriptions as a frame or a path, by default invented ones. Raises MrrError, and then writes nothing.
    """
    rules = rules or Settings()
    ledger = read_ledger(sample_subscriptions() if data is None else data)
    first = Book(ledger, rules).through - months + 1
    buffer = io.BytesIO()
    build_template(months=months, first_month=first, rules=rules).save(buffer)
    package = read_package(buffer.getvalue())
    lines = ledger.lines if data is None else put_data(package, subscriptions_table(package), ledger)
    return finish(package, out, lines)
