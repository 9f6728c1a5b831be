"""The same table as a frame of each engine."""

from __future__ import annotations

import functools
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest


def on_duckdb(table: pl.DataFrame) -> Any:
    return duckdb.from_arrow(table.to_arrow())


def on_ibis(table: pl.DataFrame) -> Any:
    import ibis

    return ibis.duckdb.connect().read_parquet(_parquet(table))


def on_sqlframe(table: pl.DataFrame) -> Any:
    from sqlframe.duckdb import DuckDBSession

    return DuckDBSession().read.parquet(_parquet(table))


def on_spark(table: pl.DataFrame) -> Any:
    return spark().read.parquet(_parquet(table))


def _parquet(table: pl.DataFrame) -> str:
    """A file that stays as long as the lazy frame over it may be asked."""
    path = Path(tempfile.mkdtemp(dir=_folder())) / "table.parquet"
    table.write_parquet(path)
    return str(path)


@functools.cache
def _folder() -> str:
    folder = tempfile.TemporaryDirectory(prefix="mrr-xl-engines-")
    _KEPT.append(folder)
    return folder.name


_KEPT: list[Any] = []


@functools.cache
def spark() -> Any:
    """One session for all tests of a process, whose clock is that of UTC."""
    from pyspark.sql import SparkSession

    plain = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.session.timeZone": "UTC",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in plain.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


EAGER: dict[str, Callable[[pl.DataFrame], Any]] = {
    "pandas": pl.DataFrame.to_pandas,
    "PyArrow": pl.DataFrame.to_arrow,
    "Polars, lazy": pl.DataFrame.lazy,
}
#: SQLFrame is tested in a process of its own, which has this variable: others change what it and they write SQL with.
ALONE = "MRR_XL_SQLFRAME_ALONE"
DATABASES: dict[str, Callable[[pl.DataFrame], Any]] = (
    {"SQLFrame": on_sqlframe} if os.environ.get(ALONE) else {"DuckDB": on_duckdb, "Ibis": on_ibis, "Spark": on_spark}
)
#: One process has the session, and its Java.
_MARKS = {
    "SQLFrame": [pytest.mark.slow],
    "Spark": [
        pytest.mark.slow,
        pytest.mark.xdist_group("spark"),
        pytest.mark.filterwarnings("ignore::ResourceWarning"),
    ],
}


def each_of(engines: dict[str, Callable[[pl.DataFrame], Any]]) -> Any:
    """A test for each of the engines."""
    return pytest.mark.parametrize(
        "on", [pytest.param(on, id=name, marks=_MARKS.get(name, [])) for name, on in engines.items()]
    )
