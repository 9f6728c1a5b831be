"""Seconds that a formula takes through xlwings Server: a range as JSON in, custom_functions_call, JSON out.

xlwings Server has a licence of its own: set XLWINGS_LICENSE_KEY to your key, or to noncommercial.
The way of the request between Excel and the server comes on top.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import gc
import json
import types
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

HEADERS = ["Customer", "Start", "End", "Amount", "Interval", "Plan", "Region"]
FIRST = (dt.date(2023, 1, 1) - dt.date(1899, 12, 30)).days


def subscriptions(rows: int) -> list[list[Any]]:
    """A range of invented subscriptions as Office.js gives it: serials for dates, null for blanks."""
    random = np.random.default_rng(1)
    start = FIRST + random.integers(0, 700, rows)
    end = start + random.integers(60, 500, rows)
    columns = zip(
        random.integers(0, rows // 3, rows).tolist(),
        start.tolist(),
        end.tolist(),
        random.random(rows).tolist(),
        random.choice(["month", "year"], rows).tolist(),
        random.choice(["Solo", "Team", "Firm"], rows).tolist(),
        random.choice(["Europe", "Americas", "Asia"], rows).tolist(),
        random.integers(0, 500, rows).tolist(),
    )
    lines = [
        [f"customer {customer}", begin, None if running > 0.6 else over, price / 4, interval, plan, region]
        for customer, begin, over, running, interval, plan, region, price in columns
    ]
    return [HEADERS, *lines]


def request(function: str, data: list[list[Any]]) -> str:
    month = [[FIRST + 366]]
    body = {"func_name": function, "args": [data, month], "version": "", "client": "Office.js", "runtime": "1.4"}
    return json.dumps(body | {"date_format": "dd/mm/yyyy", "culture_info_name": "en-GB"})


def caller() -> Callable[[str], str]:
    """What the server does with the body of a request, between its text and the text of the answer."""
    import xlwings.server

    from mrr_xl.hosts.server import custom_functions

    def count_rows(data, month):
        return len(data)

    for name in ("data", "month"):
        count_rows = xlwings.server.arg(name, "raw")(count_rows)
    module = types.ModuleType("custom_functions")
    vars(module).update(custom_functions(), count_rows=xlwings.server.func(count_rows))
    return lambda body: json.dumps(asyncio.run(xlwings.server.custom_functions_call(json.loads(body), module)))


def timed(run: Callable[[], object]) -> float:
    begin = perf_counter()
    run()
    return perf_counter() - begin


def measure(rows: int) -> tuple[float, float, float]:
    """Seconds of a formula's first call, of the same call again, and of a function that only counts the rows."""
    call, data = caller(), subscriptions(rows)
    body, bare = request("MRR", data), request("count_rows", data)
    first = timed(lambda: call(body))
    return first, min(timed(lambda: call(body)) for _ in range(5)), min(timed(lambda: call(bare)) for _ in range(5))


def parts(rows: int) -> dict[str, float]:
    """Where the seconds of a repeated call go."""
    from mrr_xl.functions.books import Content
    from mrr_xl.functions.sheet_functions import sheet_functions

    body, function = request("MRR", subscriptions(rows)), sheet_functions()["MRR"]
    call, data = caller(), json.loads(body)["args"][0]
    call(body)

    def best(run: Callable[[], object]) -> float:
        return min(timed(run) for _ in range(5))

    total, known = best(lambda: call(body)), Content(data)
    function(known, FIRST + 366)
    gc.disable()
    uncollected = best(lambda: call(body))
    found = {
        "reading the JSON": best(lambda: json.loads(body)),
        "copying the cells": best(lambda: Content(data)),
        "comparing them with those known": best(lambda: known.rows == tuple(map(tuple, data))),
        "the figure from what is known": best(lambda: function(known, FIRST + 366)),
        "Python's garbage collector": total - uncollected,
    }
    gc.enable()
    found["comparing them with those known"] -= found["copying the cells"]
    return found | {"all of it": total}


def main() -> None:
    call = caller()
    call(request("MRR", subscriptions(100)))  # what the first call of a process imports
    print(f"{'rows':>8}  {'first':>8}  {'again':>8}  {'counting rows':>13}")
    for rows in (10_000, 100_000):
        first, again, bare = measure(rows)
        print(f"{rows:>8,}  {first:>6.3f} s  {again:>6.3f} s  {bare:>11.3f} s")
    print("a repeated call over 100,000 rows:")
    for name, seconds in parts(100_000).items():
        print(f"  {name:<32} {seconds:6.3f} s")


if __name__ == "__main__":
    main()
