"""The forecast by hand, its invariants on random histories, the backtest by brute force, and the command."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from mrr_xl import MrrError, metric
from mrr_xl.cli import main
from mrr_xl.functions.sheet_functions import sheet_functions

MOVED = ["new", "reactivation", "expansion", "contraction", "churn"]
COLUMNS = ["month", "opening", *MOVED, "closing"]


def name_of(place: int) -> str:
    return f"{2022 + place // 12}-{place % 12 + 1:02d}"


def schedule(**paid: list[float]) -> pd.DataFrame:
    rows = [(who, name_of(place), mrr) for who, row in paid.items() for place, mrr in enumerate(row) if mrr]
    return pd.DataFrame(rows, columns=["customer", "month", "mrr"])


def forecast(table: pd.DataFrame, **arguments: object) -> list[list[float]]:
    found = metric("MRR_FORECAST", table, **arguments)
    assert list(found.columns) == COLUMNS
    return found.drop(columns="month").values.tolist()


#: Seven months: after the first, 60 of new, 12 of reactivation, 30 of expansion, −6 of contraction, −24 of churn.
SEVEN = schedule(
    base=[100, 100, 100, 100, 100, 100, 100],
    joins=[0, 60, 60, 90, 90, 90, 84],
    leaves=[24, 0, 0, 0, 0, 0, 0],
    returns=[12, 12, 0, 0, 0, 12, 12],
)


def test_the_drivers_by_hand():
    """Openings 136, 172, 160, 190, 190, 202 sum to 1,050: expansion 30, contraction −6 and churn −36 of them."""
    assert metric("MRR_MOVEMENTS", SEVEN)["opening"].tolist()[1:] == [136, 172, 160, 190, 190, 202]
    (first, second) = forecast(SEVEN, months=2)
    assert first == pytest.approx([196, 10, 2, 196 * 30 / 1050, -196 * 6 / 1050, -196 * 36 / 1050, 205.76], abs=1e-6)
    assert second[0] == first[-1]
    assert second[1:6] == pytest.approx([10, 2, *(205.76 * part / 1050 for part in (30, -6, -36))], abs=1e-6)


def test_a_scenario_multiplies_its_drivers():
    found = forecast(SEVEN, months=1, scenario="New = 120%; churn=0.5;")[0]
    assert found[1:6] == pytest.approx([12, 2, *(196 * part / 1050 for part in (30, -6, -18))], abs=1e-6)


def test_a_blank_between_the_drivers_of_a_scenario_is_nothing():
    assert forecast(SEVEN, months=1, scenario="; churn=0.5;; new=120%") == forecast(
        SEVEN, months=1, scenario="new=120%; churn=0.5"
    )


def test_without_mrr_in_six_months_no_rate_is_known():
    """A leaves in February; the openings up to September are 0, and B's 60 of new are 10 a month."""
    table = schedule(a=[10], b=[0] * 8 + [60])
    assert forecast(table, months=2) == [[60, 10, 0, 0, 0, 0, 70], [70, 10, 0, 0, 0, 0, 80]]


def test_naive_stays_and_growth_compounds():
    assert forecast(SEVEN, months=3, method="naive") == [[196, 0, 0, 0, 0, 0, 196]] * 3
    found = forecast(SEVEN, months=6, method="Growth")
    assert found[-1][-1] == pytest.approx(196 * 196 / 136)
    assert found[0][-1] == pytest.approx(196 * (1 + metric("MRR_CMGR", SEVEN, months=6)), abs=1e-6)
    assert [row[1:3] + row[4:6] for row in found] == [[0, 0, 0, 0]] * 6
    shrinking = schedule(a=[128, 64, 32, 16, 8, 4, 2])
    assert forecast(shrinking, months=2, method="growth") == [[2, 0, 0, 0, -1, 0, 1], [1, 0, 0, 0, -0.5, 0, 0.5]]


def test_the_months_follow_the_last_one_reported():
    found = metric("MRR_FORECAST", SEVEN)
    assert found["month"].tolist() == list(pd.period_range("2022-08", periods=12, freq="M"))
    assert str(metric("MRR_FORECAST", SEVEN, through="2022-12")["month"][0]) == "2023-01"


def test_no_month_loses_more_than_its_opening():
    found = forecast(SEVEN, months=4, scenario="churn=40; contraction=40; new=0; reactivation=0; expansion=0")
    assert found[0] == [196, 0, 0, 0, 0, -196, 0]
    assert found[1:] == [[0] * 7] * 3


paid_amounts = st.lists(
    st.lists(st.sampled_from([0, 0, 0.01, 10, 20, 33.333333]), min_size=20, max_size=20), min_size=1, max_size=4
).map(lambda rows: schedule(always=[7] * 20, **{f"c{place}": row for place, row in enumerate(rows)}))


@settings(max_examples=15, deadline=None)
@given(paid_amounts, st.sampled_from(["", "new=150%; expansion=0.5", "churn=300%"]))
def test_opening_and_movements_are_exactly_the_closing(table, scenario):
    arguments = [{"method": "naive"}, {"method": "growth"}, {"scenario": scenario}]
    for given_ in arguments:
        found = [[round(value * 1e6) for value in row] for row in forecast(table, months=18, **given_)]
        assert [sum(row[:6]) for row in found] == [row[6] for row in found]
        assert [row[0] for row in found[1:]] == [row[6] for row in found[:-1]]
        assert all(row[6] >= 0 and min(row[1:4]) >= 0 and max(row[4:6]) <= 0 for row in found)
    assert found[0][0] == round(metric("MRR", table) * 1e6)


@settings(max_examples=10, deadline=None)
@given(paid_amounts)
def test_all_of_every_driver_is_the_base(table):
    whole = "; ".join(f"{driver}=100%" for driver in MOVED)
    assert forecast(table, scenario=whole) == forecast(table) == forecast(table, months=None, scenario=" ")


@settings(max_examples=10, deadline=None)
@given(paid_amounts)
def test_the_backtest_is_what_a_forecast_made_then_would_have_missed_by(table):
    """Each origin again, by the forecast itself on a ledger that is reported no further than the origin."""
    last = 19
    actual = metric("MRR", table, [name_of(place) for place in range(20)]).tolist()
    found = metric("MRR_BACKTEST", table).set_index(["method", "horizon"])
    assert list(found.index) == [(name, ahead) for name in ("naive", "growth", "drivers") for ahead in (1, 3, 6)]
    for method in ("growth", "drivers"):
        paths = {
            origin: metric("MRR_FORECAST", table, months=6, method=method, through=name_of(origin))["closing"].tolist()
            for origin in range(11, last)
        }
        for ahead in (1, 3, 6):
            origins = range(11, last + 1 - ahead)
            own = [(paths[origin][ahead - 1] - actual[origin + ahead]) / actual[origin + ahead] for origin in origins]
            naive = [(actual[origin] - actual[origin + ahead]) / actual[origin + ahead] for origin in origins]
            row = found.loc[(method, ahead)]
            assert row["origins"] == len(origins)
            assert row["mean_abs_error"] == pytest.approx(sum(map(abs, own)) / len(own), abs=1e-9)
            assert row["bias"] == pytest.approx(sum(own) / len(own), abs=1e-9)
            assert row["naive_error"] == pytest.approx(sum(map(abs, naive)) / len(naive), abs=1e-9)
            assert row["better_than_naive"] == ("yes" if row["mean_abs_error"] < row["naive_error"] else "no")
    naive_rows = found.loc["naive"]
    assert (naive_rows["mean_abs_error"] == naive_rows["naive_error"]).all()
    assert set(naive_rows["better_than_naive"]) == {"no"}


def test_steady_growth_is_foreseen_exactly():
    """10 % a month: growth is never off, and staying as it was is off by 1 − 1.1 ^ −h."""
    table = schedule(a=[100 * 1.1**place for place in range(20)])
    found = metric("MRR_BACKTEST", table, method="growth")
    assert found["horizon"].tolist() == [1, 3, 6]
    assert found["origins"].tolist() == [8, 6, 3]
    assert found["mean_abs_error"].tolist() == pytest.approx([0, 0, 0], abs=1e-7)
    assert found["naive_error"].tolist() == pytest.approx([1 - 1.1**-ahead for ahead in (1, 3, 6)], abs=1e-7)
    assert found["better_than_naive"].tolist() == ["yes"] * 3


def test_a_backtest_knows_nothing_of_the_month_it_is_held_against():
    """10 for twelve months, then 70: whoever forecast it in the twelfth was 60 ÷ 70 too low."""
    table = schedule(a=[10] * 13, b=[0] * 12 + [60])
    found = metric("MRR_BACKTEST", table, method="drivers").loc[0]
    assert found[["horizon", "origins"]].tolist() == [1, 1]
    assert found[["mean_abs_error", "bias", "naive_error"]].tolist() == pytest.approx([60 / 70, -60 / 70, 60 / 70])
    assert found["better_than_naive"] == "no"


def test_an_origin_without_mrr_to_compare_with_does_not_count():
    """The MRR is 0 in the month after the only origin, so an error as a fraction of it is undefined."""
    table = schedule(a=[10] * 12)
    found = metric("MRR_BACKTEST", table, method="drivers", through="2023-01")
    assert found["origins"].tolist() == [0, 0, 0]
    assert found[["mean_abs_error", "bias", "naive_error"]].isna().all(axis=None)
    assert found["better_than_naive"].tolist() == [""] * 3


# Mistakes

YEAR = schedule(a=[10] * 12)


@pytest.mark.parametrize(
    ("name", "table", "given", "message"),
    [
        ("MRR_FORECAST", SEVEN, {"months": 0}, "0 is not a number of months; write a whole number from 1 to 120"),
        (
            "MRR_FORECAST",
            SEVEN,
            {"method": "magic"},
            "'magic' is not a method of forecasting; it must be one of naive, growth, drivers",
        ),
        (
            "MRR_FORECAST",
            SEVEN,
            {"scenario": "sales=2"},
            "'sales' is not a driver; the drivers are new, reactivation, expansion, contraction, churn",
        ),
        ("MRR_FORECAST", SEVEN, {"scenario": "new"}, "'new' can't be read in the scenario; write it as new=120%"),
        ("MRR_FORECAST", SEVEN, {"scenario": "new="}, "'new=' can't be read in the scenario; write it as new=120%"),
        (
            "MRR_FORECAST",
            SEVEN,
            {"scenario": "=2"},
            "'' is not a driver; the drivers are new, reactivation, expansion, contraction, churn",
        ),
        ("MRR_FORECAST", SEVEN, {"scenario": "new=1; NEW=2"}, "the scenario names new twice; name it once"),
        ("MRR_FORECAST", SEVEN, {"scenario": "new=-1"}, "the multiplier of new is -1; it cannot be negative"),
        ("MRR_FORECAST", SEVEN, {"scenario": "new=-0.5"}, "the multiplier of new is -0.5; it cannot be negative"),
        (
            "MRR_FORECAST",
            SEVEN,
            {"scenario": "new=2", "method": "naive"},
            "a scenario changes the drivers, and method naive has none; use method drivers",
        ),
        (
            "MRR_FORECAST",
            SEVEN,
            {"through": "2022-06"},
            "method drivers needs 7 months of history; the data has 6 (2022-01 to 2022-06)",
        ),
        (
            "MRR_FORECAST",
            SEVEN,
            {"through": "2022-06", "method": "growth"},
            "method growth needs 7 months of history; the data has 6 (2022-01 to 2022-06)",
        ),
        (
            "MRR_FORECAST",
            SEVEN,
            {"through": "2021-06", "method": "naive"},
            "method naive needs 1 month of history; the data has none",
        ),
        (
            "MRR_FORECAST",
            schedule(a=[1], b=[0] * 8 + [1]),
            {"method": "growth"},
            "the MRR of 2022-03 is 0, so there is no growth since then; use method drivers or naive",
        ),
        (
            "MRR_FORECAST",
            schedule(a=[0.01] * 7 + [1e12]),
            {"method": "growth", "months": 1},
            "the forecast grows beyond 1,000,000,000,000; ask for fewer months or another method",
        ),
        (
            "MRR_FORECAST",
            schedule(a=[0.01] * 6 + [1e9]),
            {"method": "growth"},
            "the forecast grows beyond 1,000,000,000,000; ask for fewer months or another method",
        ),
        (
            "MRR_FORECAST",
            schedule(a=[0.000001] * 6 + [1e12]),
            {"method": "growth", "months": 120},
            "the forecast grows beyond 1,000,000,000,000; ask for fewer months or another method",
        ),
        ("MRR_BACKTEST", YEAR, {}, "a backtest needs 13 months of history; the data has 12 (2022-01 to 2022-12)"),
    ],
)
def test_a_mistake_is_a_sentence(name, table, given, message):
    with pytest.raises(MrrError) as error:
        metric(name, table, **given)
    assert str(error.value) == message


# In a cell, and on the command line


def in_a_cell(name: str, table: pd.DataFrame, **given: object) -> list[list[object]]:
    function = sheet_functions()[name]
    cells = [list(table.columns), *table.values.tolist()]
    return function(cells, *(given.get(item) for item in list(function.__signature__.parameters)[1:]))


def test_in_a_cell_it_spills():
    found = in_a_cell("MRR_FORECAST", SEVEN, months=2.0, method="naive")
    assert found[0] == [name.capitalize() for name in COLUMNS]
    assert [row[1:] for row in found[1:]] == [[196.0, 0.0, 0.0, 0.0, 0.0, 0.0, 196.0]] * 2
    assert len(in_a_cell("MRR_FORECAST", SEVEN)) == 13
    found = in_a_cell("MRR_BACKTEST", schedule(a=[10] * 14), method="naive")
    assert found[0] == ["Method", "Horizon", "Origins", "Mean abs error", "Bias", "Naive error", "Better than naive"]
    assert found[1] == ["naive", 1, 2, 0.0, 0.0, 0.0, "no"]
    assert found[3] == ["naive", 6, 0, "#N/A", "#N/A", "#N/A", ""]


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "schedule.csv"
    schedule(a=[10.0] * 14, b=[0.0] * 7 + [5.0] * 7).to_csv(path, index=False)
    return str(path)


def run(*args: str) -> str:
    result = CliRunner().invoke(main, list(args))
    return result.stdout if result.exit_code == 0 else result.stderr


def test_the_command_prints_the_months_to_come(file):
    lines = run("forecast", file, "--months", "2", "--method", "naive").splitlines()
    assert [line.split() for line in lines] == [
        COLUMNS,
        ["2023-03", "15.00", *["0.00"] * 5, "15.00"],
        ["2023-04", "15.00", *["0.00"] * 5, "15.00"],
    ]
    rows = json.loads(run("forecast", file, "--scenario", "new=2", "--set", "through=2022-08", "--format", "json"))
    assert len(rows) == 12
    assert rows[0]["new"] == pytest.approx(2 * 5 / 6, abs=1e-6)


def test_the_command_prints_the_backtest(file):
    lines = run("forecast", file, "--backtest", "--method", "drivers").splitlines()
    assert [line.split()[:3] for line in lines[1:]] == [
        ["drivers", "1", "2"],
        ["drivers", "3", "0"],
        ["drivers", "6", "0"],
    ]
    assert lines[3].split()[3:] == ["#N/A"] * 3
    assert len(run("forecast", file, "--backtest").splitlines()) == 10


def test_the_command_says_what_is_wrong(file):
    assert run("forecast", file, "--backtest", "--months", "3") == (
        "mrr-xl: --backtest has its own horizons and no scenario; leave out --months and --scenario\n"
    )
    assert run("forecast", file, "--method", "x").startswith("mrr-xl: 'x' is not a method of forecasting; ")


def test_the_command_metric_takes_a_metrics_own_arguments(file):
    plain = ["--format", "csv"]
    assert float(run("metric", "cmgr", file, "--arg", "months=6", *plain)) == 0
    assert float(run("metric", "cmgr", file, "--arg", "Months = 12", *plain)) == pytest.approx(1.5 ** (1 / 12) - 1)
    assert run("metric", "cmgr", file, "--arg", "months=12") == "3.4 %\n"
    assert len(run("metric", "forecast", file, "--arg", "months=3", "--arg", "method=naive").splitlines()) == 4
    assert (
        run("metric", "cmgr", file, "--arg", "months")
        == "mrr-xl: --arg months can't be read; write it as --arg months=6\n"
    )
    assert run("metric", "cmgr", file, "--arg", "m=6") == "mrr-xl: MRR_CMGR has no argument m; it has months\n"
    assert run("metric", "mrr", file, "--arg", "m=6") == "mrr-xl: MRR has no argument m; it has none of its own\n"
    assert math.isclose(float(run("metric", "mrr", file)), 15)


def test_from_the_largest_mrr_it_may_shrink():
    """Half in six months: half again in the next six."""
    assert forecast(schedule(a=[1e12] * 7, b=[1e12]), months=6, method="growth")[-1][-1] == 5e11


def test_a_forecast_may_reach_the_largest_mrr():
    assert forecast(schedule(a=[1e12]), months=1, method="naive") == [[1e12, 0, 0, 0, 0, 0, 1e12]]


def test_a_multiplier_that_looks_like_a_percentage_is_refused():
    assert forecast(SEVEN, months=1, scenario="churn=50")[0][5] == -196
    with pytest.raises(MrrError, match=r"^the multiplier of churn is 50\.5, which is 5050%; write 90% or 0\.9$"):
        forecast(SEVEN, months=1, scenario="churn=50.5")
    with pytest.raises(MrrError, match=r"^the multiplier of churn is 90, which is 9000%; write 90% or 0\.9$"):
        forecast(SEVEN, months=1, scenario="churn=90")
