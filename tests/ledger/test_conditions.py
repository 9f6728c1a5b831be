"""`where`: what a condition picks, and the sentence about one that picks nothing."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pytest

from mrr_xl import MrrError, metric
from support.oracle import ENGINES

TABLE = pl.DataFrame(
    {
        "customer": ["A", "B", "C"],
        "start": ["2024-01-01"] * 3,
        "mrr": [1.0, 2.0, 4.0],
        "plan": ["Pro", None, "Basic"],
    }
).with_columns(pl.col("start").str.to_date())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_value_that_no_row_has_is_named_beside_blanks(engine):
    """pandas' blanks are no texts, and the sentence about them failed to sort."""
    with pytest.raises(MrrError, match=r"^no row has plan = Prro; the column has Basic, Pro$"):
        metric("MRR", ENGINES[engine](TABLE), "2024-01", where="plan=Prro")
    assert metric("MRR", ENGINES[engine](TABLE), "2024-01", where="plan<>Pro") == 6.0


@pytest.mark.parametrize("engine", ENGINES)
def test_half_of_a_character_in_a_condition_is_a_sentence(engine):
    """A byte of an argument that is not UTF-8 arrives as one."""
    with pytest.raises(MrrError) as error:
        metric("MRR", ENGINES[engine](TABLE), "2024-01", where="plan=Pro\udcff")
    assert str(error.value) == r"where: 'plan=Pro\udcff' holds half of a character; write it again"


SEATS = pl.DataFrame(
    {
        "customer": ["A", "B", "C", "D"],
        "start": ["2024-01-01"] * 4,
        "mrr": [1.0, 2.0, 4.0, 8.0],
        "plan": ["Pro", " pro ", "Basic", ""],
        "region": ["EU", "US", "EU", "US"],
        "seats": [5, 10, None, 5],
    }
).with_columns(pl.col("start").str.to_date())


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("where", "mrr"),
    [
        (None, 15),
        ("", 15),
        (" ; ", 15),
        ("plan=Pro", 3),
        (" PLAN = PRO ", 3),
        ("plan<>Pro", 12),
        ("plan!=pro", 12),
        ("plan=", 8),
        ("plan<>", 7),
        ("region<>", 15),
        ("plan=pro; region=EU", 1),
        ("plan=pro;; region=EU", 1),
        (";plan=pro; plan=pro", 3),
        ("plan=pro; region<>EU", 2),
        ("plan<>basic; plan<>pro", 8),
        ("seats=5", 9),
        ("seats=5.0", 9),
        ("seats<>5", 6),
        ("seats<>5; plan=basic", 4),
        ("mrr=2", 2),
        ("customer=c", 4),
    ],
)
def test_a_condition_picks_lines(engine: str, where: str | None, mrr: float) -> None:
    assert metric("MRR", ENGINES[engine](SEATS), "2024-01", where=where) == mrr


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("plan", "condition 'plan' can't be read; write it as plan=Pro or region<>US"),
        ("region=EU; plan > Pro", "condition 'plan > Pro' can't be read; write it as plan=Pro or region<>US"),
        ("plan=pro; PLAN=Basic", "no row can have PLAN = pro and Basic at once"),
        ("plan=Prro", "no row has plan = Prro; the column has  pro , Basic, Pro"),
        ("plan<>Prro", "no row has plan = Prro; the column has  pro , Basic, Pro"),
        ("region=", "no row has region = ; the column has EU, US"),
        (
            "region=EU AND plan=Pro",
            "no row has region = EU AND plan=Pro; the column has EU, US; write ; between conditions that are to hold "
            "at once",
        ),
        (
            "region=EU or region=US",
            "no row has region = EU or region=US; the column has EU, US; conditions always hold at once: for one or "
            "the other, ask for each",
        ),
        ("region=EU and US", "no row has region = EU and US; the column has EU, US"),
        ("seats=6", "no row has seats = 6; the column has 10, 5"),
        ("seats=many", "'many' is not a number, as column seats has; write a plain number such as 1200.50"),
        ("tier=1", "there is no column 'tier'; the columns are customer, start, mrr, plan, region, seats"),
    ],
)
def test_a_condition_that_picks_nothing_is_a_sentence(engine: str, where: str, message: str) -> None:
    with pytest.raises(MrrError) as error:
        metric("MRR", ENGINES[engine](SEATS), "2024-01", where=where)
    assert str(error.value) == (message.replace("10, 5", "10.0, 5.0") if engine == "pandas" else message)


def test_no_more_than_eight_values_are_named() -> None:
    for count, more in ((8, ""), (9, ", ...")):
        table = pl.DataFrame(
            {
                "customer": [f"c{number}" for number in range(count)],
                "start": ["2024-01-01"] * count,
                "mrr": [1] * count,
                "plan": [f"p{number}" for number in range(count)],
            }
        )
        with pytest.raises(MrrError) as error:
            metric("MRR", table, "2024-01", where="plan=x")
        assert str(error.value) == f"no row has plan = x; the column has p0, p1, p2, p3, p4, p5, p6, p7{more}"


def test_where_a_column_is_blank_there_are_no_values_to_name() -> None:
    table = SEATS.with_columns(plan=pl.lit(""))
    with pytest.raises(MrrError) as error:
        metric("MRR", table, "2024-01", where="plan=x")
    assert str(error.value) == "no row has plan = x"


@pytest.mark.parametrize("engine", ENGINES)
def test_whole_numbers_that_no_float_tells_apart_are_compared_by_their_digits(engine: str) -> None:
    table = TABLE.with_columns(seller=pl.Series([2**53, 2**53 + 1, 2**53 - 1]))
    for number, mrr in ((2**53, 1), (2**53 + 1, 2), (2**53 - 1, 4)):
        for written in (f"{number}", f"+{number}", f" {number} "):
            assert metric("MRR", ENGINES[engine](table), "2024-01", where=f"seller={written}") == mrr
    assert metric("MRR", ENGINES[engine](table), "2024-01", where=f"seller<>{2**53}") == 6


@pytest.mark.parametrize("engine", ENGINES)
def test_a_condition_on_a_column_with_an_error_is_a_sentence(engine: str) -> None:
    table = TABLE.with_columns(plan=pl.Series(["Pro", "#REF!", "Basic"]))
    with pytest.raises(MrrError, match=r"column plan: .*#REF!"):
        metric("MRR", ENGINES[engine](table), "2024-01", where="plan=Pro")
    assert metric("MRR", ENGINES[engine](table), "2024-01", where="mrr=1") == 1


def test_a_float_that_may_be_two_whole_numbers_is_refused_from_2_to_the_53rd_on() -> None:
    for number, refused in ((2.0**53 - 1, False), (2.0**53, True), (float("inf"), False)):
        table = TABLE.with_columns(seller=pl.Series([1.0, 2.0, number]))
        if refused:
            with pytest.raises(MrrError, match=r"^row 4, column seller: "):
                metric("MRR", table, "2024-01", where=f"seller={2**53}")
            with pytest.raises(MrrError, match=r"^row 4, column seller: "):
                metric("MRR_SEGMENTS", table, "2024-01", by="seller")
        else:
            assert metric("MRR", table, "2024-01", where="seller=1") == 1
            assert len(metric("MRR_SEGMENTS", table, "2024-01", by="seller")) == 4


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    ("where", "mrr"),
    [
        ("plan=izmir", 16), ("plan<>izmir", 15), ("plan=IZMIR", 16), ("plan=\u0130zmir", 8),
        # The last letter of a Greek word is another small one.
        ("plan=\u039f\u0394\u039f\u03a3", 3), ("plan<>\u03bf\u03b4\u03bf\u03c2", 28), ("plan=Z", 4),
    ],
)  # fmt: skip
def test_small_letters_are_the_same_on_every_engine(engine: str, where: str, mrr: float) -> None:
    plans = ["\u039f\u0394\u039f\u03a3", "\u03bf\u03b4\u03bf\u03c2", "z", "\u0130zmir", "izmir"]
    frame = pl.DataFrame({"customer": list("abcde"), "start": [dt.date(2024, 1, 1)] * 5, "mrr": [1, 2, 4, 8, 16]})
    assert metric("MRR", ENGINES[engine](frame.with_columns(plan=pl.Series(plans))), "2024-01", where=where) == mrr


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("moment", [True, False])
def test_a_column_of_dates_has_days(engine: str, moment: bool) -> None:
    signed = pl.Series("signed", [dt.datetime(2024, 1, 5), dt.datetime(2024, 1, 6, 10), None])
    frame = pl.DataFrame({"customer": list("abc"), "start": [dt.date(2024, 1, 1)] * 3, "mrr": [1, 2, 4]})
    table = ENGINES[engine](frame.with_columns(signed if moment else signed.cast(pl.Date)))
    for where, mrr in {"signed=2024-01-05": 1, "signed<>2024-01-05": 6, "signed=6 Jan 2024": 2, "signed=": 4}.items():
        assert metric("MRR", table, "2024-01", where=where) == mrr
    with pytest.raises(MrrError, match=r"^no row has signed = 2024-01-07; the column has 2024-01-05"):
        metric("MRR", table, "2024-01", where="signed=2024-01-07")


def test_a_day_among_objects_of_pandas_is_found_whatever_its_type() -> None:
    starts = [dt.date(2024, 1, 1), pd.Timestamp("2024-01-01"), "2024-02-01", dt.datetime(2024, 1, 1, 10)]
    frame = pd.DataFrame({"customer": list("abcd"), "start": pd.Series(starts, dtype=object), "mrr": [1, 2, 4, 8]})
    assert metric("MRR", frame, "2024-02", where="start=2024-01-01") == 3
    assert metric("MRR", frame, "2024-02", where="start<>2024-01-01") == 12
    assert metric("MRR", frame, "2024-02") == 15


@pytest.mark.parametrize("quoted", ["'Pro'", '"Pro"'])
def test_a_value_has_no_quotes(quoted: str) -> None:
    with pytest.raises(MrrError) as error:
        metric("MRR", TABLE, "2024-01", where=f"plan={quoted}")
    assert str(error.value) == f"no row has plan = {quoted}; the column has Basic, Pro; write it without quotes"


@pytest.mark.parametrize("where", [["plan<>Pro"], ("plan=Pro", "start=2024-01-01"), {"plan": "Pro"}, {"plan=Pro"}])
def test_a_condition_is_a_text(where: object) -> None:
    """A list was read as its text: "no row has ['plan = Pro']"."""
    with pytest.raises(MrrError, match=r" can't be read; write it as plan=Pro or region<>US$"):
        metric("MRR", TABLE, "2024-01", where=where)
