"""The report workbook: a template, and any workbook filled."""

from __future__ import annotations

import os

from mrr_xl.ledger import read_ledger
from mrr_xl.report.fill import Filled, fill, finish, put_data, subscriptions_table
from mrr_xl.report.package import read_package
from mrr_xl.report.template import build_template, workbook_bytes
from mrr_xl.settings import Settings

__all__ = ["Filled", "build_template", "fill", "write_template"]


def write_template(
    out: str | os.PathLike[str],
    *,
    months: int = 24,
    data: object = None,
    rules: Settings | None = None,
    currency: str = "EUR",
) -> Filled:
    """Write the report workbook, its formulas computed: `months` months, up to the last one reported.

    data: subscriptions as a frame or a path, by default invented ones. Raises MrrError, and then writes nothing.
    """
    package = read_package(workbook_bytes(build_template(months=months, rules=rules, currency=currency)))
    table = subscriptions_table(package)
    lines = table.bottom - table.top if data is None else put_data(package, table, read_ledger(data))
    return finish(package, out, lines)
