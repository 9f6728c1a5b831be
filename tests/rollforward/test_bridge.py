"""Quarters, years and the last twelve months: the difference between a period's ends, customer by customer."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric, movements
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.rates import read_rates
from mrr_xl.metrics import find
from mrr_xl.metrics.evaluate import values_at
from mrr_xl.metrics.segments import PARTS, segment_movements
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import phases
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.movements import COUNTED
from mrr_xl.settings import LENGTHS, Settings
from support.ledgers import ledger
from support.oracle import (
    ENGINES,
    Month,
    Rules,
    frame_of,
    lines_at_random,
    many_lines,
    mrr_by_month,
    repeatably,
    some_lines,
    throughs,
)

MONEY = ["opening", *MOVEMENTS, "closing"]
#: Up and down within a quarter, out and back within one, in and out within one, and a return in a later one.
MOVED = """
    customer  start       end         mrr  product
    Ada       2024-01-10  -           100  CRM
    Ada       2024-02-05  2024-03-05  60   Chat
    Ada       2024-05-02  -           40   Chat
    Ben       2024-01-10  2024-04-03  50   CRM
    Ben       2024-05-20  -           80   CRM
    Cem       2024-02-01  2024-03-01  30   CRM
    Cem       2024-08-01  -           30   CRM
    Dee       2024-03-03  2024-07-01  20   CRM
    Eve       2024-03-03  -           90   CRM
    Eve       2024-03-03  2024-09-15  25   Chat
"""


def rolled(table, **settings) -> dict[str, dict[str, float]]:
    """For each period the movements that are not 0, its opening and its closing."""
    found = {}
    for row in movements(table, through="2024-12", **settings).to_dict("records"):
        shown = {name: row[name] for name in MONEY if row[name] or name in ("opening", "closing")}
        found[str(row.get("period", row["month"]))] = shown
    return found


def test_a_quarter_is_the_difference_between_its_ends_and_not_the_sum_of_its_months():
    """Ada's 60 came and went within the first quarter, and Cem with 30; Ben left in April and was back in June."""
    assert rolled(ledger(MOVED), period="quarter") == {
        "2024-Q1": {"opening": 0.0, "new": 285.0, "closing": 285.0},  # Ada 100, Ben 50, Dee 20, Eve 90 + 25
        "2024-Q2": {"opening": 285.0, "expansion": 70.0, "closing": 355.0},  # Ada + 40, Ben 50 → 80
        # Cem had MRR before, in a month of the first quarter. Eve gave up Chat.
        "2024-Q3": {"opening": 355.0, "reactivation": 30.0, "contraction": -25.0, "churn": -20.0, "closing": 340.0},
        "2024-Q4": {"opening": 340.0, "closing": 340.0},
    }


def test_the_sums_of_the_months_stand_beside_it():
    table = movements(ledger(MOVED), period="quarter", through="2024-12").set_index("period")
    gross = table[[f"gross_{name}" for name in MOVEMENTS]]
    assert gross.loc["2024-Q1"].tolist() == [315.0, 0.0, 60.0, -60.0, -30.0]
    assert gross.loc["2024-Q2"].tolist() == [0.0, 80.0, 40.0, 0.0, -50.0]
    assert gross.sum(axis=1).tolist() == table["net_new"].tolist()
    names = {"2024-04": "expansion", "2024-05": "churn", "2024-06": "reactivation"}
    for month, name in names.items():
        wanted = gross.loc["2024-Q2", f"gross_{name}"]
        assert metric("MRR_GROSS_MOVEMENT", ledger(MOVED), month, movement=name, period="quarter") == wanted
    assert metric("MRR_GROSS_MOVEMENT", ledger(MOVED), "2024-05", period="quarter") == 70.0
    assert metric("MRR_GROSS_MOVEMENT", ledger(MOVED), "2024-05", movement="Churn") == 0.0
    assert metric("MRR_GROSS_MOVEMENT", ledger(MOVED), "2024-04", movement="churn") == -50.0


def test_a_year_a_fiscal_year_and_the_last_twelve_months():
    table = ledger("""
        customer  start       end         mrr
        Ada       2022-11-01  2024-02-01  10
        Ben       2023-02-01  -           20
        Ben       2023-06-01  2024-06-01  5
        Cem       2023-05-01  2023-08-01  40
    """)
    assert rolled(table, period="year") == {
        "2022": {"opening": 0.0, "new": 10.0, "closing": 10.0},
        "2023": {"opening": 10.0, "new": 25.0, "closing": 35.0},
        "2024": {"opening": 35.0, "contraction": -5.0, "churn": -10.0, "closing": 20.0},
    }
    assert rolled(table, period="fiscal_year", fiscal_year_begins=4) == {
        "FY2023": {"opening": 0.0, "new": 30.0, "closing": 30.0},
        "FY2024": {"opening": 30.0, "expansion": 5.0, "churn": -10.0, "closing": 25.0},
    }
    assert list(rolled(table, period="fiscal_quarter", fiscal_year_begins="February"))[:3] == [
        "FY2023-Q4", "FY2024-Q1", "FY2024-Q2",
    ]  # fmt: skip
    trailing = rolled(table, period="last_twelve_months")
    assert list(trailing)[:2] == ["2022-11", "2022-12"] and len(trailing) == 26
    assert trailing["2023-07"] == {"opening": 0.0, "new": 75.0, "closing": 75.0}
    assert trailing["2024-01"] == {"opening": 10.0, "new": 25.0, "closing": 35.0}
    assert trailing["2024-06"] == {"opening": 75.0, "contraction": -5.0, "churn": -50.0, "closing": 20.0}


def test_a_month_in_a_cell_stands_for_its_period():
    quarter = {"period": "quarter", "through": "2024-12"}
    for month in ("2024-04", "2024-05-17", pd.Period("2024-06"), pd.Period("2024Q2")):
        assert metric("MRR_EXPANSION", ledger(MOVED), month, **quarter) == 70.0
        assert metric("MRR_OPENING", ledger(MOVED), month, **quarter) == 285.0
        assert metric("MRR", ledger(MOVED), month, **quarter) == 355.0
    series = metric("MRR_CHURN", ledger(MOVED), ["2023-11", "2024-02", "2024-07", "2025-01"], **quarter)
    assert series.tolist()[:3] == [0.0, 0.0, -20.0] and pd.isna(series.iloc[3])


def test_rates_are_those_of_the_period():
    quarter = {"period": "quarter", "through": "2024-12"}
    assert metric("MRR_GROWTH", ledger(MOVED), "2024-08", **quarter) == -15 / 355
    assert metric("MRR_LOGO_CHURN", ledger(MOVED), "2024-08", **quarter) == 1 / 4
    assert metric("MRR_GROSS_CHURN_RATE", ledger(MOVED), "2024-08", **quarter) == 45 / 355
    assert metric("MRR_QUICK_RATIO", ledger(MOVED), "2024-08", **quarter) == 30 / 45
    assert metric("MRR_ASP", ledger(MOVED), "2024-01", **quarter) == 285 / 4


def test_what_looks_back_over_months_is_as_at_the_periods_last_month():
    """Retention, growth over twelve months, LTV and committed MRR have a span of their own."""
    table = ledger(MOVED)
    for name in ("MRR_NRR", "MRR_GRR", "MRR_LOGO_RETENTION", "MRR_CMGR"):
        for months in (1, 3, 5):
            of_month = metric(name, table, "2024-09", months=months, through="2024-12")
            assert metric(name, table, "2024-08", months=months, period="quarter", through="2024-12") == of_month
    for name in ("MRR_GROWTH_YOY", "MRR_LTV", "MRR_COMMITTED", "MRR_HHI"):
        by_month = metric(name, table, "2024-09", through="2024-12")
        by_quarter = metric(name, table, "2024-07", period="quarter", through="2024-12")
        assert by_quarter == by_month or (pd.isna(by_quarter) and pd.isna(by_month))


def test_a_period_that_is_not_over_is_not_reported():
    table = ledger(MOVED)
    assert str(metric("MRR_LAST_MONTH", table, period="quarter", through="2024-08")) == "2024-06"
    assert pd.isna(metric("MRR", table, "2024-07", period="quarter", through="2024-08"))
    quarters = movements(table, period="quarter", through="2024-08")
    assert [list(quarters.columns[:2]), list(quarters["period"])] == [["period", "month"], ["2024-Q1", "2024-Q2"]]
    assert movements(table, period="year", through="2024-11").empty
    sentence = "2024-07 is after 2024-06, the last month reported; to report it, set through to 2024-09"
    with pytest.raises(MrrError, match=f"^{sentence}$"):
        metric("MRR_DETAIL", table, "2024-07", period="quarter", through="2024-08")
    answers = metric("MRR_CHECKS", table, period="quarter", through="2024-08").set_index("check")["says"]
    assert answers["movements make the closing"] == "in 2 periods, to the last millionth"
    assert answers["start after the report"] == "the report ends with 2024-06"


def test_the_customers_behind_a_quarter():
    shown = metric("MRR_DETAIL", ledger(MOVED), "2024-04", period="quarter", through="2024-12")
    assert shown.values.tolist() == [["Ada", "expansion", 100.0, 140.0, 40.0], ["Ben", "expansion", 50.0, 80.0, 30.0]]
    shown = metric("MRR_DETAIL", ledger(MOVED), "2024-09", movement="contraction", period="quarter", through="2024-12")
    assert shown.values.tolist() == [["Eve", "contraction", 115.0, 90.0, -25.0]]


def test_segments_of_a_quarter():
    shown = metric("MRR_SEGMENTS", ledger(MOVED), "2024-08", by="product", period="quarter", through="2024-12")
    shown = shown.set_index("segment")[["opening", "reactivation", "contraction", "churn", "closing"]]
    assert shown.loc["CRM"].tolist() == [290.0, 30.0, 0.0, -20.0, 300.0]
    assert shown.loc["Chat"].tolist() == [65.0, 0.0, -25.0, 0.0, 40.0]


def test_products_of_a_quarter():
    """In the second quarter Ada has Chat for the first time at a quarter's end, but had it in February."""
    quarter = {"period": "quarter", "through": "2024-12"}
    months = ["2024-06", "2024-09"]
    assert metric("MRR_UPSELL", ledger(MOVED), months, **quarter).tolist() == [70.0, 0.0]
    assert metric("MRR_CROSS_SELL", ledger(MOVED), months, **quarter).tolist() == [0.0, 0.0]
    assert metric("MRR_PRODUCT_CHURN", ledger(MOVED), months, **quarter).tolist() == [0.0, -25.0]
    assert metric("MRR_DOWNSELL", ledger(MOVED), months, **quarter).tolist() == [0.0, 0.0]


def test_with_gross_netting_a_quarter_is_the_sum_of_its_days():
    table = rolled(ledger(MOVED), period="quarter", netting="gross")
    assert table["2024-Q2"] == {
        "opening": 285.0, "reactivation": 80.0, "expansion": 40.0, "churn": -50.0, "closing": 355.0,
    }  # fmt: skip


def test_who_is_back_after_too_long_is_new_in_the_quarter_too():
    table = ledger("""
        customer  start       end         mrr
        Ada       2024-01-01  2024-02-10  10
        Ada       2024-07-01  2024-08-15  10
        Ada       2024-08-20  -           30
    """)
    assert rolled(table, period="quarter")["2024-Q3"] == {"opening": 0.0, "reactivation": 30.0, "closing": 30.0}
    assert rolled(table, period="quarter", reactivation_days=90)["2024-Q3"] == {
        "opening": 0.0, "new": 30.0, "closing": 30.0,
    }  # fmt: skip


def test_exchange_rates_by_month_are_those_of_the_periods_ends():
    """100 USD run through: 80 at the end of March, 95 at the end of June, whatever the rate was in between."""
    table = ledger("""
        customer  start       mrr  currency
        Ada       2024-01-10  100  USD
        Ben       2024-05-10  50   USD
        Cem       2024-01-10  10   EUR
    """)
    rates = [("EUR", None, 1)] + [
        ("USD", f"2024-0{month}", rate) for month, rate in enumerate((0.9, 0.7, 0.8, 0.2, 0.5, 0.95), 1)
    ]
    rates = pd.DataFrame(rates, columns=["currency", "month", "rate"])
    shown = movements(table, rates=rates, period="quarter", through="2024-06").set_index("period")
    assert shown.loc["2024-Q1", ["opening", "new", "fx", "closing"]].tolist() == [0.0, 90.0, 0.0, 90.0]
    assert shown.loc["2024-Q2", ["opening", "new", "fx", "closing"]].tolist() == [90.0, 47.5, 15.0, 152.5]
    gross = shown[[name for name in shown.columns if name.startswith("gross_")]].sum(axis=1)
    assert gross.tolist() == [90.0, 62.5]


def test_a_schedule_is_of_months_whatever_the_period_is():
    """As the rest of the report, it ends with the last period that is over."""
    shown = metric("MRR_SCHEDULE", ledger(MOVED), period="quarter", through="2024-08")
    assert [str(column) for column in shown.columns[1:]] == [f"2024-0{month}" for month in range(1, 7)]
    assert shown.set_index("customer").loc["Cem"].tolist() == [0.0, 30.0, 0.0, 0.0, 0.0, 0.0]
    of_one = {"first_month": "2024-02", "last_month": "2024-02"}
    by_quarter = metric("MRR_SCHEDULE", ledger(MOVED), period="quarter", **of_one)
    assert by_quarter.equals(metric("MRR_SCHEDULE", ledger(MOVED), **of_one)) and by_quarter.shape == (3, 2)


@pytest.mark.parametrize("period", ["month", "quarter", "last_twelve_months"])
def test_rates_by_month_give_a_column_fx_in_its_place_whatever_moved(period):
    table = ledger("""
        customer  start       end         mrr  currency
        Ada       2024-05-10  2024-06-10  100  USD
    """)
    months = [f"2024-0{month}" for month in range(5, 7)]
    rates = pd.DataFrame({"currency": "USD", "month": months, "rate": [0.5, 0.6]})
    shown = movements(table, rates=rates, period=period, through="2024-06")
    columns = list(shown.columns)
    assert columns[columns.index("churn") + 1 : columns.index("churn") + 3] == ["fx", "closing"]


def test_exchange_rates_by_month_over_the_last_twelve_months():
    """Ada's 100 USD: 90 at the end of March 2023, 20 of them gone at that rate; Ben's 50 USD came in between."""
    table = ledger("""
        customer  start       end         mrr  currency
        Ada       2023-01-10  2023-09-10  100  USD
        Ada       2023-09-10  -           80   USD
        Ben       2023-06-10  -           50   USD
    """)
    rate = {"2023-03": 0.9, "2024-03": 0.8}
    months = pd.period_range("2023-01", "2024-03", freq="M").astype(str)
    rates = [("USD", month, rate.get(month, 2)) for month in months]
    shown = movements(table, rates=rates, period="last_twelve_months", through="2024-03").set_index("month")
    row = shown.loc["2024-03", ["opening", "new", "contraction", "fx", "closing"]]
    assert row.tolist() == [90.0, 40.0, -18.0, -8.0, 104.0]


def test_what_exchange_rates_did_to_large_amounts_is_exact_where_other_periods_moved_nothing():
    """Ada's and Ben's MRR of one month each year; of the twelve months to April 2023, and so on, there is nothing."""
    table = ledger("""
        customer  start       end         mrr           currency
        Ada       2023-03-01  2023-04-01  400000000000  USD
        Ada       2024-03-01  2024-04-01  400000000000  USD
        Ben       2023-03-01  2023-04-01  1             GBP
        Ben       2024-03-01  2024-04-01  1             GBP
    """)
    rates = [("USD", "2023-03", 1), ("USD", "2024-03", 2), ("GBP", "2023-03", 1), ("GBP", "2024-03", 1.000001)]
    settings = Settings.of({"period": "last_twelve_months", "through": "2024-03"})
    book = Book(read_ledger(table, rates=read_rates(rates)), settings)
    assert book.by_period["fx"].to_dict()[2024 * 12 + 2] == 400_000_000_000_000_001


# Every customer looked at

periods = st.sampled_from(list(LENGTHS))
begins = st.integers(1, 12)


def ends_of(settings: Settings, last: int) -> list[int]:
    """The ends of the periods from the year before the data on, counted in months; said in another way."""
    length = LENGTHS[settings.period]
    if settings.period in ("month", "last_twelve_months"):
        return list(range(2022 * 12, last + 1))
    first = settings.fiscal_year_begins - 1 if "fiscal" in settings.period else 0
    return [end for end in range(2022 * 12, last + 1) if (end + 1 - first) % length == 0]


def looked_at(lines, settings: Settings, through: Month) -> dict[int, dict[str, int]]:
    """Each period's movements from every customer's MRR at its ends; those without any are left out."""
    whole = mrr_by_month(lines, Rules(), through)
    last, length = through.year * 12 + through.number - 1, LENGTHS[settings.period]
    months = len(next(iter(whole.values()), []))
    found = {}
    for end in ends_of(settings, last):
        row = dict.fromkeys([*MOVEMENTS, *(f"{name}_customers" for name in COUNTED.values())], 0)
        for mrrs in whole.values():
            place = end - last + months - 1
            after = mrrs[place] if place >= 0 else 0
            before = mrrs[place - length] if place >= length else 0
            known = any(mrrs[: max(place - length + 1, 0)])
            if after == before:
                continue
            if not before:
                name = "reactivation" if known else "new"
            else:
                name = "churn" if not after else "expansion" if after > before else "contraction"
            row[name] += after - before
            row[f"{COUNTED[name]}_customers"] += 1
        if any(row.values()):
            found[end] = row
    return found


def computed(book: Book) -> dict[int, dict[str, int]]:
    names = [*MOVEMENTS, *(f"{name}_customers" for name in COUNTED.values())]
    rows = book.by_period[names].to_dict("index")
    return {end: row for end, row in rows.items() if any(row.values())}


@lines_at_random
@repeatably(40)
@given(lines=some_lines(), through=throughs, period=periods, first=begins)
def test_every_customer_looked_at_at_the_ends_gives_the_same(lines, through, period, first):
    settings = Settings.of({"period": period, "fiscal_year_begins": first, "through": str(through)})
    assert computed(Book(read_ledger(frame_of(lines)), settings)) == looked_at(lines, settings, through)


@lines_at_random
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("period", ["quarter", "fiscal_year", "last_twelve_months"])
def test_every_engine_gives_the_same(engine, period):
    lines, through = many_lines(100), Month(2024, 8)
    settings = Settings.of({"period": period, "fiscal_year_begins": 5, "through": str(through)})
    assert computed(Book(read_ledger(ENGINES[engine](frame_of(lines))), settings)) == looked_at(
        lines, settings, through
    )


some_settings = st.fixed_dictionaries(
    {
        "as_of": st.sampled_from(["month_end", "month_start", "any_day"]),
        "grace_days": st.sampled_from([0, 10]),
        "reactivation_days": st.sampled_from(["unlimited", 10, 31]),
        "netting": st.sampled_from(["net", "gross"]),
        "period": periods,
        "fiscal_year_begins": begins,
    }
)


@lines_at_random
@pytest.mark.parametrize("engine", ["polars", "pandas"])
@repeatably(10)
@given(lines=some_lines(), through=throughs, rules=some_settings)
def test_the_identities_hold_to_the_last_millionth(engine, lines, through, rules):
    table = ENGINES[engine](frame_of(lines).with_columns(product=frame_of(lines)["plan"]))
    book = Book(read_ledger(table), Settings.of(rules | {"through": str(through)}))
    rolled = book.by_period
    assert (rolled["opening"] + rolled[list(MOVEMENTS)].sum(axis=1)).tolist() == rolled["closing"].tolist()
    monthly = book.movements.reindex(rolled.index, fill_value=0)
    assert rolled["closing"].tolist() == monthly["closing"].tolist()
    assert rolled["closing_customers"].tolist() == monthly["closing_customers"].tolist()
    came = rolled["new_customers"] + rolled["reactivated_customers"] - rolled["churned_customers"]
    assert (rolled["opening_customers"] + came).tolist() == rolled["closing_customers"].tolist()
    assert (rolled[["new", "reactivation", "expansion"]] >= 0).all(axis=None)
    assert (rolled[["contraction", "churn"]] <= 0).all(axis=None)

    def millionths(name: str) -> list[int]:
        return [round(value * 1e6) for value in values_at(find(name), book, list(rolled.index))]

    assert millionths("MRR_GROSS_MOVEMENT") == rolled["net_new"].tolist()
    for parts, whole in ((("UPSELL", "CROSS_SELL"), "expansion"), (("DOWNSELL", "PRODUCT_CHURN"), "contraction")):
        one, other = (millionths(f"MRR_{part}") for part in parts)
        assert [a + b for a, b in zip(one, other)] == rolled[whole].tolist()
        assert all((a >= 0 and b >= 0) if whole == "expansion" else (a <= 0 and b <= 0) for a, b in zip(one, other))
    for phase in phases(book.settings):
        long = segment_movements(book, "plan", phase)
        ours = rolled[rolled.index % LENGTHS[book.settings.period] == phase]
        sums = long.groupby("month")[["opening", *PARTS, "closing"]].sum().reindex(ours.index, fill_value=0)
        for name in MONEY:
            assert sums[name].tolist() == ours[name].tolist()
        assert (sums["transfer_in"] + sums["transfer_out"]).eq(0).all()
        assert (long["opening"] + long[list(PARTS)].sum(axis=1)).tolist() == long["closing"].tolist()
