"""A figure is the same one from every engine, in a cell, on the command line and in Python."""

from __future__ import annotations

import datetime as dt
import inspect
import itertools
import json
import warnings
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mrr_xl
from mrr_xl import MrrError
from mrr_xl.cli import main
from mrr_xl.errors import MrrWarning
from mrr_xl.functions.sheet_functions import sheet_functions
from mrr_xl.ledger.rates import read_rates
from support.figures import LAST, SERIES, book, figures, plain, some_settings, table_of
from support.oracle import Line, lines_at_random, months_between, repeatably, some_lines

ENGINES = {
    "pandas": pl.DataFrame.to_pandas,
    "pyarrow": pl.DataFrame.to_arrow,
    "duckdb": lambda table: duckdb.from_arrow(table.to_arrow()),
}
MONTHS = months_between(LAST._replace(number=1), LAST)
RATES: dict[str, Any] = {
    "none": None,
    "one": {"EUR": 1, "USD": 0.9173},
    "by month": [
        (currency, str(month), rate)
        for number, month in enumerate(months_between(LAST._replace(year=2023, number=10), LAST))
        for currency, rate in (("EUR", 1.0), ("USD", 0.9 + number / 64))
    ],
}


@pytest.mark.parametrize(("engine", "rates"), [*itertools.product(["pandas"], RATES), ("pyarrow", "none")])
@repeatably(3)
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_every_engine_in_memory_gives_every_figure_that_polars_gives(engine, rates, data, lines, rules):
    compare(engine, rates, data, lines, rules)


@repeatably(1)  # each figure is a query or several
@given(data=st.data(), lines=some_lines(), rules=some_settings)
def test_a_database_gives_every_figure_that_polars_gives(data, lines, rules):
    compare("duckdb", "by month", data, lines, rules)


def compare(engine: str, rates: str, data: Any, lines: list[Line], rules: dict[str, Any]) -> None:
    table = table_of(lines)
    some = {"discount": st.sampled_from([0.0, 0.1, 0.333]), "quantity": st.sampled_from([1.0, 2.5, 3.0])}
    more = [pl.Series(name, [data.draw(values) for _ in lines]) for name, values in some.items()]
    if RATES[rates]:
        more.append(pl.Series("currency", [data.draw(st.sampled_from(["EUR", "USD"])) for _ in lines]))
    if rates == "by month":
        rules = rules | {"netting": "net"}
    rules = rules | {"discounts": data.draw(st.sampled_from(["net", "ignore"]))}
    table, given_ = table.with_columns(*more), {"rates": read_rates(RATES[rates])}
    assert plain(figures(book(ENGINES[engine](table), rules, **given_))) == figures(book(table, rules, **given_))


def cell(value: Any) -> Any:
    return dt.datetime.combine(value, dt.time()) if isinstance(value, dt.date) else value


@lines_at_random
@settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=some_lines(),
    rules=some_settings,
    name=st.sampled_from([metric.name for metric in SERIES]),
    month=st.sampled_from(MONTHS),
    where=st.sampled_from([None, "plan=Pro", "plan<>Pro; customer<>A"]),
)
def test_a_cell_the_command_line_and_python_give_one_figure_or_one_sentence(
    tmp_path: Path, lines: list[Line], rules: dict[str, Any], name: str, month: Any, where: str | None
) -> None:
    table, rules = table_of(lines), {**rules, "through": str(LAST)}
    path = tmp_path / "ledger.csv"
    table.write_csv(path)
    said = [part for rule, value in rules.items() for part in ("--set", f"{rule}={value}")]
    said += ["--where", where] if where else []
    result = CliRunner().invoke(main, ["metric", name, str(path), "--month", str(month), "--format", "json", *said])
    rows = [table.columns, *(tuple(map(cell, row)) for row in table.rows())]
    arguments = {"data": rows, "month": str(month), "where": where, "settings": [[*pair] for pair in rules.items()]}
    function = sheet_functions()[name]

    def in_a_cell() -> Any:
        return function(*(arguments.get(argument) for argument in inspect.signature(function).parameters))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)
        try:
            in_python = mrr_xl.metric(name, table, str(month), where=where, settings=rules)
        except MrrError as mistake:
            assert result.exit_code == 2 and str(mistake) in result.output
            with pytest.raises(MrrError) as refused:
                in_a_cell()
            assert str(refused.value) == str(mistake)
            return
        in_cell = in_a_cell()
    on_the_line = json.loads(result.stdout)[name]
    wanted = None if in_python != in_python else in_python
    assert on_the_line == wanted
    assert in_cell == ("#N/A" if wanted is None else wanted)
