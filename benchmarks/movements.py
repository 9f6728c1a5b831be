"""Monthly movements of 1,000,000 subscription periods, beside a month spine and a bare group-and-sort.

Run it with `make benchmark`. All times are the best of five in one process, so read the ratios.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import duckdb
import numpy as np
import polars as pl

import mrr_xl

PERIODS, CUSTOMERS = 1_000_000, 300_000

SPINE = """
with months as (select unnest(generate_series(date '{first}', date '{last}', interval 1 month))::date as month),
paid as (
    select customer, month, sum(mrr) as mrr
    from ledger join months on "start" <= last_day(month) and ("end" is null or "end" > last_day(month))
    group by all
),
spine as (
    select customer, month, coalesce(mrr, 0) as mrr
    from (select distinct customer from ledger) cross join months left join paid using (customer, month)
),
steps as (
    select *, lag(mrr, 1, 0) over (partition by customer order by month) as before,
           min(case when mrr > 0 then month end) over (partition by customer) as first
    from spine
)
select month, sum(before) as opening,
       sum(case when before = 0 and mrr > 0 and month = first then mrr else 0 end) as new,
       sum(case when before = 0 and mrr > 0 and month > first then mrr else 0 end) as reactivation,
       sum(case when before > 0 and mrr > before then mrr - before else 0 end) as expansion,
       sum(case when mrr > 0 and mrr < before then mrr - before else 0 end) as contraction,
       sum(case when mrr = 0 then -before else 0 end) as churn, sum(mrr) as closing
from steps group by month order by month
"""


def ledger(months: int) -> pl.DataFrame:
    """Random periods of up to half of the months; as many changes, however many months there are."""
    random = np.random.default_rng(1)
    calendar = np.array([np.datetime64("2023-01", "M") + i for i in range(months + 1)]).astype("datetime64[D]")
    begin = random.integers(0, months, PERIODS)
    stop = begin + random.integers(1, months // 2, PERIODS)  # so that as many have ended, however many months
    end = calendar[np.minimum(stop, months)] + random.integers(0, 27, PERIODS)
    return pl.DataFrame(
        {
            "customer": [f"cus_{number:06d}" for number in random.integers(0, CUSTOMERS, PERIODS)],
            "start": calendar[begin] + random.integers(0, 27, PERIODS),
            "end": np.where(stop < months, end, np.datetime64("NaT")),
            "mrr": random.integers(10, 500, PERIODS).astype(float),
        }
    )


def best(run: Callable[[], Any]) -> tuple[float, Any]:
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        result = run()
        times.append(time.perf_counter() - begin)
    return min(times), result


def main() -> None:
    frame = ledger(36)
    bare, _ = best(lambda: frame.group_by("customer", "start").agg(pl.col("mrr").sum()).sort("customer", "start"))
    ours, mine = best(lambda: mrr_xl.movements(frame, through="2025-12"))
    database = duckdb.connect()
    database.register("ledger", frame.to_arrow())
    query = SPINE.format(first="2023-01-01", last="2025-12-01")
    spine, theirs = best(lambda: database.sql(query).fetchall())
    same = [round(value, 2) for value in mine["closing"]] == [round(row[-1], 2) for row in theirs]
    print(f"{PERIODS:,} periods of {CUSTOMERS:,} customers over 36 months")
    print(f"  mrr_xl.movements            {ours:6.2f} s")
    print(f"  DuckDB, month spine         {spine:6.2f} s   {spine / ours:5.1f} × ours (same closings: {same})")
    print(f"  Polars, bare group and sort {bare:6.2f} s   ours is {ours / bare:.1f} × it")
    few, many = ledger(12), ledger(120)
    short, _ = best(lambda: mrr_xl.movements(few, through="2023-12"))
    long, _ = best(lambda: mrr_xl.movements(many, through="2032-12"))
    print(f"  12 months {short:.2f} s, 120 months {long:.2f} s: {long / short:.2f} ×")


if __name__ == "__main__":
    main()
