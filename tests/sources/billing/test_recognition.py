"""Ordinary tables are not taken for an export, and each export is taken for its own."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from mrr_xl.sources.billing import EXPORTS, export_of

ORDINARY = """
    customer | start | end | amount
    Customer | Plan | Region | Start | End | Amount | Interval | Quantity | Discount | Status
    Customer ID | Started at | MRR
    Client | Contract Start (UTC) | Churn Date | Price
    Month | account | mrr
    Client | Jan 2024 | 2024-02
    Customer | Month | Amount | Invoice Number
    Customer | Invoice Month | Amount
    Company | Service Start Date | Service End Date | Monthly Fee
    Company | Service Start Date | Service End Date | Amount | Billing Frequency | Invoice Number
    Customer | Subscription Start Date | Subscription End Date | Amount | Invoice Date
    Account | Start Date | End Date | Amount | Next Invoice Date
    Customer | Start | End | MRR | Invoice Number
    customer | start | mrr | type | date
    customer | start | end | amount | interval | shop | status
    Date | Customer | Type | Amount
    Email | Created At | Plan | Price | Status
    customer | start | mrr | change date | new mrr
"""


@pytest.mark.parametrize("headers", [line.split(" | ") for line in ORDINARY.strip().splitlines()])
def test_an_ordinary_table_is_no_export(headers: list[str]) -> None:
    assert export_of([header.strip() for header in headers]) is None


def test_the_sample_of_subscriptions_is_no_export() -> None:
    path = Path(__file__).parents[3] / "workbook" / "subscriptions.csv"
    with path.open(encoding="utf-8", newline="") as file:
        assert export_of(next(csv.reader(file))) is None


def test_an_export_has_a_name_and_headers_of_its_own() -> None:
    for export in EXPORTS:
        if export.headers:
            assert export_of(export.headers, records=export.records) is export
