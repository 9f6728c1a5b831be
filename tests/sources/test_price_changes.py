"""Changes of price in columns of their own: the old price until the day of the change, the new one from it on."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from mrr_xl import metric, movements
from mrr_xl.errors import MrrError, MrrWarning


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "changes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def closing(path: Path, **rules: Any) -> list[float]:
    closings: list[float] = movements(path, **rules)["closing"].tolist()
    return closings


def said(path: Path, name: str) -> list[str]:
    table = metric("MRR_CHECKS", path)
    return [f"{row.result}, {row.lines}, {row.says}" for row in table[table["check"].str.startswith(name)].itertuples()]


@pytest.mark.parametrize(
    ("mrr", "day", "new"),
    [
        ("mrr", "plan_change_date", "new_mrr"),
        ("MRR (EUR)", "Upgrade date", "New MRR (EUR)"),
        ("Monthly fee", "Changed on", "New monthly fee"),
        ("amount", "price_change_date", "new_amount"),
        ("Price", "Upgraded at", "New price"),
    ],
)
def test_a_new_price_from_the_day_of_the_change(tmp_path: Path, mrr: str, day: str, new: str) -> None:
    """Ada pays 100 and, from 10 March, 150; Bob 50 until May."""
    path = written(
        tmp_path,
        f"customer,start,end,{mrr},{day},{new}\nAda,2024-01-01,,100,2024-03-10,150\nBob,2024-02-01,2024-05-01,50,,\n",
    )
    assert closing(path) == [100.0, 150.0, 200.0, 200.0, 150.0]
    assert said(path, "changes of price") == [f"OK, 1, {mrr} until the day in {day}, and {new} from that day on"]
    assert said(path, "column ") == []


def test_the_end_of_the_old_price_is_no_end_of_a_subscription(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "customer,start,end,mrr,plan_change_date,new_mrr,cancelled\n"
        "Ada,2024-01-01,,100,2024-03-10,150,\nBob,2024-02-01,,50,,,2024-04-01\nCyd,2024-02-01,,50,,,\n",
    )
    mend = "fill in a column end, or set churn_on to cancelled"
    assert said(path, "cancelled") == [f"problem, 1, no line has an end, so nothing churns: {mend}"]
    path.write_text(path.read_text().replace("Cyd,2024-02-01,", "Cyd,2024-02-01,2024-03-05"))
    assert said(path, "cancelled") == [f"note, 1, they count for ever: {mend}"]


def test_a_previous_price_until_the_day_of_the_change(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "customer,start,mrr,previous mrr,downgrade date\nAda,2024-01-01,80,100,2024-02-20\nBob,2024-03-01,5,,\n",
    )
    assert closing(path) == [100.0, 80.0, 85.0]


def test_an_old_and_a_new_price(tmp_path: Path) -> None:
    path = written(
        tmp_path, "customer,start,old_mrr,new_mrr,change date\nAda,2024-01-01,100,120,2024-02-20\nBob,2024-03-01,5,,\n"
    )
    assert closing(path) == [100.0, 120.0, 125.0]


def test_other_columns_that_are_new_change_with_the_price(tmp_path: Path) -> None:
    """From monthly to yearly on 1 February: 1,200 a year is 100 a month; the plan changes with it."""
    path = written(
        tmp_path,
        "customer,start,plan,new plan,amount,interval,new interval,upgrade date,new amount\n"
        "Ada,2024-01-01,Basic,Pro,60,month,year,2024-02-01,1200\nBob,2024-02-01,Basic,,60,month,,,\n",
    )
    assert closing(path) == [60.0, 160.0]
    assert metric("MRR", path, month="2024-02", where="plan=Pro") == 100.0
    assert said(path, "column ") == []


@pytest.mark.parametrize("end_date", ["exclusive", "inclusive"])
def test_the_old_price_ends_before_the_new_one_whatever_an_end_is(tmp_path: Path, end_date: str) -> None:
    path = written(
        tmp_path, "customer,start,end,mrr,change date,new mrr\nAda,2024-01-01,2024-04-15,100,2024-01-31,150\n"
    )
    assert closing(path, end_date=end_date, through="2024-03") == [150.0, 150.0, 150.0]


def test_a_change_after_the_end_does_not_come(tmp_path: Path) -> None:
    path = written(
        tmp_path, "customer,start,end,mrr,change date,new mrr\nAda,2024-01-01,2024-03-01,100,2024-03-01,150\n"
    )
    assert closing(path) == [100.0, 100.0]
    assert said(path, "changes of price after the end") == [
        "note, 1, change date is not before the end of these lines, so they keep their price"
    ]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("2024-01-01,100,2024-03-01,", "new mrr: it is blank, and change date is not; fill in both or neither"),
        ("2024-01-01,100,,150", "change date: it is blank, and new mrr is not; fill in both or neither"),
        ("2024-01-01,100,2023-03-01,150", "change date: the change '2023-03-01' is before the start"),
    ],
)
def test_half_a_change_is_named(tmp_path: Path, line: str, says: str) -> None:
    with pytest.raises(MrrError) as wrong:
        movements(written(tmp_path, f"customer,start,mrr,change date,new mrr\nAda,{line}\n"))
    assert str(wrong.value) == f"row 2, column {says}"


def test_a_wrong_price_is_named_with_its_row(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "customer,start,mrr,change date,new mrr\nAda,2024-01-01,100,2024-02-01,120\nBob,2024-01-01,x,2024-02-01,1\n",
    )
    with pytest.raises(MrrError, match="row 3, column mrr: 'x' is not"):
        movements(path)


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        ("new mrr", "150"),  # from when?
        ("change date", "2024-02-01"),  # to what?
        ("change date,new mrr,new price", "2024-02-01,150,150"),  # which?
        ("change date,upgrade date,new mrr", "2024-02-01,2024-03-01,150"),
        ("change date,new price", "2024-02-01,1800"),  # an MRR and a price of an interval
    ],
)
def test_columns_that_cannot_be_understood_are_a_problem(tmp_path: Path, headers: str, line: str) -> None:
    path = written(tmp_path, f"customer,start,mrr,{headers}\nAda,2024-01-01,100,{line}\n")
    with pytest.warns(MrrWarning, match="looks like a change of plan and is not used"):
        assert closing(path) == [100.0]


def test_a_frame_with_numbers_and_dates_of_its_own() -> None:
    import polars as pl

    frame = pl.DataFrame({
        "customer": ["Ada", "Bob"], "start": [dt.date(2024, 1, 1), dt.date(2024, 1, 1)], "mrr": [100, 10],
        "change date": [dt.datetime(2024, 2, 10), None], "new mrr": [150.5, None],
    })  # fmt: skip
    assert movements(frame)["closing"].tolist() == [110.0, 160.5]
    assert movements(frame.to_pandas())["closing"].tolist() == [110.0, 160.5]


@pytest.mark.parametrize(
    ("second", "row"),
    [("B,2026-01-01,20,5,,,8", 3), ("B,2026-01-01,20,5,,,5", None), ("B,2026-01-01,20,,,,8", 3)],
)
def test_a_new_quantity_needs_a_day_as_a_new_price_does(second: str, row: int | None, tmp_path: Path) -> None:
    text = "customer,start,unit price,seats,new price,changed on,new seats\nA,2026-01-01,10,10,12,2026-03-01,\n"
    path = written(tmp_path, f"{text}{second}\n")
    if row is None:  # as many as before
        assert closing(path) == [200.0, 200.0, 220.0]
    else:
        with pytest.raises(MrrError) as error:
            closing(path)
        assert str(error.value) == (
            "row 3, column changed on: it is blank, and new seats is not; fill in both or neither"
        )
