"""Text files and JSON through the readers, and on to the checks of their figures."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import partial

from fuzz.target import Target
from mrr_xl.metrics import metric, movements
from mrr_xl.sources.opened import Opened

#: What has to hold of every ledger that is accepted.
_HOLDS = ("movements make the closing", "periods make the closing", "customers add up")

CSV = (
    "customer,start,end,amount,interval,plan\nAda,2024-01-10,,1200,year,Pro\nBob,2024-02-01,2024-04-01,50,month,Basic\n",
    "Kunde;Beginn;Ende;Betrag\nAda;10.01.2024;;1.200,50\nBob;01.02.2024;31.03.2024;50,00\n",
    "customer\tmonth\tmrr\nAda\t2024-01\t100\nAda\t2024-02\t120\n",
    "Customer,Region,Jan-24,Feb-24,Mar 24\nAda,EU,100,100,120\nBob,US,,33.33,33.33\nTotal,,100,133.33,153.33\n",
    "Ledger of May\n\ncustomer,start,mrr,currency,status,discount\nAda,2024-01-10,100,EUR,active,20%\n",
    "customer,start,end,amount,quantity,discount,interval count,kind,cancelled\n007,03/14/2024,04/13/2024,$10,2.5,0.5,"
    "3,recurring,\n7,2024-01-01T10:00:00Z,,1e3,1,0,1,usage,2024-02-01\n",
    "sep=|\ncustomer|start|TCV|term\nAda|2024-01-01|3600|3 years\n",
    "id,Customer ID,Customer Email,Plan,Status,Start Date (UTC),Canceled At (UTC),Ended At (UTC),Amount,Currency,"
    "Interval\nsub_1,cus_1,a@example.com,pro,active,2024-01-10 10:00,,,100.00,usd,month\n",
)  # fmt: skip
JSON = (
    '[{"customer": "Ada", "start": "2024-01-01", "mrr": 100}, {"customer": "Bob", "start": "2024-02-01", "mrr": 5.5}]',
    '{"customer": "Ada", "month": "2024-01", "mrr": 100, "plan": {"id": "pro", "seats": [1, 2]}}\n'
    '{"customer": "Ada", "month": "2024-02", "mrr": 120, "plan": null}\n',
    '{"object": "list", "has_more": false, "data": [{"id": "sub_1", "object": "subscription", "customer": "cus_1", '
    '"status": "active", "currency": "usd", "start_date": 1704067200, "ended_at": null, "canceled_at": null, '
    '"items": {"object": "list", "data": [{"id": "si_1", "object": "subscription_item", "quantity": 2, "price": {"id": '
    '"price_1", "object": "price", "unit_amount": 1000, "currency": "usd", "recurring": {"interval": "month", '
    '"interval_count": 1, "usage_type": "licensed"}}}]}}]}',
    '{"entries": [{"description": "Ada", "type": "new_biz", "date": "2024-01-01T00:00:00+00:00", "activity-mrr": 500, '
    '"customer-external-id": "a", "customer-name": "Ada", "subscription-external-id": "s", "currency": "USD"}]}',
)


def figures(file: Opened) -> None:
    """The figures of a file; that they hold is looked at. Raises MrrError."""
    table = movements(file, through="2030-12")
    assert len(table) < 2 or (table["closing"].shift(1)[1:] == table["opening"][1:]).all()
    if zlib.crc32(file.content) % 8 == 0:  # it takes several times as long as the figures
        checks = metric("MRR_CHECKS", file, through="2030-12").set_index("check")["result"]
        for name in _HOLDS:
            assert checks.get(name, "OK") == "OK", f"{name}: {checks[name]}"


def opened(suffix: str, data: bytes) -> Opened:
    return Opened(f"file{suffix}", suffix, content=data)


def _texts() -> Iterator[bytes]:
    yield from (text.encode() for text in CSV)
    yield CSV[1].encode("windows-1252")
    yield CSV[0].encode("utf-16")


_WORDS = (
    "customer", "start", "end", "amount", "mrr", "month", "interval", "discount", "status", "currency", "quantity",
    "2024-01-31", "29/02/2024", "9999-12-31T23:59:59Z", "1.200,50", "1e308", "#N/A", "\u00a0", "\ufeff", '"', ",", ";",
    "\r\n", "Total", "1234567890123456789", "cancelled", "Jan-24",
)  # fmt: skip
_TAGS = (
    "{", "}", "[", "]", ":", "null", "NaN", "1e999", '"\\ud800"', '"\\u0000"', "true", '"object"', '"data"', '"price"',
    '"items"', '"discounts"', '"trial_end"', '"customer"', '"currency"', "-1", "1e20",
)  # fmt: skip
TARGETS = {
    "csv": Target(partial(opened, ".csv"), figures, _texts, _WORDS),
    "json": Target(partial(opened, ".json"), figures, lambda: [text.encode() for text in JSON], _TAGS),
}
