"""What template and fill put into a workbook means the same there: its figures are those of the file itself."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.table import Table

import mrr_xl
from mrr_xl import MrrError, Settings
from mrr_xl.errors import MrrWarning
from mrr_xl.filling.fill import Filled, fill
from mrr_xl.filling.lines import lines_for
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.report import write_template
from mrr_xl.rollforward.book import Book, open_book
from mrr_xl.sources import table_from_rows

MONTHS = 12
#: The table of our own report.
OURS = ["Customer", "Plan", "Region", "Start", "End", "Amount", "Interval", "Quantity", "Discount", "Status"]
SHOWN = {
    "Opening MRR": "opening", "New": "new", "Expansion": "expansion", "Reactivation": "reactivation",
    "Contraction": "contraction", "Churn": "churn", "Closing MRR": "closing",
}  # fmt: skip
RATES = "currency,rate\nEUR,1\nUSD,0.5\n"

#: What a file says, and its closing MRR, month by month.
FILES: dict[str, tuple[str, list[float]]] = {
    "a schedule with quantities and discounts": (
        """
        customer,month,unit_price,quantity,discount
        Ada,2024-01,10,5,50 %
        Ada,2024-02,10,8,50 %
        """,
        [25, 40],
    ),
    "a schedule with intervals": (
        """
        customer,month,amount,interval
        Ada,2024-01,1200,year
        Bob,2024-01,500,once
        Ada,2024-02,1200,year
        """,
        [100, 100],
    ),
    "a schedule with kinds": (
        """
        customer,month,amount,kind
        Ada,2024-01,100,recurring
        Ada,2024-01,500,setup
        """,
        [100],
    ),
    "a schedule with a paused customer": (
        """
        customer,month,mrr,status
        Ada,2024-01,100,active
        Bob,2024-01,70,paused
        Ada,2024-02,100,active
        Ada,2024-03,100,active
        """,
        [100, 100, 100],
    ),
    "a schedule with days of its own": (
        """
        customer,month,mrr,cancelled at,contract end
        Ada,2024-01,100,2024-01-15,2024-01-20
        Ada,2024-02,100,,
        """,
        [100, 100],
    ),
    "percentages": (
        """
        customer,start,amount,discount_percent
        Ada,2024-01-01,99.99,20 %
        Bob,2024-01-01,99.99,20
        Cyd,2024-01-01,10,0.5%
        """,
        [169.934],
    ),
    "an interval under another name": (
        """
        customer,start,amount,billing
        Ada,2024-01-01,1200,Annual
        Bob,2024-01-01,100,Monthly
        """,
        [200],
    ),
    "counted intervals": (
        """
        customer,start,amount,plan_interval,plan_interval_count
        Ada,2024-01-01,300,month,3
        Bob,2024-01-01,120,week,2
        Cyd,2024-01-01,100,month,
        """,
        [460],
    ),
    "blank quantities and discounts": (
        """
        customer,start,amount,quantity,discount
        Ada,2024-01-01,100,,
        Bob,2024-01-01,100,3,0.5
        """,
        [250],
    ),
    "MRR, with an interval and seats that do not change it": (
        """
        customer,start,mrr,billing,seats,plan_interval_count
        Ada,2024-01-01,100,year,5,3
        """,
        [100],
    ),
    "two columns without Latin letters": (
        """
        customer,start,mrr,Регион,План
        Ada,2024-01-01,100,a,b
        """,
        [100],
    ),
    "cancellations and a pause": (
        """
        customer,start,end,mrr,status,paused_at
        Ada,2024-01-05,,100,paused,2024-02-10
        Bob,2024-01-05,2024-03-01,50,expired,
        Cyd,2024-01-05,,70,active,
        Dan,2024-03-05,,1,active,
        """,
        [220, 120, 71],
    ),
}


def text(lines: str) -> str:
    return "\n".join(line.strip() for line in lines.strip().splitlines()) + "\n"


def saved(path: Path, lines: str) -> Path:
    path.write_text(text(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("base") / "base.xlsx"
    write_template(path, months=MONTHS)
    return path


def made(how: str, base: Path, data: Any, out: Path, **options: Any) -> Filled:
    if how == "fill":
        return fill(base, data, out)
    return write_template(out, months=MONTHS, data=data, **options)


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path, data_only=True)


def shown(book: Any) -> dict[str, list[Any]]:
    """The rows of Movements by their labels."""
    rows = book["Movements"].iter_rows(max_col=2 + MONTHS)
    return {row[0].value: [cell.value for cell in row[2:]] for row in rows if row[0].value}


def assert_the_figures_are(book: Any, movements: pd.DataFrame) -> None:
    rows, months = shown(book), len(movements)
    for label, column in SHOWN.items():
        before = [0] * (MONTHS - months)
        assert rows[label] == pytest.approx(before + movements[column].tolist(), abs=1e-9), label


@pytest.mark.parametrize("how", ["template", "fill"])
@pytest.mark.parametrize("name", FILES)
def test_the_report_has_the_figures_of_the_file(tmp_path: Path, base: Path, name: str, how: str) -> None:
    lines, closing = FILES[name]
    data, out = saved(tmp_path / "data.csv", lines), tmp_path / "out.xlsx"
    movements = mrr_xl.movements(data)
    assert movements["closing"].tolist() == pytest.approx(closing)
    filled = made(how, base, data, out)
    assert (filled.problems, filled.warnings) == ([], [])
    book = opened(out)
    assert_the_figures_are(book, movements)
    assert book["Summary"]["J4"].value.startswith("● OK")


@pytest.mark.parametrize("layout", ["customer,month,amount,ccy", "customer,start,amount,ccy"])
def test_currencies_are_converted_at_the_rates(tmp_path: Path, layout: str) -> None:
    data = saved(tmp_path / "data.csv", f"{layout}\nAda,2024-01-01,100,USD\nBob,2024-01-01,10,eur\n")
    rates, out = saved(tmp_path / "rates.csv", RATES), tmp_path / "out.xlsx"
    movements = mrr_xl.movements(data, rates=rates)
    assert movements["closing"].tolist() == [60]
    write_template(out, months=MONTHS, data=data, rates=rates)
    assert_the_figures_are(opened(out), movements)
    again = tmp_path / "again.xlsx"
    assert fill(out, data, again).notes == []
    assert_the_figures_are(opened(again), movements)


@pytest.mark.parametrize("how", ["template", "fill"])
@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        (
            "customer,start,amount,discount_percent\nAda,2024-01-01,100,20 %\nBob,2024-01-01,100,0.2\n",
            "row 3, column discount_percent: '0.2' may be a fraction or a percentage; write it with its sign, such as "
            "20%, or rename the column discount",
        ),
        (
            "customer,start,amount,currency\nAda,2024-01-01,100,USD\nBob,2024-01-01,100,JPY\n",
            "column currency has JPY, USD; give rates: what one unit of each is worth",
        ),
    ],
)
def test_what_is_refused_elsewhere_is_refused_here(
    tmp_path: Path, base: Path, lines: str, refusal: str, how: str
) -> None:
    data = saved(tmp_path / "data.csv", lines)
    for reader in (mrr_xl.movements, lambda path: made(how, base, path, tmp_path / "out.xlsx")):
        with pytest.raises(MrrError) as caught:
            reader(data)
        assert str(caught.value) == refusal
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize("how", ["template", "fill"])
def test_no_interval_is_invented_where_a_column_may_say_it(tmp_path: Path, base: Path, how: str) -> None:
    data = saved(
        tmp_path / "data.csv", "customer,start,amount,terms\nAda,2024-01-01,1200,Annual\nBob,2024-01-01,1,Monthly"
    )
    out = tmp_path / "out.xlsx"
    with pytest.warns(MrrWarning, match="column terms"):
        filled = made(how, base, data, out)
    assert "2 rows of column Interval (row 2, row 3): the interval is blank" in filled.problems[0]
    book = opened(out)
    assert set(shown(book)["Closing MRR"]) == {"#VALUE!"}
    assert [row[6].value for row in book["Subscriptions"].iter_rows(min_row=2, max_row=3)] == [None, None]
    assert book["Summary"]["J4"].value == "● 1 to look at"
    assert book["Checks"]["B5"].value == "problem"


def test_with_the_column_ignored_the_amounts_are_per_month(tmp_path: Path) -> None:
    data = saved(
        tmp_path / "data.csv", "customer,start,amount,terms\nAda,2024-01-01,1200,Annual\nBob,2024-01-01,1,Monthly"
    )
    out = tmp_path / "out.xlsx"
    assert write_template(out, data=data, months=MONTHS, rules=Settings(ignore="terms")).warnings == []
    assert_the_figures_are(opened(out), mrr_xl.movements(data, ignore="terms"))


@pytest.mark.parametrize("how", ["template", "fill"])
def test_other_columns_of_a_wide_schedule_are_kept_and_change_nothing(tmp_path: Path, base: Path, how: str) -> None:
    lines = """
    customer,status,currency,country,team seats,Jan-24,Feb-24
    Ada,paused,USD,DE,5,100,120
    Bob,active,USD,FR,1,,30
    """
    data, out = saved(tmp_path / "data.csv", lines), tmp_path / "out.xlsx"
    with pytest.warns(MrrWarning, match="column currency looks like a currency and is not used"):
        movements = mrr_xl.movements(data)
    with pytest.warns(MrrWarning, match="column currency looks like a currency and is not used"):
        made(how, base, data, out)
    book = opened(out)
    assert_the_figures_are(book, movements)
    assert book["Summary"]["J4"].value == "● 1 to look at"
    header, *rows = ([cell.value for cell in row[9:]] for row in book["Subscriptions"].iter_rows())
    assert header == ["Status", "currency (not used)", "country", "team seats"]
    assert rows[0] == [None, "USD", "DE", 5]


@pytest.mark.parametrize("how", ["template", "fill"])
@pytest.mark.parametrize(
    ("lines", "currency"),
    [
        ("customer,start,amount,currency\nAda,2024-01-01,100,usd\n", "USD"),
        ("customer,month,Amount (GBP)\nAda,2024-01,100\n", "GBP"),
        ("customer,start,mrr_usd\nAda,2024-01-01,100\n", "USD"),
        ("customer,start,amount\nAda,2024-01-01,100\n", "EUR"),
    ],
)
def test_the_currency_shown_is_the_data_s(tmp_path: Path, base: Path, lines: str, currency: str, how: str) -> None:
    data, out = saved(tmp_path / "data.csv", lines), tmp_path / "out.xlsx"
    notes = made(how, base, data, out).notes
    book = opened(out)
    assert book["Settings"]["B5"].value == currency
    assert f"MRR ({currency})" in [cell.value for row in book["Summary"].iter_rows() for cell in row]
    changed = [f"the currency shown beside the amounts is now {currency}, as in the data; it was EUR"]
    assert notes == (changed if how == "fill" and currency != "EUR" else [])


def test_the_reporting_currency_is_the_one_whose_rate_is_1(tmp_path: Path) -> None:
    data = saved(tmp_path / "data.csv", "customer,start,amount,currency\nAda,2024-01-01,100,USD\n")
    out = tmp_path / "out.xlsx"
    for rates, currency in (({"EUR": 2, "CHF": 1, "USD": 2}, "CHF"), ({"USD": 2}, "EUR")):
        write_template(out, data=data, months=1, rates=rates)
        assert opened(out)["Settings"]["B5"].value == currency
    write_template(out, data=data, months=1, currency="k$")
    assert opened(out)["Settings"]["B5"].value == "k$"


def test_a_currency_that_a_formula_computes_stays(tmp_path: Path, base: Path) -> None:
    own, out = tmp_path / "own.xlsx", tmp_path / "out.xlsx"
    book = openpyxl.load_workbook(base)
    book["Settings"]["B5"] = '="E"&"UR"'
    book.save(own)
    data = saved(tmp_path / "data.csv", "customer,start,amount,currency\nAda,2024-01-01,100,usd\n")
    assert fill(own, data, out).notes == []
    assert opened(out)["Settings"]["B5"].value == "EUR"


OFFSETS = """
customer,start,end,mrr
Ada,2024-01-31T23:30:00+00:00,,100
Bob,2024-01-10T00:00:00+00:00,2024-02-29T23:30:00+00:00,10
Cyd,2024-03-01T12:00:00+00:00,,1
"""


def test_the_rule_timezone_holds_for_template_and_fill(tmp_path: Path, base: Path) -> None:
    """At 23:30 in Greenwich it is tomorrow in Berlin."""
    data, out, again = saved(tmp_path / "data.csv", OFFSETS), tmp_path / "out.xlsx", tmp_path / "again.xlsx"
    movements = mrr_xl.movements(data, timezone="Europe/Berlin")
    assert movements["closing"].tolist() == [10, 110, 101]
    write_template(out, data=data, months=MONTHS, rules=Settings(timezone="Europe/Berlin"))
    fill(out, data, again, against=out)
    for path in (out, again):
        assert_the_figures_are(opened(path), movements)
    with pytest.raises(MrrError, match="timezone"):
        fill(base, data, again)


def test_a_schedule_under_ends_that_are_last_paid_days(tmp_path: Path) -> None:
    data, out = (
        saved(tmp_path / "data.csv", "customer,month,mrr\nAda,2024-01,5\nAda,2024-02,6\n"),
        tmp_path / "out.xlsx",
    )
    write_template(out, data=data, months=MONTHS, rules=Settings(end_date="inclusive"))
    assert_the_figures_are(opened(out), mrr_xl.movements(data, end_date="inclusive"))


def test_a_fill_sets_the_rule_that_a_schedule_of_statuses_needs(tmp_path: Path, base: Path) -> None:
    data, out = saved(tmp_path / "data.csv", FILES["a schedule with a paused customer"][0]), tmp_path / "out.xlsx"
    note = "the rule status is now line, since each status of a schedule is that of its month"
    assert fill(base, data, out).notes == [note]
    own = openpyxl.load_workbook(base)
    del own.defined_names["Rules"]
    own.save(tmp_path / "own.xlsx")
    with pytest.raises(MrrError, match=r"add a row status with the value line to the range that is named Rules$"):
        fill(tmp_path / "own.xlsx", data, tmp_path / "never.xlsx")
    assert not (tmp_path / "never.xlsx").exists()


def test_a_user_s_own_table_gets_percentages_and_counts_in_its_own_way(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Client", "Started at", "Price", "Discount %", "Frequency", "Frequency count"])
    sheet.append(["Old", "2020-01-01", 1, 0, "month", 1])
    sheet.add_table(Table(displayName="Contracts", ref="A1:F2"))
    book.create_sheet("Report")["A1"] = '=MRR(Contracts[#All],"2024-01")'
    book.save(tmp_path / "own.xlsx")
    lines = """
    customer,start,amount,discount,interval,interval_count
    Ada,2024-01-01,300,0.2,month,3
    Bob,2024-01-01,100,0.005,Annual,
    """
    data, out = saved(tmp_path / "data.csv", lines), tmp_path / "out.xlsx"
    fill(tmp_path / "own.xlsx", data, out)
    found = opened(out)
    assert found["Report"]["A1"].value == mrr_xl.metric("MRR", data, "2024-01")
    rows = [[cell.value for cell in row[3:]] for row in found["Sheet"].iter_rows(min_row=2, max_row=3)]
    assert rows == [[20, "3 months", None], ["0.5%", "Annual", None]]


def test_problems_of_the_data_are_told_once_by_the_functions(tmp_path: Path, base: Path) -> None:
    data = saved(tmp_path / "data.csv", "customer,start,mrr,trial_over\nAda,2024-01-01,100,2024-02-01\n")
    for how in ("template", "fill"):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            filled = made(how, base, data, tmp_path / "out.xlsx")
        assert [type(warning.message) for warning in caught] == [MrrWarning]
        assert caught[0].filename == __file__
        assert len(filled.warnings) == 1 and filled.warnings[0].startswith("column trial_over looks like a trial")
        assert filled.problems == []
        assert opened(tmp_path / "out.xlsx")["Summary"]["J4"].value == "● 1 to look at"
    with pytest.warns(MrrWarning, match="^data: column trial_over"):
        mrr_xl.fill_each(base, data, tmp_path / "{name}-report.xlsx")


WORDS = {
    "customer": ["customer", "Client ID", "Account"],
    "start": ["start", "Contract Start (UTC)", "Started At"],
    "end": ["end", "Expires At", "Churn Date"],
    "amount": ["amount", "Unit Price (USD)", "Plan Amount"],
    "interval": ["interval", "Billing", "plan_interval"],
    "interval_count": ["interval_count", "Billing Cycle Count"],
    "quantity": ["quantity", "Seats", "Qty"],
    "discount": ["discount", "discount_percent", "Discount %"],
    "status": ["status", "Subscription Status"],
    "kind": ["kind", "charge_type"],
    "subscription": ["subscription", "Contract No"],
    "cancelled": ["cancelled_at", "Cancellation Date"],
    "region": ["Region", "Sales region", "quantity ordered"],
}
DAYS = ["2024-01-01", "2024-02-15", "2024-03-31"]


@st.composite
def ledgers(draw: st.DrawFn) -> pd.DataFrame:
    """Ledgers of subscriptions or a long schedule, with some of the columns, under some of their names."""
    long, per_month = draw(st.booleans()), draw(st.booleans())
    rows = draw(st.integers(1, 6))
    chosen = draw(st.sets(st.sampled_from(sorted(WORDS)), max_size=9)) | {"customer", "amount"}
    if "interval" not in chosen:
        chosen -= {"interval_count"}
    headers = {role: draw(st.sampled_from(WORDS[role])) for role in sorted(chosen)}
    if long:
        headers["month"] = "Month"
        headers.pop("start", None)
    else:
        headers["start"] = headers.get("start", "start")
    if per_month:
        headers["amount"] = "MRR"
    percent = "percent" in headers.get("discount", "") or "%" in headers.get("discount", "")
    values = {
        "customer": st.sampled_from(["Ada", "Bob", "Cyd"]),
        "start": st.sampled_from(DAYS),
        "month": st.sampled_from(["2024-01", "2024-02"]),
        "end": st.sampled_from(["2024-04-01", "2024-05-31", ""]),
        "amount": st.sampled_from(["10", "99.99", "1200", "0.1"]),
        "interval": st.sampled_from(["month", "Annual", "2 weeks", "quarterly", "once"]),
        "interval_count": st.sampled_from(["1", "3", ""]),
        "quantity": st.sampled_from(["1", "7", "", "0"]),
        "discount": st.sampled_from(["20%", "33.3", "", "0", "0.5 %"] if percent else ["0.2", "33.3%", "", "0"]),
        "status": st.sampled_from(["active", "", "past_due", "paused", "expired"]),
        "kind": st.sampled_from(["recurring", "setup", ""]),
        "subscription": st.sampled_from(["s1", "s2", "7"]),
        "cancelled": st.sampled_from(["2024-03-10", ""]),
        "region": st.sampled_from(["DE", "5"]),
    }
    return pd.DataFrame(
        {header: draw(st.lists(values[role], min_size=rows, max_size=rows)) for role, header in headers.items()}
    )


def answer(data: Any, rules: Settings) -> Any:
    """The movements, or what was wrong."""
    try:
        book = data if isinstance(data, Book) else open_book(data, None, rules)
        return book.movements.reset_index().values.tolist()
    except MrrError as mistake:
        return str(mistake).partition(": ")[2] or str(mistake)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ledgers(), st.sampled_from([{}, {"end_date": "inclusive"}, {"discounts": "ignore"}, {"status": "line"}]))
def test_lines_mean_the_same_when_they_are_read_from_the_table(data: pd.DataFrame, rules: dict[str, Any]) -> None:
    """As subscriptions, in the columns of our own table; a status of a schedule is the line's in a workbook."""
    rule = Settings.of(rules)
    try:
        book = open_book(data, None, rule)
    except MrrError:
        return
    lines = lines_for(OURS, "Subscriptions", book)
    headers = [*OURS, *lines.added]
    blank = [None] * len(data)
    rows = list(zip(*(lines.values.get(header, blank) for header in headers)))
    if book.ledger.layout.kind != "subscriptions" and rule.status == "auto":
        rule = Settings.of(rules | {"status": "line"})
    again = Book(read_ledger(table_from_rows([headers, *rows])), rule)
    assert answer(again, rule) == answer(data, rule)


@pytest.mark.parametrize(
    ("amounts", "currencies", "mrr"),
    [(("£100", "£1200"), ("GBP", "GBP"), 240), (("£100", "€1200"), ("GBP", "EUR"), 220)],
)
def test_currencies_beside_the_amounts_are_a_column_where_rates_need_it(
    amounts: tuple[str, str], currencies: tuple[str, str], mrr: int, tmp_path: Path
) -> None:
    """The cells have plain numbers, to which the rates would otherwise say nothing."""
    lines = pl.DataFrame(
        {"customer": ["Ada", "Bob"], "start": "2024-01-01", "amount": amounts, "interval": ["month", "year"]}
    )
    rates = {"EUR": 1, "GBP": 1.2}
    write_template(tmp_path / "report.xlsx", data=lines, months=1, rates=rates)
    fill(tmp_path / "report.xlsx", lines, tmp_path / "filled.xlsx", rates=rates)
    for name in ("report.xlsx", "filled.xlsx"):
        book = openpyxl.load_workbook(tmp_path / name, data_only=True)
        table = [row for row in book["Subscriptions"].iter_rows(values_only=True, max_row=3)]
        assert [row[table[0].index("Currency")] for row in table[1:]] == [*currencies]
        assert book["Movements"]["C16"].value == mrr
        assert mrr_xl.metric("MRR", tmp_path / name, "2024-01", rates=rates) == mrr
