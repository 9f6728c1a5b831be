"""Monthly movements on every engine and size, beside a month spine, saas-metrics and a bare group-and-sort.

Run it with `make benchmark`, or with sizes and engines of your own: engines.py 100000 --engines polars duckdb.
It prints a Markdown table: the processor's time, the highest memory and, against our Polars, the time of each. Each
cell is a process of its own, which has read its data beforehand, but for the file; the time is the least of up to three
calls, after one on few lines. Only Linux tells the memory and the time of a process and of those that it has started.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import mrr_xl

THROUGH, MONTHS = "2025-12", 36
SIZES, LIMIT, REPEATED = [100_000, 1_000_000, 10_000_000], 900, 20

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

#: What saas-metrics starts from: what each customer paid for each month.
_MONTHS_PAID = """
create table calendar as
    select last_day(month)::date as period_end, row_number() over (order by month) - 1 as pidx
    from (select unnest(generate_series(date '2023-01-01', date '2025-12-01', interval 1 month))::date as month);
create table billing_norm as
    select customer as customer_id, period_end, sum(mrr)::decimal(18, 2) as revenue, '' as segment, '' as channel
    from ledger join calendar on "start" <= period_end and ("end" is null or "end" > period_end)
    group by all;
"""


def ledger(rows: int, months: int = MONTHS) -> pl.DataFrame:
    """Random periods of up to half of the months, of three customers for ten of them."""
    random = np.random.default_rng(1)
    calendar = np.array([np.datetime64("2023-01", "M") + i for i in range(months + 1)]).astype("datetime64[D]")
    begin = random.integers(0, months, rows)
    stop = begin + random.integers(1, months // 2, rows)
    end = calendar[np.minimum(stop, months)] + random.integers(0, 27, rows)
    customer = pl.Series(random.integers(0, max(rows * 3 // 10, 1), rows)).cast(pl.String).str.zfill(6)
    return pl.DataFrame(
        {
            "customer": "cus_" + customer,
            "start": calendar[begin] + random.integers(0, 27, rows),
            "end": np.where(stop < months, end, np.datetime64("NaT")),
            "mrr": random.integers(10, 500, rows).astype(float),
        }
    )


def _movements(data: Any) -> list[float]:
    return list(mrr_xl.movements(data, through=THROUGH)["closing"])


def _database(file: str) -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"create table ledger as select * from read_parquet('{file}')")
    return connection


def _spine(connection: Any) -> list[float]:
    query = SPINE.format(first="2023-01-01", last="2025-12-01")
    return [row[-1] for row in connection.sql(query).fetchall()]


def _saas_metrics(connection: Any) -> list[float]:
    sql = resources.files("saas_metrics") / "sql"
    for query in (_MONTHS_PAID, *((sql / name).read_text() for name in ("01_grid.sql", "02_waterfall.sql"))):
        connection.execute(query)
    return [float(ending) for (ending,) in connection.sql("select ending from waterfall").fetchall()]


def _bare(frame: pl.DataFrame) -> None:
    frame.group_by("customer", "start").agg(pl.col("mrr").sum()).sort("customer", "start")


def _arrow(file: str) -> Any:
    import pyarrow.parquet

    return pyarrow.parquet.read_table(file)


def _ibis(file: str) -> Any:
    import ibis

    return ibis.duckdb.connect().read_parquet(file).cache()


def _sqlframe(file: str) -> Any:
    from sqlframe.duckdb import DuckDBSession

    return DuckDBSession.builder.getOrCreate().read.parquet(file)


def _spark(file: str) -> Any:
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", False)
    session = builder.config("spark.driver.memory", "4g").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session.read.parquet(file)


#: Of each engine: how a file becomes its frame, and what is timed.
ENGINES: dict[str, tuple[Callable[[str], Any], Callable[[Any], list[float] | None]]] = {
    "polars": (pl.read_parquet, _movements),
    "parquet": (str, _movements),
    "pandas": (lambda file: pl.read_parquet(file).to_pandas(), _movements),
    "pyarrow": (_arrow, _movements),
    "duckdb": (lambda file: _database(file).table("ledger"), _movements),
    "ibis": (_ibis, _movements),
    "sqlframe": (_sqlframe, _movements),
    "pyspark": (_spark, _movements),
    "saas-metrics": (_database, _saas_metrics),
    "spine": (_database, _spine),
    "bare": (pl.read_parquet, _bare),
}
NAMES = {
    "polars": "Polars", "parquet": "a Parquet file, read as well", "pandas": "pandas", "pyarrow": "PyArrow",
    "duckdb": "DuckDB", "ibis": "Ibis on DuckDB", "sqlframe": "SQLFrame on DuckDB", "pyspark": "PySpark, local[2]",
    "saas-metrics": "saas-metrics 0.1, its SQL", "spine": "month spine in DuckDB",
    "bare": "Polars, bare group and sort",
}  # fmt: skip


def _family() -> list[int]:
    """This process and all that it has started."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # it has ended
            continue
    family = [os.getpid()]
    for pid in family:
        family += [child for child, parent in parents.items() if parent == pid]
    return family


def _cpu() -> float:
    """Seconds of processor time of this process and those that it has started."""
    ticks = 0
    for pid in _family():
        ticks += sum(map(int, Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def _peak() -> float:
    """The highest memory, in MB, of this process and those that it has started."""
    texts = [Path(f"/proc/{pid}/status").read_text() for pid in _family()]
    held = [text.partition("VmHWM:")[2].split() for text in texts]  # nothing of one that has ended
    return sum(int(words[0]) for words in held if words) / 1000


def measure(engine: str, file: str, small: str) -> None:
    """Print seconds, seconds of processor time, megabytes and the last closing, for the table."""
    warnings.simplefilter("ignore")
    read, run = ENGINES[engine]
    run(read(small))  # what a first call imports
    least = float(LIMIT), float(LIMIT)
    for call in range(3):
        data = read(file)
        begun, used = time.perf_counter(), _cpu()
        closings = run(data)
        least = min(least, (time.perf_counter() - begun, _cpu() - used))
        if call == 0:
            peak = _peak()
        if least[0] > REPEATED:
            break
    print(*least, peak, round(closings[-1], 2) if closings else "")
    print(_shuffles(engine, data))


def _shuffles(engine: str, data: Any) -> str:
    """How often the rows of the movements are put in another order by the plan of Spark or of Ibis' DuckDB."""
    if engine not in ("pyspark", "ibis"):
        return ""
    from mrr_xl.rollforward.book import open_book
    from mrr_xl.rollforward.changes import changes
    from mrr_xl.settings import Settings
    from mrr_xl.sources.how import split

    how, rules = split({"through": THROUGH})
    book = open_book(data, None, Settings.of(rules), None, how)
    log = changes(book.lines, book.settings).to_native()
    if engine == "pyspark":
        plan = log._jdf.queryExecution().executedPlan().toString()
        return f"{plan.count('Exchange ')} shuffles"
    plan = str(log.get_backend().raw_sql("explain " + log.compile()).fetchall())
    groupings, windows = (re.findall(f"[─│] *{step} +[─│]", plan, re.I) for step in ("hash.group.by", "window"))
    return f"{len(groupings)} grouping and {len(windows)} step of windows"


def cell(engine: str, file: str, small: str) -> tuple[list[str] | None, str]:
    """What a process of its own measured, and its shuffles; or what was wrong."""
    command = [sys.executable, __file__, "--measure", engine, file, small]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, timeout=LIMIT)
    except subprocess.TimeoutExpired:
        return None, f"more than {LIMIT} s"
    if ended.returncode:
        errors = re.findall(r"^[\w.]*(?:Error|Exception): .*", ended.stderr, re.MULTILINE)
        said = errors[-1] if errors else "it was ended"
        return None, said.replace("|", "/")[:160]
    *_, figures, shuffles = ended.stdout.split("\n")[:-1]
    return figures.split(), shuffles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", type=int, nargs="*", default=SIZES)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES), choices=list(ENGINES))
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(*asked.measure)
        return
    with tempfile.TemporaryDirectory() as folder:
        files = {rows: f"{folder}/{rows}.parquet" for rows in (1000, *asked.rows)}
        for rows, file in files.items():
            ledger(rows).write_parquet(file)
        print("| engine | " + " | ".join(f"{rows:,} periods" for rows in asked.rows) + " |")
        print("|---" * (len(asked.rows) + 1) + "|")
        ours: dict[int, tuple[float, str]] = {}
        notes = []
        for engine in asked.engines:
            line = []
            for rows in asked.rows:
                figures, said = cell(engine, files[rows], files[1000])
                if figures is None:
                    line.append(said)
                    continue
                _, used, memory = map(float, figures[:3])
                first, closing = ours.setdefault(rows, (used, figures[-1]))
                line.append(f"{used:.2f} s, {memory:,.0f} MB, {used / first:.1f} ×")
                if len(figures) > 3 and figures[-1] != closing:
                    line[-1] += f", another closing: {figures[-1]}"
                if said and rows == asked.rows[-1]:
                    notes.append(f"{NAMES[engine]}: the change log takes {said}.")
            print(f"| {NAMES[engine]} | " + " | ".join(line) + " |", flush=True)
        print("", *notes, sep="\n")


if __name__ == "__main__":
    main()
