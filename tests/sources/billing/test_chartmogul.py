"""ChartMogul's MRR movements, and its list of customers, which is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mrr_xl import metric, movements
from mrr_xl.errors import MrrError

HEADER = (
    "uuid,date,type,activity-mrr-movement,activity-mrr,activity-arr,currency,description,customer-external-id,"
    "customer-name,subscription-external-id,plan-external-id\n"
)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "activities.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_movements_add_up_to_what_is_paid(tmp_path: Path) -> None:
    """Ada: 20 from 9 January, 35.50 from 3 February, gone on 8 March, back with 10 on 30 April; in any order."""
    path = written(
        tmp_path,
        HEADER + "4,2024-04-30T08:00:00+00:00,reactivation,1000,1000,12000,USD,x,c1,Ada,s1,basic\n"
        "1,2024-01-09T13:16:00-04:00,new_biz,2000,2000,24000,USD,x,c1,Ada,s1,basic\n"
        "2,2024-02-03T08:00:00+00:00,expansion,1550,3550,42600,USD,x,c1,Ada,s1,pro\n"
        "3,2024-03-08T08:00:00+00:00,churn,-3550,0,0,USD,x,c1,Ada,s1,pro\n"
        "5,2024-02-01T08:00:00+00:00,new_biz,500,500,6000,USD,x,c2,Bob,s2,basic\n",
    )
    table = movements(path).set_index("month")
    assert table["closing"].tolist() == [20.0, 40.5, 5.0, 15.0]
    assert table["expansion"].tolist() == [0.0, 15.5, 0.0, 0.0]
    assert (table.loc["2024-03", "churn"], table.loc["2024-04", "reactivation"]) == (-35.5, 10.0)
    checks = metric("MRR_CHECKS", path).set_index("check")["says"]
    assert checks["billing system"] == "ChartMogul's MRR movements"
    assert checks["amounts of movements"] == "in cents, as ChartMogul writes them"
    assert checks["edge of the movements"] == "the last one is of 2024-04"


def test_movements_that_do_not_begin_with_the_first_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "3,2024-03-08,churn,-3550,0,0,USD,x,c1,Ada,s1,pro\n")
    with pytest.raises(MrrError) as refused:
        movements(path)
    assert str(refused.value) == (
        "row 2, column activity-mrr-movement: the movements add up to -35.50, so earlier ones are missing; export the "
        "movements from the first one on"
    )


def test_movements_in_units_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path, HEADER + "3,2024-03-08,new_biz,35.5,0,0,USD,x,c1,Ada,s1,pro\n")
    with pytest.raises(MrrError, match=r"row 2, column activity-mrr-movement: 35\.5 is not a number of cents"):
        movements(path)


def test_a_list_of_customers_has_no_history(tmp_path: Path) -> None:
    path = written(
        tmp_path, "NAME,MRR,ARR,NET_PAYMENTS,SUBSCRIBER_SINCE,STATUS\nAda,2000,24000,100,2024-01-09,Active\n"
    )
    with pytest.raises(MrrError, match="says what each pays today, and not since when; export the MRR movements"):
        movements(path)
