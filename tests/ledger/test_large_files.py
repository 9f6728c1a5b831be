"""A large Parquet file, read in slices and summed in parts, gives what it gives when it is read as a whole."""

from __future__ import annotations

import datetime as dt
import random
import warnings
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mrr_xl.errors import MrrError, MrrWarning
from mrr_xl.ledger import large_files, ledger
from mrr_xl.metrics import metric, movements
from mrr_xl.rollforward import parts
from mrr_xl.sources.how import AS_FOUND, How

RULES: list[dict[str, Any]] = [
    {},
    {"where": "plan=Pro"},
    {"where": "customer=cus 3"},
    {"grace_days": 20},
    {"reactivation_days": 40},
    {"netting": "gross"},
    {"end_date": "inclusive", "as_of": "month_start"},
    {"period": "quarter"},
    {"through": "2024-06"},
    {"status": "line"},
    {"past_due_days": 30},
    {"grain": "parent"},
    {"grain": "subscription"},
    {"rates": {"EUR": 1, "USD": 0.9}},
    {"rates": [("EUR", "2024-01", 1), ("USD", "2024-01", 0.9), ("EUR", "2024-05", 1), ("USD", "2024-05", 1.25)]},
]


def lines(seed: int, rows: int = 120, **also: list[str]) -> pl.DataFrame:
    """Lines of few customers; some end, some overlap, and the last ones are rare in everything."""
    chance = random.Random(seed)
    starts = [dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(500)) for _ in range(rows)]
    ends = [
        None if chance.random() < 0.4 else start + dt.timedelta(days=chance.choice([20, 31, 60, 200]))
        for start in starts
    ]
    columns = {
        "customer": [f"{' ' * chance.randrange(2)}cus {chance.randrange(25)}" for _ in starts],
        "start": starts,
        "end": ends,
        "amount": [chance.choice([10.0, 10.0, 33.33, 120.0, 0.0]) for _ in starts],
        "interval": [chance.choice(["month", "quarter", "year"]) for _ in starts],
        "plan": [chance.choice(["Basic", "Pro"]) for _ in starts],
        "subscription": [f"sub {chance.randrange(40)}" for _ in starts],
        "parent": [chance.choice([None, "cus 1", "group"]) for _ in starts],
    }
    columns |= {name: [chance.choice(values) for _ in starts] for name, values in also.items()}
    return pl.DataFrame(columns, schema_overrides={"end": pl.Date})


def shown(file: Path, rules: dict[str, Any]) -> Any:
    """What a user sees: the table with its warnings, or the error."""
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", MrrWarning)
        try:
            table = movements(file, **rules)
        except MrrError as error:
            return str(error)
    return table.to_dict("list"), [str(one.message) for one in said]


def slices(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    monkeypatch.setattr(large_files, "LARGE", 2 * rows)
    monkeypatch.setattr(large_files, "SLICE", rows)
    monkeypatch.setattr(parts, "PART", rows)


def is_read_in_slices(file: Path, monkeypatch: pytest.MonkeyPatch, how: How = AS_FOUND) -> bool:
    found: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "in_slices", lambda *given: found.append(large_files.in_slices(*given)) or found[-1])
        ledger.read_ledger(file, how=how)
    return found[-1] is not None


@pytest.mark.parametrize("name", ["ledger.parquet", "ledger[1].parquet"])
@pytest.mark.parametrize(
    ("rows", "how", "in_slices"), [(20, {}, True), (19, {}, False), (120, {}, True), (120, {"order": "plan"}, False)]
)
def test_what_is_read_in_slices(tmp_path, monkeypatch, name, rows, how, in_slices):
    file = tmp_path / name
    lines(1).drop("parent").head(rows).write_parquet(file)
    slices(monkeypatch, 10)
    assert is_read_in_slices(file, monkeypatch, How.of(how)) == in_slices


def test_a_file_beside_which_it_is_said_how_it_is_read_is_not_read_in_slices(tmp_path, monkeypatch):
    file = tmp_path / "ledger.parquet"
    lines(1).write_parquet(file)
    (tmp_path / "mrr-xl.toml").write_text('["ledger.parquet".columns]\namount = "amount"\n')
    slices(monkeypatch, 10)
    assert not is_read_in_slices(file, monkeypatch)
    (tmp_path / "mrr-xl.toml").unlink()
    assert is_read_in_slices(file, monkeypatch)
    assert large_files.in_slices(file, How(system="stripe"), ledger.read_ledger) is None


def test_a_word_that_only_the_last_slice_has(tmp_path, monkeypatch):
    file, table = tmp_path / "ledger.parquet", lines(1).drop("parent")
    table.with_columns(pl.Series("interval", ["month"] * 119 + ["year"])).write_parquet(file)
    whole = ledger.read_ledger(file)
    slices(monkeypatch, 10)
    read = ledger.read_ledger(file)
    for one in (whole, read):
        assert one.frame.select(one.values["interval"].alias("word"))["word"].to_list()[-2:] == ["month", "year"]
    assert read.words == whole.words


@pytest.mark.parametrize("names", [["Ada"] * 119 + [" Bob "], list(range(120))])
def test_customers_are_kept_as_they_are_written(tmp_path, monkeypatch, names):
    file = tmp_path / "ledger.parquet"
    lines(1).drop("parent").with_columns(pl.Series("customer", names)).write_parquet(file)
    slices(monkeypatch, 10)
    assert is_read_in_slices(file, monkeypatch)
    kept = ledger.read_ledger(file).frame["col:customer"].to_list()
    assert kept == names


@pytest.mark.parametrize("also", [{}, {"status": ["active", "past due", "canceled", ""]}, {"currency": ["EUR", "USD"]}])
@pytest.mark.parametrize("rules", RULES, ids=str)
@pytest.mark.parametrize("rows", [7, 40])
def test_slices_give_the_same_figures_warnings_and_errors(tmp_path, monkeypatch, also, rules, rows):
    for seed in range(2):
        file = tmp_path / f"{seed}.parquet"
        lines(seed, **also).write_parquet(file)
        whole = shown(file, rules)
        with monkeypatch.context() as patch:
            slices(patch, rows)
            assert shown(file, rules) == whole


def test_a_large_file_of_typed_columns_is_read_in_slices(tmp_path, monkeypatch):
    file = tmp_path / "ledger.parquet"
    lines(1).drop("parent").write_parquet(file)
    slices(monkeypatch, 10)
    assert is_read_in_slices(file, monkeypatch)
    lines(1).drop("parent").with_columns(pl.col("start").cast(pl.String)).write_parquet(file)
    assert not is_read_in_slices(file, monkeypatch)


@pytest.mark.parametrize("row", [3, 119])
@pytest.mark.parametrize(
    ("column", "value"), [("amount", -5.0), ("customer", ""), ("start", None), ("interval", "fortnightish")]
)
def test_a_mistake_in_any_slice_is_the_one_of_the_whole_file(tmp_path, monkeypatch, row, column, value):
    file = tmp_path / "ledger.parquet"
    table = lines(3)
    cells = table[column].to_list()
    cells[row] = value
    table.with_columns(pl.Series(column, cells, table[column].dtype)).write_parquet(file)
    whole = shown(file, {})
    assert f"row {row + 2}" in whole
    slices(monkeypatch, 10)
    assert shown(file, {}) == whole


@pytest.mark.parametrize("currencies", [("EUR", "EUR"), ("EUR", "USD")])
@pytest.mark.parametrize("rules", [{}, {"rates": {"EUR": 1, "USD": 0.5}}], ids=str)
def test_a_currency_that_stands_in_the_last_slice_only(tmp_path, monkeypatch, currencies, rules):
    file, table = tmp_path / "ledger.parquet", lines(3)
    first, last = currencies
    column = [first] * (len(table) - 10) + [last] * 10
    table.with_columns(pl.Series("currency", column)).write_parquet(file)
    whole = shown(file, rules)
    assert isinstance(whole, str) == (first != last and not rules)  # two currencies and no rates
    slices(monkeypatch, 10)
    assert shown(file, rules) == whole
    assert first != last or is_read_in_slices(file, monkeypatch)


def test_the_checks_are_the_same(tmp_path, monkeypatch):
    file = tmp_path / "ledger.parquet"
    lines(5, status=["active", "canceled"]).write_parquet(file)
    whole = metric("MRR_CHECKS", file)
    slices(monkeypatch, 10)
    assert metric("MRR_CHECKS", file).equals(whole)


@pytest.mark.filterwarnings("ignore::mrr_xl.errors.MrrWarning")
def test_names_that_share_a_hash_are_told_apart(monkeypatch):
    table = lines(6)
    whole = movements(table, end_date="inclusive")
    monkeypatch.setattr(pl.Series, "hash", lambda names: pl.Series([7] * len(names)))
    assert movements(table, end_date="inclusive").equals(whole)
