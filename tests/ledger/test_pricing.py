"""Amount, interval, quantity and discount → MRR."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrr_xl import MrrError, from_arpa, metric, monthly
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.pricing import share_of_month
from support.ledgers import ledger
from support.oracle import ENGINES

KNOWN = "write day, week, month, quarter or year, or a count of them such as '3 months'"

#: The prices in Kill Bill's tests (https://github.com/killbill/killbill, Apache-2.0) and the MRR that they assert.
KILL_BILL = """
    NO_BILLING_PERIOD 369.95=0.0000 429.95=0.0000 999.95=0.0000 2300=0.0000

    MONTHLY 2.95=2.9500 3.95=3.9500 6.95=6.9500 7=7.0000 7.95=7.9500 9=9.0000 9.95=9.9500 11.95=11.9500
            12.45=12.4500 12.95=12.9500 14.95=14.9500 15=15.0000 16.95=16.9500 19=19.0000 19.95=19.9500
            24.95=24.9500 29=29.0000 29.95=29.9500 31=31.0000 34.95=34.9500 39=39.0000 39.95=39.9500 49=49.0000
            49.95=49.9500 59.95=59.9500 79=79.0000 99=99.0000 139=139.0000 209=209.0000 229=229.0000
            274.50=274.5000 549=549.0000

    ANNUAL 18.29=1.5242 19.95=1.6625 29.95=2.4958 49=4.0833 59=4.9167 149.95=12.4958 159.95=13.3292
           169.95=14.1625 183.29=15.2742 199.95=16.6625 219.95=18.3292 239.90=19.9917 249.95=20.8292 319=26.5833
           349.95=29.1625 399=33.2500 399.95=33.3292 458.29=38.1908 499.95=41.6625 549.95=45.8292 599.90=49.9917
           599.95=49.9958 624.95=52.0792 799=66.5833 999=83.2500 2299=191.5833 5499=458.2500
"""
PRICES = [
    (period, *price.split("="))
    for period, *prices in (block.split() for block in KILL_BILL.strip().split("\n\n"))
    for price in prices
]


@pytest.mark.parametrize(
    ("interval", "share"),
    [
        ("year", "1/12"),
        ("quarter", "1/3"),
        ("month", "1"),
        ("week", "52/12"),
        ("day", "365/12"),
        ("1 month", "1"),
        ("3 months", "1/3"),
        ("6 months", "1/6"),
        ("2 quarters", "1/6"),
        ("2 years", "1/24"),
        ("2 weeks", "52/24"),
        ("30 days", "365/360"),
        ("every 3 months", "1/3"),
        ("3-month", "1/3"),
        ("per month", "1"),
        ("/ year", "1/12"),
        ("/mo", "1"),
        ("  Per   Year ", "1/12"),
        ("daily", "365/12"),
        ("weekly", "52/12"),
        ("fortnightly", "52/24"),
        ("Monthly", "1"),
        ("QUARTERLY", "1/3"),
        ("semiannual", "1/6"),
        ("half-yearly", "1/6"),
        ("annual", "1/12"),
        ("Annually", "1/12"),
        ("yr", "1/12"),
        ("biennial", "1/24"),
        ("zweimonatlich", "1/2"),
        ("halbj.", "1/6"),
        ("jährl.", "1/12"),
        ("vierteljährl.", "1/3"),
        ("mtl.", "1"),
        ("p.a.", "1/12"),
        ("1/2-jährlich", "1/6"),
        ("½ jährlich", "1/6"),
        ("1/4-jährlich", "1/3"),
        ("2x jährlich", "1/6"),
        ("4 mal im Jahr", "1/3"),
        ("12 times a year", "1"),
        ("1 x jährlich", "1/12"),
        ("alle 6 Mon.", "1/6"),
        ("jährlich im Voraus", "1/12"),
        ("Quarterly (in advance)", "1/3"),
        ("monatlich, vorschüssig", "1"),
        ("Bimestriel", "1/2"),
        ("bimestral", "1/2"),
        ("cuatrimestral", "1/4"),
        ("semestre", "1/6"),
        ("semestrielle", "1/6"),
        ("zweijährlich", "1/24"),
        ("bienal", "1/24"),
        ("triennal", "1/36"),
        ("triennial", "1/36"),
        ("once", "0"),
        ("One-time", "0"),
    ],
)
def test_an_interval_gives_one_months_share(interval, share):
    assert share_of_month(interval) == Fraction(share)


@pytest.mark.parametrize(
    "interval",
    [
        "fortnite",
        "biannual",
        "5x jährlich",
        "1/3-jährlich",
        "im Voraus",
        "quart.",
        "HJ",
        "PA",
        "0 months",
        "-1 month",
        "1.5 years",
        "months 3",
        "12",
        "one",
    ],
)
def test_an_unknown_interval_is_an_error_and_never_a_month(interval):
    with pytest.raises(MrrError) as error:
        share_of_month(interval)
    assert str(error.value) == f"'{interval}' is not a known interval; {KNOWN}"


@pytest.mark.parametrize("interval", ["", "   ", None])
def test_a_blank_interval_is_an_error_and_never_a_month(interval):
    with pytest.raises(MrrError) as error:
        share_of_month(interval)
    assert str(error.value) == f"the interval is blank; {KNOWN}"


def to_4_places(mrr: float) -> str:
    return str(Decimal(str(mrr)).quantize(Decimal("0.0001"), ROUND_HALF_UP))


@pytest.mark.parametrize(("interval", "price", "mrr"), PRICES)
def test_a_price_of_kill_bill_gives_the_mrr_that_its_tests_assert(interval, price, mrr):
    assert to_4_places(monthly(price, interval)) == mrr


@pytest.mark.parametrize("price", [price for interval, price, _ in PRICES if interval == "MONTHLY"])
def test_a_monthly_price_is_its_own_mrr(price):
    assert monthly(price, "MONTHLY") == float(price)


def test_a_ledger_of_kill_bills_prices_gives_the_same():
    columns = {
        "customer": [f"{place:02}" for place in range(len(PRICES))],
        "start": ["2024-01-01"] * len(PRICES),
        "interval": [interval for interval, _, _ in PRICES],
        "price": [price for _, price, _ in PRICES],
    }
    detail = metric("MRR_DETAIL", pl.DataFrame(columns), "2024-01", movement="new")
    found = dict(zip(detail["customer"], detail["change"]))
    assert [to_4_places(found.get(name, 0.0)) for name in columns["customer"]] == [mrr for _, _, mrr in PRICES]


@pytest.mark.parametrize(
    ("amount", "interval", "mrr"), [(300, "3 months", 100.0), (2400, "2 years", 100.0), (50, "2 weeks", 108.333333)]
)
def test_polars_counted_intervals_give_its_monthly_figures(amount, interval, mrr):
    """Polar (https://github.com/polarsource/polar, Apache-2.0): 300 / 3 months, 2,400 / 2 years, 50 / 2 weeks."""
    assert monthly(amount, interval) == mrr


@pytest.mark.parametrize(
    ("arguments", "mrr"),
    [
        ((100,), 100.0),
        ((0,), 0.0),
        (("1200.50", "month"), 1200.5),
        ((500, "year", 4), 166.666667),
        ((100, "month", 3, 0.2), 240.0),
        ((100, "month", 3, "20%"), 240.0),
        ((100, "month", 1, 1), 0.0),
        ((100, "month", 0), 0.0),
        ((1, "day"), 30.416667),
        ((0.000006, "year"), 0.000001),  # half a millionth is rounded up
        ((0.000005, "year"), 0.0),
        ((1e12, "month"), 1e12),
    ],
)
def test_a_price_is_shared_out_and_rounded_half_up_to_its_millionth(arguments, mrr):
    assert monthly(*arguments) == mrr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ten",), "'ten' is not an amount; write a plain number such as 1200.50"),
        (("1,200",), "'1,200' is not an amount; write a plain number such as 1200.50"),
        ((None,), "'None' is not an amount; write a plain number such as 1200.50"),
        ((True,), "'True' is not an amount; write a plain number such as 1200.50"),
        ((float("nan"),), "nan is not an amount; write a plain number such as 1200.50"),
        ((float("inf"),), "inf is not an amount; write a plain number such as 1200.50"),
        ((-5,), "-5 is negative; enter reductions as a discount"),
        ((-0.01,), "-0.01 is negative; enter reductions as a discount"),
        ((5, "month", -2), "-2 is negative; enter reductions as a discount"),
        ((0, "month", -0.5), "-0.5 is negative; enter reductions as a discount"),
        ((5, "month", "two"), "'two' is not a quantity; write a plain number such as 1200.50"),
        ((5, "month", 1, 20), "20 is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %"),
        ((5, "month", 1, 1.01), "1.01 is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %"),
        ((5, "month", 1, -0.1), "-0.1 is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %"),
        ((5, "month", 1, "half"), "'half' is not a discount; write a plain number such as 1200.50"),
        ((2e12,), "2000000000000.0 is too large; an MRR above 1,000,000,000,000 cannot be summed exactly"),
        ((5, "fortnite"), f"'fortnite' is not a known interval; {KNOWN}"),
        ((5, ""), f"the interval is blank; {KNOWN}"),
    ],
)
def test_a_price_that_is_none_is_named(arguments, message):
    with pytest.raises(MrrError) as error:
        monthly(*arguments)
    assert str(error.value) == message


def test_mrr_from_an_average_is_customers_times_average_revenue_over_months():
    """The average-revenue form of MRR: 50 customers who pay 600 a year on average."""
    assert metric("MRR_FROM_ARPA", customers=50, average_revenue=600, months=12) == 2500.0
    assert from_arpa("50", "50") == 2500.0
    assert from_arpa(0, 600, 12) == 0.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((50, 600, 0), "0 months is not a period; write 1 for a month or 12 for a year"),
        ((50, 600, -1), "-1 months is not a period; write 1 for a month or 12 for a year"),
        (("many", 600), "'many' is not a number of customers; write a plain number such as 1200.50"),
        ((50, "much"), "'much' is not an average revenue; write a plain number such as 1200.50"),
        ((50, 600, "year"), "'year' is not a number of months; write a plain number such as 1200.50"),
    ],
)
def test_an_average_that_is_none_is_named(arguments, message):
    with pytest.raises(MrrError) as error:
        from_arpa(*arguments)
    assert str(error.value) == message


def test_a_slip_in_an_argument_of_plain_arithmetic_is_an_error():
    assert metric("MRR_MONTHLY", amount=1200, interval="year") == 100.0
    with pytest.raises(MrrError) as error:
        metric("MRR_MONTHLY", amount=1200, intervall="year")
    assert str(error.value) == "MRR_MONTHLY has no argument intervall; it has amount, interval, quantity, discount"


cents = st.integers(0, 10_000_000).map(lambda number: Decimal(number) / 100)
lines = st.tuples(
    cents,
    st.sampled_from(["day", "week", "2 weeks", "month", "quarter", "year", "2 years", "7 months"]),
    st.integers(0, 1000),
    st.integers(0, 100).map(lambda percent: Decimal(percent) / 100),
)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(lines, min_size=1, max_size=20))
def test_a_ledgers_lines_are_priced_to_the_exact_millionth_as_one_price_is(lines):
    """Half up, once, in whole numbers: Σ over lines is exact for every engine."""
    months_of = {
        "day": Fraction(12, 365), "week": Fraction(12, 52), "2 weeks": Fraction(24, 52), "month": Fraction(1),
        "quarter": Fraction(3), "year": Fraction(12), "2 years": Fraction(24), "7 months": Fraction(7),
    }  # fmt: skip
    exact = [
        int(Fraction(amount) * quantity * (1 - Fraction(discount)) / months_of[interval] * 1_000_000 + Fraction(1, 2))
        for amount, interval, quantity, discount in lines
    ]
    table = pl.DataFrame(
        {
            "customer": [str(place) for place in range(len(lines))],
            "start": ["2024-01-01"] * len(lines),
            "amount": [float(line[0]) for line in lines],
            "interval": [line[1] for line in lines],
            "quantity": [line[2] for line in lines],
            "discount": [float(line[3]) for line in lines],
        }
    )
    assert read_ledger(table).frame["mrr"].to_list() == exact
    assert [round(monthly(*line) * 1_000_000) for line in lines] == exact


def test_a_line_without_an_interval_column_is_a_months_price():
    table = ledger("""
        customer  start       amount  quantity  discount
        A         2024-01-01  10.50   3         0.5
        B         2024-01-01  10.50   3         50%
    """)
    assert read_ledger(table).frame["mrr"].to_list() == [15_750_000, 15_750_000]


def test_a_column_says_for_how_many_intervals_an_amount_is():
    table = ledger("""
        customer  start       amount  interval  interval_count
        A         2024-01-01  300     month     3
        B         2024-01-01  2400    year      2
        C         2024-01-01  50      week      -
    """)
    assert read_ledger(table).frame["mrr"].to_list() == [100_000_000, 100_000_000, 216_666_667]


def test_the_first_and_the_last_number_of_intervals_quantity_and_discount_that_count():
    table = ledger("""
        customer  start       amount  interval  interval_count  quantity  discount
        A         2024-01-01  1000    month     1               0.5       0
        B         2024-01-01  1000    month     1000            0         0
        C         2024-01-01  1000    month     1000            1         0
        D         2024-01-01  1000    month     999             999       1
        E         2024-01-01  1000    month     999             999       0
    """)
    assert read_ledger(table).frame["mrr"].to_list() == [500_000_000, 0, 1_000_000, 0, 1_000_000_000]


COUNTED = "is not a number of intervals; write a whole number from 1 to 1000"
NOT_A_SHARE = "is not a discount; write a fraction from 0 to 1, such as 0.2 for 20 %"


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("interval_count", "0", COUNTED),
        ("interval_count", "0.5", COUNTED),
        ("interval_count", "-1", COUNTED),
        ("interval_count", "1001", COUNTED),
        ("interval_count", "1000.5", COUNTED),
        ("interval_count", "2.5", COUNTED),
        ("quantity", "-0.5", "is negative; a quantity is 0 or more"),
        ("discount", "1.000001", NOT_A_SHARE),
        ("discount", "1.5", NOT_A_SHARE),
        ("discount", "-0.000001", NOT_A_SHARE),
    ],
)
def test_the_next_number_is_refused(column: str, value: str, message: str):
    with pytest.raises(MrrError) as error:
        read_ledger(ledger(f"customer start amount interval {column} \n A 2024-01-01 5 month {value}"))
    assert str(error.value) == f"row 2, column {column}: '{value}' {message}"


@pytest.mark.parametrize("engine", ["polars", "pandas", "duckdb"])
def test_a_ledger_may_have_hundreds_of_intervals(engine: str) -> None:
    """Expressions within expressions end at some 250."""
    counts = range(1, 401)
    frame = pl.DataFrame(
        {
            "customer": [f"c{count}" for count in counts],
            "start": [dt.date(2024, 1, 1)] * 400,
            "amount": [10.0 * count for count in counts],
            "interval": [f"{count} months" for count in counts],
        }
    )
    assert metric("MRR", ENGINES[engine](frame), "2024-01") == 4000
