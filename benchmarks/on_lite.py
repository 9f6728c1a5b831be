"""One MRR formula in xlwings Lite: the first call, a repeated one, and a function that only counts the rows.

Measured in Pyodide under Node, with Lite's own call; what Excel itself needs to hand over the cells is not in it.
Where the npm package or its pandas is missing, in this Python with pandas alone.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import narwhals
import pytest
import xlwings

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

import mrr_xl
from support import browser_python, host_lite


def measure(rows: int) -> tuple[float, float, float]:
    """Seconds of the first call over `rows` × 7 cells, of a repeated call, and of a function that counts the rows."""
    first, repeated, bare = seconds(rows)[1]
    return first, repeated, bare


def seconds(rows: int) -> tuple[str, list[float]]:
    """Where it was measured, and the three times."""
    table = _subscriptions(rows)
    requests = [
        host_lite.requested("MRR_NET_NEW", table, [["2023-02"]]),
        host_lite.requested("MRR_NET_NEW", table, [["2023-05"]]),
        host_lite.requested("count_rows", table),
    ]
    modules = [mrr_xl, narwhals, xlwings]
    try:
        packages = browser_python.COMPILED
        return "Pyodide", browser_python.run(browser_python.WITH_PANDAS, modules, "lite_speed", requests, packages)
    except pytest.skip.Exception as missing:
        return f"CPython, because {missing}", host_lite.run("lite_speed", requests)["answer"]


def _subscriptions(rows: int) -> list[list[Any]]:
    lines: list[list[Any]] = [["Customer", "Start", "End", "Amount", "Interval", "Plan", "Quantity"]]
    for row in range(rows):
        start = 44562 + row * 7 % 700
        end = start + 30 * (row % 20 + 1) if row % 3 else None
        lines.append([f"customer {row % 3000}", start, end, 10 + row % 90, ("month", "year")[row % 2], "Pro", 1])
    return lines


def main() -> None:
    for rows in (10_000, 100_000):
        where, (first, repeated, bare) = seconds(rows)
        times = f"first call {first:.2f} s, repeated {repeated:.2f} s, counting the rows {bare:.2f} s"
        print(f"xlwings Lite ({where}), {rows:,} rows: {times}")


if __name__ == "__main__":
    main()
