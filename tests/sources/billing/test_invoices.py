"""Lists of invoices: lines with a service period are subscriptions, credits and prorations net against them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mrr_xl import metric, movements
from mrr_xl.errors import MrrError, MrrWarning

HEADER = "Customer,Invoice Number,Invoice Date,Amount,Service Start,Service End\n"


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "invoices.csv"
    path.write_text(text, encoding="utf-8")
    return path


def closing(path: Path, **rules: Any) -> dict[str, float]:
    table = movements(path, **rules)
    return dict(zip(table["month"].astype(str), table["closing"].tolist()))


def moved(path: Path, **rules: Any) -> dict[str, dict[str, float]]:
    names = ("new", "reactivation", "expansion", "contraction", "churn")
    rows = movements(path, **rules).to_dict("records")
    return {str(row["month"]): {name: row[name] for name in names if row[name]} for row in rows}


def checks(path: Path, *names: str, **rules: Any) -> list[str]:
    table = metric("MRR_CHECKS", path, **rules)
    said = table[table["check"].isin(names)]
    return [f"{row.check}: {row.result}, {row.lines}, {row.says}" for row in said.itertuples()]


@pytest.mark.parametrize("end", ["2025-01-14", "2025-01-15"])
def test_a_years_invoice_is_a_twelfth_a_month(tmp_path: Path, end: str) -> None:
    """1,200 from 15 January 2024 for a year, its end being the last day of service or the day after it."""
    path = written(
        tmp_path, f"{HEADER}Ada,1,2024-01-15,1200,2024-01-15,{end}\nBob,2,2025-01-31,50,2025-01-31,2025-02-28\n"
    )
    assert closing(path, start="2024-01", to="2024-12") == dict.fromkeys(
        [f"2024-{month:02}" for month in range(1, 13)], 100.0
    )
    assert moved(path)["2025-01"] == {"new": 50.0, "churn": -100.0}


@pytest.mark.parametrize(
    ("start", "end", "amount"),
    [
        ("2024-01-01", "2024-03-31", 300),  # a quarter, with its last day
        ("2024-01-31", "2024-04-30", 300),  # billed on the 31st, with the day after
        ("2024-02-29", "2024-03-31", 100),  # as before: 29 February stands for the 31st
        ("2024-01-01", "2025-12-31", 2400),
        ("2024-01-01", "2024-01-31", 100),
    ],
)
def test_months_are_counted_by_the_calendar(tmp_path: Path, start: str, end: str, amount: int) -> None:
    path = written(tmp_path, f"{HEADER}Ada,1,{start},{amount},{start},{end}\n")
    assert closing(path, through=start[:7]) == {start[:7]: 100.0}


def test_ends_are_read_one_way_and_a_check_says_which(tmp_path: Path) -> None:
    inclusive = written(tmp_path, f"{HEADER}Ada,1,2024-01-01,100,2024-01-01,2024-01-31\n")
    assert checks(inclusive, "ends of service periods") == ["ends of service periods: OK, 0, the last day of service"]
    exclusive = written(tmp_path, f"{HEADER}Ada,1,2024-01-01,100,2024-01-01,2024-02-01\n")
    assert checks(exclusive, "ends of service periods") == [
        "ends of service periods: OK, 0, the day after the last day of service"
    ]
    mixed = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-01,100,2024-01-01,2024-01-31\nAda,2,2024-02-01,100,2024-02-01,2024-02-29\n"
        "Bob,3,2024-01-01,90,2024-01-01,2024-02-01\n",
    )
    assert checks(mixed, "ends of service periods") == [
        "ends of service periods: note, 1, the last day of service; 1 lines are whole months only if read the other "
        "way, and are"
    ]


def test_a_part_of_a_month_is_worth_a_month_of_its_rate(tmp_path: Path) -> None:
    """11 of January's 31 days at 100 a month are 35.48: MRR is 100 from the start, and February is no expansion.

    A part that nothing continues is a share of the month as well: 10 of 30 days for 20.00 are 60 a month.
    """
    path = written(
        tmp_path,
        f"{HEADER}Cyd,1,2024-01-21,35.48,2024-01-21,2024-01-31\nCyd,2,2024-02-01,100,2024-02-01,2024-02-29\n"
        "Dan,3,2024-04-21,20.00,2024-04-21,2024-04-30\n",
    )
    assert moved(path) == {
        "2024-01": {"new": 100.0},
        "2024-02": {},
        "2024-03": {"churn": -100.0},
        "2024-04": {"new": 60.0},
    }


def test_an_upgrade_within_a_month_counts_from_its_day(tmp_path: Path) -> None:
    """The rest of January at the old price is credited and at the new one charged: 100 becomes 200 on the 16th.

    16 of 31 days are 51.61 of 100, and 103.23 of 200.
    """
    path = written(
        tmp_path,
        "Customer,Invoice Number,Invoice Date,Description,Amount,Service Start,Service End\n"
        "Bob,1,2023-12-01,Basic,100,2023-12-01,2023-12-31\n"
        "Bob,2,2024-01-01,Basic,100,2024-01-01,2024-01-31\n"
        "Bob,3,2024-01-16,Unused time on Basic,-51.61,2024-01-16,2024-01-31\n"
        "Bob,3,2024-01-16,Remaining time on Pro,103.23,2024-01-16,2024-01-31\n"
        "Bob,4,2024-02-01,Pro,200,2024-02-01,2024-02-29\n",
    )
    assert moved(path) == {"2023-12": {"new": 100.0}, "2024-01": {"expansion": 100.0}, "2024-02": {}}


def test_an_upgrade_charged_by_its_difference(tmp_path: Path) -> None:
    """150 more for 16 of 31 days is 77.42; the next line is 250."""
    path = written(
        tmp_path,
        f"{HEADER}Bob,1,2024-01-01,100,2024-01-01,2024-01-31\nBob,2,2024-01-16,77.42,2024-01-16,2024-01-31\n"
        "Bob,3,2024-02-01,250,2024-02-01,2024-02-29\n",
    )
    assert moved(path) == {"2024-01": {"new": 250.0}, "2024-02": {}}


def test_a_full_credit_takes_its_line_away_and_a_partial_one_lowers_it(tmp_path: Path) -> None:
    """Ada's year is credited in full, a fifth of Bob's, and Cyd's from July on: 600 of 1,200 for 6 of 12 months."""
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-01,1200,2024-01-01,2024-12-31\nAda,C1,2024-01-20,-1200,2024-01-01,2024-12-31\n"
        "Bob,2,2024-01-01,1200,2024-01-01,2024-12-31\nBob,C2,2024-01-20,-240,2024-01-01,2024-12-31\n"
        "Cyd,3,2024-01-01,1200,2024-01-01,2024-12-31\nCyd,C3,2024-07-01,-600,2024-07-01,2024-12-31\n"
        "Dan,4,2024-07-31,70,2024-07-31,2024-08-30\n",
    )
    assert moved(path) == {
        "2024-01": {"new": 180.0},
        **{f"2024-{month:02}": {} for month in range(2, 7)},
        "2024-07": {"new": 70.0, "churn": -100.0},
    }


def test_a_credit_without_a_period_is_for_the_line_that_it_names_or_equals(tmp_path: Path) -> None:
    """Ada's names invoice 1, Bob's equals his only line of 500; Cyd's could be for either of two lines."""
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-01,1200,2024-01-01,2024-12-31\nAda,1,2024-02-01,-300,,\n"
        "Bob,2,2024-01-01,500,2024-01-01,2024-01-31\nBob,C,2024-01-09,-500,,\n"
        "Cyd,3,2024-01-01,40,2024-01-01,2024-01-31\nCyd,4,2024-02-01,40,2024-02-01,2024-02-29\nCyd,C,2024-02-02,-40,,\n",
    )
    with pytest.warns(MrrWarning, match="credits that have no service period"):
        assert closing(path) == {"2024-01": 115.0, "2024-02": 115.0}
    assert checks(path, "credits without a period") == [
        "credits without a period: problem, 1, credits that have no service period and no one line that they name or "
        "equal are not counted; give each the period of the line that it corrects"
    ]


def test_more_credit_than_charge_does_not_lower_others(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-01,100,2024-01-01,2024-01-31\nAda,C,2024-01-05,-130,2024-01-01,2024-01-31\n"
        "Bob,2,2024-01-01,70,2024-01-01,2024-01-31\n",
    )
    with pytest.warns(MrrWarning):
        assert closing(path) == {"2024-01": 70.0}
    assert checks(path, "credits without a charge") == [
        "credits without a charge: problem, 1, credits of more than is charged on their days do not count for what is "
        "more; give each the service period of the line that it corrects"
    ]


def test_a_credit_lowers_its_own_subscription_first(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Customer,Subscription ID,Invoice Number,Invoice Date,Amount,Service Start,Service End\n"
        "Ada,s1,1,2024-01-01,100,2024-01-01,2024-01-31\nAda,s2,2,2024-01-01,80,2024-01-01,2024-01-31\n"
        "Ada,s2,C,2024-01-02,-30,2024-01-01,2024-01-31\n",
    )
    assert movements(path, grain="subscription")["closing_customers"].tolist() == [2]
    assert metric("MRR", path, where="subscription id=s2", month="2024-01") == 50.0


def test_a_renewal_paid_late_is_no_churn_within_the_grace(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-15,100,2024-01-15,2024-02-14\n"
        "Ada,2,2024-03-03,100,2024-03-03,2024-04-02\nBob,3,2024-03-31,50,2024-03-31,2024-04-30\n",
    )
    assert moved(path, grace_days=16)["2024-02"] == {"churn": -100.0}  # from 15 February to 3 March it is 17 days
    assert moved(path, grace_days=17) == {"2024-01": {"new": 100.0}, "2024-02": {}, "2024-03": {"new": 50.0}}


def test_one_off_lines_are_left_out_and_counted(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-01,1200,2024-01-01,2024-12-31\nAda,1,2024-01-01,500,,\nBob,2,2024-02-01,900,,\n",
    )
    assert closing(path, through="2024-01") == {"2024-01": 100.0}
    assert checks(path, "left out: one time") == ["left out: one time: note, 2, not counted"]


def test_invoices_that_were_never_issued_are_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Customer,Invoice ID,Amount,Period Start,Period End,Status\n"
        "Ada,1,100,2024-01-01,2024-02-01,paid\nBob,2,100,2024-01-01,2024-02-01,void\nCyd,3,100,2024-01-01,2024-02-01,Draft\n",
    )
    assert closing(path) == {"2024-01": 100.0}
    assert checks(path, "invoices not issued") == ["invoices not issued: note, 2, void, deleted or draft; not counted"]


def test_the_report_ends_with_the_last_month_that_the_invoices_cover(tmp_path: Path) -> None:
    """A year ends in 2025, but the last invoice is of March 2024: nobody is known to have left in April."""
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-01-01,1200,2024-01-01,2024-12-31\nBob,2,2024-03-01,50,2024-03-01,2024-03-31\n",
    )
    assert closing(path) == {"2024-01": 100.0, "2024-02": 100.0, "2024-03": 150.0}
    assert checks(path, "edge of the invoices") == [
        "edge of the invoices: OK, 0, the last month that they cover is 2024-03"
    ]


def test_a_month_whose_invoices_are_still_to_come_is_not_reported(tmp_path: Path) -> None:
    """Bob's service ends on 20 March and the list on the 10th: whether he goes on is not known."""
    path = written(
        tmp_path,
        f"{HEADER}Ada,1,2024-03-10,100,2024-03-10,2024-04-09\nBob,2,2024-02-20,50,2024-02-20,2024-03-19\n",
    )
    assert closing(path) == {"2024-02": 50.0}
    assert checks(path, "edge of the invoices") == [
        "edge of the invoices: note, 1, the last month that they cover is 2024-02: a service runs out in 2024-03 after "
        "the last of them, of 2024-03-10, and may go on with one that is yet to come; set through to 2024-03 if none is"
    ]
    assert closing(path, through="2024-03") == {"2024-02": 50.0, "2024-03": 100.0}


def test_a_list_that_is_said_to_be_of_invoices_is_told_its_columns(tmp_path: Path) -> None:
    lines = "Date,Client,Net,Service from,Service to\n2024-01-01,Ada,100,2024-01-01,2024-01-31\n"
    with pytest.raises(MrrError) as caught:
        closing(written(tmp_path, lines), system="invoices")
    assert str(caught.value) == (
        "this is no export of invoices that is known: a list of invoices has a column Invoice Number, Invoice Date; "
        "rename its columns so, or leave --from out"
    )
    assert closing(written(tmp_path, lines.replace("Date,", "Invoice date,", 1))) == {"2024-01": 100.0}


def test_lines_without_a_period_that_come_every_month_are_their_months(tmp_path: Path) -> None:
    """Bob and Cyd are invoiced month after month, Ada for a year: as in saas-metrics' sample."""
    path = written(
        tmp_path,
        "Customer,Invoice Date,Amount,Service Start,Service End\n"
        "Ada,2024-01-01,1200,2024-01-01,2024-12-31\nBob,2024-01-07,60,,\nBob,2024-02-19,50,,\nBob,2024-02-20,-5,,\n"
        "Cyd,2024-02-03,30,,\nCyd,2024-03-05,30,,\nDan,2024-03-20,20,,\nAda,2024-02-11,700,,\n",
    )
    with pytest.warns(MrrWarning, match="lines without a service period"):
        assert closing(path) == {"2024-01": 160.0, "2024-02": 175.0, "2024-03": 150.0}
    assert checks(path, "lines without a period", "left out: one time") == [
        "lines without a period: problem, 6, lines without a service period come month after month, so each is taken "
        "as paid for the month of its invoice; if they are for another time, give them a service start and a service "
        "end",
        "left out: one time: note, 1, not counted",
    ]


XERO = (
    "*ContactName,EmailAddress,*InvoiceNumber,*InvoiceDate,*DueDate,Total,Description,*Quantity,*UnitAmount,LineAmount,"
    "Currency,Type,Status\n"
)


def test_a_list_of_xero_with_an_invoice_a_month(tmp_path: Path) -> None:
    """Xero has no service periods. Ada is invoiced each month; Bob once, so that nothing says for how long."""
    path = written(
        tmp_path,
        XERO + "Ada,a@x.example,INV-1,2024-01-03,2024-01-17,100,Plan,2,50,100,EUR,Sales invoice,Paid\n"
        "Ada,a@x.example,INV-2,2024-02-05,2024-02-19,100,Plan,2,50,100,EUR,Sales invoice,Paid\n"
        "Ada,a@x.example,INV-4,2024-03-05,2024-03-19,150,Plan,3,50,150,EUR,Sales invoice,Awaiting Payment\n"
        "Ada,a@x.example,CN-1,2024-03-09,,30,Plan,1,30,30,EUR,Sales credit note,Paid\n"
        "Bob,b@x.example,INV-3,2024-02-07,2024-02-21,1200,Plan,1,1200,1200,EUR,Sales invoice,Paid\n",
    )
    with pytest.warns(MrrWarning, match="lines with none in the month"):
        assert closing(path) == {"2024-01": 100.0, "2024-02": 100.0, "2024-03": 120.0}
    assert checks(path, "lines of one month") == [
        "lines of one month: problem, 1, lines with none in the month before or after are not counted, as nothing says "
        "how long they are for; give them a service start and a service end"
    ]


def test_a_list_of_xero_that_says_nothing_is_refused(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        XERO + "Ada,a@x.example,INV-1,2024-01-03,2024-01-17,1200,Plan,1,1200,1200,EUR,Sales invoice,Paid\n"
        "Bob,b@x.example,INV-3,2024-04-07,2024-04-21,300,Plan,1,300,300,EUR,Sales invoice,Paid\n",
    )
    with pytest.raises(MrrError) as refused:
        movements(path)
    assert str(refused.value) == (
        "nothing in this list of invoices says for how long each one is paid; add columns service start and service "
        "end, or interval with the months that each line is for, such as month or year"
    )


def test_an_interval_says_for_how_long_an_invoice_is_paid(tmp_path: Path) -> None:
    """From the invoice's date on: 300 for a quarter from 5 February, 1,200 for a year from 20 January."""
    path = written(
        tmp_path,
        "Client,Invoice No,Invoice Date,Amount,Interval\nAda,1,2024-01-20,1200,year\nBob,2,2024-02-05,300,quarter\n"
        "Bob,3,2024-02-05,80,once\nCyd,4,2024-05-31,10,3 months\n",
    )
    assert moved(path) == {
        "2024-01": {"new": 100.0},
        "2024-02": {"new": 100.0},
        "2024-03": {},
        "2024-04": {},
        "2024-05": {"new": 3.333333, "churn": -100.0},
    }


def test_quickbooks_transactions(tmp_path: Path) -> None:
    """A credit memo lowers its month, and a payment is no invoice."""
    path = written(
        tmp_path,
        "Date,Transaction Type,Num,Name,Memo/Description,Due Date,Amount,Open Balance\n"
        "2024-01-02,Invoice,1001,Ada,Plan,2024-02-01,100,0\n2024-01-20,Payment,,Ada,,,-100,0\n"
        "2024-02-02,Invoice,1002,Ada,Plan,2024-03-01,100,0\n2024-02-10,Credit Memo,1003,Ada,,,-40,0\n",
    )
    with pytest.warns(MrrWarning):
        assert closing(path) == {"2024-01": 100.0, "2024-02": 60.0}
    assert checks(path, "payments") == ["payments: note, 1, they settle invoices and are none; not counted"]


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        (",1,2024-01-01,9,2024-01-01,2024-01-31", "Customer", "the customer is blank; fill it in or remove the row"),
        ("Ada,1,2024-01-01,,2024-01-01,2024-01-31", "Amount", "an amount is missing; write 0 for none"),
        ("Ada,1,2024-01-01,x,2024-01-01,", "Amount", "'x' is not an amount; write a plain number such as 1200.50"),
        ("Ada,1,2024-01-01,9,2024-01-01,", "Service End", "the service end is blank and its start is not; fill it in"),
        ("Ada,1,2024-01-01,9,2024-02-01,2024-01-31", "Service End", "the end '2024-01-31' is before the start"),
        ("Ada,1,2024-13-01,9,2024-02-01,", "Invoice Date", "'2024-13-01' is not a day of the calendar"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(tmp_path: Path, line: str, column: str, says: str) -> None:
    with pytest.raises(MrrError) as wrong:
        movements(written(tmp_path, f"{HEADER}{line}\n"))
    assert str(wrong.value) == f"row 2, column {column}: {says}"


def test_the_worked_example_of_saas_metrics(tmp_path: Path) -> None:
    """The figures of saas-metrics 0.1.0's own example (docs/definitions.md, section 5; MIT), here as invoices.

    A is 100 for 14 months; B 100, then 150 from month 13; C 100 for 5 months and 80 from month 13; D 50 from month 13;
    E 200, then 120 from month 13. Its results: month 6 churns 100; month 13 is 400 + 50 + 80 + 50 - 80 = 500; NRR 90 %,
    GRR 80 %, logo retention 100 %, quick ratio 2.25; month 14 has an ARR of 6,000 and an ARPA of 100. A's first twelve
    months are one invoice here, and E's are quarterly: by its rules, day by day, A would be 101.92 in January, 92.05 in
    February and never 100, so that every February is a contraction; by ours, month by month, the figures are the same.
    """
    rows = ["A,2025-01-01,1200,2025-01-01,2025-12-31"]
    rows += [f"E,2025-{month:02}-01,600,2025-{month:02}-01,2025-{month + 2:02}-{last}"
             for month, last in ((1, 31), (4, 30), (7, 30), (10, 31))]  # fmt: skip
    last_day = dict(zip(range(1, 13), (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
    monthly = {"B": 100, "C": 100}
    for month in range(1, 13):
        rows += [f"{who},2025-{month:02}-01,{amount},2025-{month:02}-01,2025-{month:02}-{last_day[month]}"
                 for who, amount in monthly.items() if who == "B" or month <= 5]  # fmt: skip
    for month in (1, 2):
        rows += [f"{who},2026-{month:02}-01,{amount},2026-{month:02}-01,2026-{month:02}-{last_day[month]}"
                 for who, amount in {"A": 100, "B": 150, "C": 80, "D": 50, "E": 120}.items()]  # fmt: skip
    text = "Customer,Invoice Date,Amount,Service Start,Service End\n" + "\n".join(rows) + "\n"
    path = written(tmp_path, text)
    months = moved(path)
    assert months["2025-06"] == {"churn": -100.0}
    assert months["2025-02"] == {}
    assert months["2026-01"] == {"new": 50.0, "reactivation": 80.0, "expansion": 50.0, "contraction": -80.0}
    assert closing(path, start="2025-12") == {"2025-12": 400.0, "2026-01": 500.0, "2026-02": 500.0}
    values = {
        name: metric(name, path, month="2026-01") for name in ("NRR", "GRR", "MRR_LOGO_RETENTION", "MRR_QUICK_RATIO")
    }
    assert values == {"NRR": 0.9, "GRR": 0.8, "MRR_LOGO_RETENTION": 1.0, "MRR_QUICK_RATIO": 2.25}
    assert metric("ARR", path, month="2026-02") == 6000.0
    assert metric("MRR_ARPA", path, month="2026-02") == 100.0


def test_an_end_is_what_the_list_says_it_is(tmp_path: Path) -> None:
    """The setting end_date changes nothing: a list's own periods say what their ends are."""
    path = written(
        tmp_path, f"{HEADER}Ada,1,2024-01-31,100,2024-01-31,2024-02-29\nBob,2,2024-03-31,9,2024-03-31,2024-04-29\n"
    )
    assert moved(path) == moved(path, end_date="inclusive") == {
        "2024-01": {"new": 100.0}, "2024-02": {"churn": -100.0}, "2024-03": {"new": 9.0},
    }  # fmt: skip


def test_dates_and_amounts_as_people_write_them(tmp_path: Path) -> None:
    """25/01/2024 shows that the day stands first, 1.200,00 € that the comma is the decimal sign."""
    path = written(
        tmp_path,
        "Customer;Invoice Number;Invoice Date;Amount;Service Start;Service End\n"
        "Ada;1;01/02/2024;1.200,00 €;01/02/2024;31/01/2025\nBob;2;29/02/2024;(50,00);;\n"
        "Bob;3;25/02/2024;100,50;01/02/2024;29/02/2024\n",
    )
    with pytest.warns(MrrWarning, match="credits that have no service period"):
        assert closing(path) == {"2024-02": 200.5}


def test_dates_that_may_be_two_are_refused_unless_the_user_says_which(tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADER}Ada,1,01/02/2024,100,01/02/2024,01/03/2024\n")
    with pytest.raises(MrrError, match="'01/02/2024' may be two days, and no other date of the table tells"):
        movements(path)
    assert closing(path, dates="dmy") == {"2024-02": 100.0}


def test_a_discount_beside_prices_is_not_guessed(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        "Customer,Invoice Number,Unit Price,Quantity,Discount,Service Start,Service End\n"
        "Ada,1,50,2,10,2024-01-01,2024-01-31\n",
    )
    with pytest.raises(MrrError, match="add a column line amount with what each line costs after discounts"):
        movements(path)


def test_the_files_of_a_folder_are_one_list(tmp_path: Path) -> None:
    """February's file credits the second half of the year that January's charges for."""
    (tmp_path / "1.csv").write_text(
        f"{HEADER}Ada,1,2024-01-01,100,2024-01-01,2024-01-31\nBob,2,2024-01-01,1200,2024-01-01,2024-12-31\n"
    )
    (tmp_path / "2.csv").write_text(
        f"{HEADER}Ada,3,2024-02-01,100,2024-02-01,2024-02-29\nBob,C2,2024-02-10,-600,2024-07-01,2024-12-31\n"
    )
    assert closing(tmp_path, through="2024-07") == {
        "2024-01": 200.0, "2024-02": 200.0, **{f"2024-0{month}": 100.0 for month in range(3, 7)}, "2024-07": 0.0,
    }  # fmt: skip
    (tmp_path / "3.csv").write_text(f"{HEADER}Ada,4,2024-03-01,x,2024-03-01,2024-03-31\n")
    with pytest.raises(MrrError, match=r"row 2 of 3\.csv, column Amount: 'x' is not an amount"):
        closing(tmp_path)
