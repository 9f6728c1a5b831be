"""One MRR formula in Excel on Windows through xlwings: the first call, a repeated one, and one that counts rows."""

from __future__ import annotations

import datetime as dt
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from mrr_xl.hosts.vba import PYTHON_MODULE
from support.com import MISSING, Range, com_time, excel


def measure(rows: int) -> tuple[float, float, float]:
    """Seconds of the first call over `rows` × 7 cells, of a repeated call, and of a function that counts the rows.

    All by way of xlwings' own server and call_udf over a stand-in for COM: what COM itself takes to carry the cells
    from Excel to Python, and to make Python values of them, is not in it.
    """
    table = subscriptions(rows)
    with excel() as host:

        @host.udfs.xlarg("data", "raw")
        @host.udfs.xlfunc
        def counted(data):  # type: ignore[no-untyped-def]
            return len(data)

        host.functions.counted = counted

        def seconds(name: str, *arguments: Any) -> float:
            begin = time.perf_counter()
            answer = host.call(PYTHON_MODULE, name, [Range(table), *arguments])
            taken = time.perf_counter() - begin
            assert isinstance(answer, (int, float)) and answer, answer
            return taken

        host.call(PYTHON_MODULE, "MRR_MONTHLY", [1.0, MISSING, MISSING, MISSING])  # xlwings starts up
        rest = [MISSING] * 3
        first = seconds("MRR_NET_NEW", com_time(dt.datetime(2023, 2, 1)), *rest)
        table = subscriptions(rows)  # Excel sends the cells anew with every call
        repeated = seconds("MRR_NET_NEW", com_time(dt.datetime(2023, 5, 1)), *rest)
        return first, repeated, seconds("counted")


def formulas(count: int, by_handle: bool, rows: int) -> float:
    """Seconds of so many formulas as Excel calls them; by range, the cells arrive anew with every call."""
    month, rest = com_time(dt.datetime(2023, 2, 1)), [MISSING] * 3
    with excel() as host:
        host.call(PYTHON_MODULE, "MRR_MONTHLY", [1.0, MISSING, MISSING, MISSING])  # xlwings starts up
        tables = [Range(subscriptions(rows)) for _ in range(1 if by_handle else min(count, 2))]
        begin = time.perf_counter()
        if by_handle:
            tables = [Range(host.call(PYTHON_MODULE, "MRR_LEDGER", [tables[0], MISSING, MISSING]))]
        for number in range(count):
            host.call(PYTHON_MODULE, "MRR_NET_NEW", [tables[number % len(tables)], month, *rest])
        return time.perf_counter() - begin


def subscriptions(rows: int) -> tuple[tuple[Any, ...], ...]:
    """A range's .Value."""
    found: list[tuple[Any, ...]] = [("Customer", "Start", "End", "Amount", "Interval", "Plan", "Quantity")]
    for row in range(rows):
        start = dt.datetime(2022 + row % 3, 1 + row % 12, 1 + row % 28)
        end = com_time(start + dt.timedelta(days=30 * (row % 20 + 1))) if row % 3 else None
        interval = ("month", "quarter", "year")[row % 3]
        found.append((f"customer {row % 3000}", com_time(start), end, 10.0 + row % 90, interval, "Pro", 1.0 + row % 5))
    return tuple(found)


def main() -> None:
    for rows in (10_000, 100_000):
        first, repeated, counted = measure(rows)
        print(f"{rows:,} rows: first {first:.2f} s, repeated {repeated:.2f} s, only counted {counted:.6f} s")


if __name__ == "__main__":
    main()
