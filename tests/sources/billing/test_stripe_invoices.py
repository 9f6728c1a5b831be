"""Invoices of Stripe's API as JSON, and the figures that they come to."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mrr_xl import movements
from mrr_xl.errors import MrrError
from support.exports import check, closing, unix


def written(folder: Path, text: str) -> Path:
    path = folder / "invoices.json"
    path.write_text(text, encoding="utf-8")
    return path


def line(amount: int, start: str, end: str, **more: Any) -> dict[str, Any]:
    """A line of a subscription as APIs before 2025-03-31 give it; from noon to noon."""
    period = {"start": unix(start), "end": unix(end)}
    return {"id": "il_1", "object": "line_item", "amount": amount, "currency": "usd", "period": period,
            "proration": False, "subscription": "sub_1", "type": "subscription", "quantity": 1,
            "discount_amounts": [], **more}  # fmt: skip


def invoice(created: str, *lines: dict[str, Any], has_more: bool = False, **more: Any) -> dict[str, Any]:
    listed = {"object": "list", "data": list(lines), "has_more": has_more}
    return {"id": f"in_{created}", "object": "invoice", "number": "A-1", "customer": "cus_1", "currency": "usd",
            "status": "paid", "created": unix(created), "lines": listed, **more}  # fmt: skip


def invoices(folder: Path, *those: dict[str, Any]) -> Path:
    return written(folder, "\n".join(json.dumps(one) for one in those))


def test_the_text_of_a_file(tmp_path: Path) -> None:
    """A list as the API gives it since 2025-03-31: a year for 1,200 from 15 January, and a fee paid once."""
    path = written(
        tmp_path,
        """
        {"object": "list", "url": "/v1/invoices", "has_more": false, "data": [
          {"id": "in_1", "object": "invoice", "number": "A-0001", "currency": "usd", "status": "paid",
           "created": 1705312800, "livemode": true, "total_discount_amounts": [],
           "customer": {"id": "cus_A", "object": "customer", "name": "Ada", "email": "a@x.test"},
           "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
           "lines": {"object": "list", "has_more": false, "data": [
             {"id": "il_1", "object": "line_item", "amount": 120000, "currency": "usd", "quantity": 2,
              "period": {"start": 1705312800, "end": 1736935200}, "discount_amounts": [], "taxes": [],
              "parent": {"type": "subscription_item_details",
                         "subscription_item_details": {"subscription": "sub_1", "proration": false}},
              "pricing": {"type": "price_details", "unit_amount_decimal": "60000",
                          "price_details": {"price": "price_1", "product": "prod_pro"}}},
             {"id": "il_2", "object": "line_item", "amount": 50000, "currency": "usd", "quantity": 1,
              "period": {"start": 1705312800, "end": 1705312800}, "discount_amounts": [], "taxes": [],
              "parent": {"type": "invoice_item_details", "invoice_item_details": {"proration": false}}}]}}]}
        """,
    )
    assert closing(path, "2024-12") == {f"{month:02}": 100.0 for month in range(1, 13)}
    assert movements(path, through="2025-01")["closing"].tolist()[-1] == 0
    assert check(path, "billing system") == ("OK", 0, None, "the invoices of Stripe's API")
    assert check(path, "days")[3].startswith("those of UTC")
    assert check(path, "discounts") == ("OK", 0, None, "none")


def test_the_end_of_a_period_is_the_first_day_of_the_next(tmp_path: Path) -> None:
    """From 1 to 29 February is no whole month, though it would be with its last day: the end is never that."""
    path = invoices(
        tmp_path,
        invoice("2024-01-31", line(1000, "2024-01-31", "2024-02-29")),
        invoice("2024-02-01", line(-965, "2024-02-01", "2024-02-29", proration=True, type="invoiceitem"),
                line(1931, "2024-02-01", "2024-02-29", proration=True, type="invoiceitem")),
        invoice("2024-02-29", line(2000, "2024-02-29", "2024-03-31")),
    )  # fmt: skip
    assert closing(path, "2024-02") == {"01": 10.0, "02": 20.0}


def test_prorations_to_the_second(tmp_path: Path) -> None:
    """An upgrade from 10 to 30 a month on 21 January at 18:00, when 10 days and 18 hours are left of 31 days:
    10 × 10.75 / 31 = 3.47 are credited and 30 × 10.75 / 31 = 10.40 charged."""
    left = {"period": {"start": unix("2024-01-21") + 6 * 3600, "end": unix("2024-02-01")}, "proration": True}
    path = invoices(
        tmp_path,
        invoice("2024-01-01", line(1000, "2024-01-01", "2024-02-01")),
        invoice(
            "2024-02-01",
            line(3000, "2024-02-01", "2024-03-01"),
            line(-347, "2024-01-21", "2024-02-01", **left, type="invoiceitem"),
            line(1040, "2024-01-21", "2024-02-01", **left, type="invoiceitem"),
        ),
    )
    assert closing(path, "2024-02") == {"01": 30.0, "02": 30.0}
    assert check(path, "credits that are paid once") == ("OK", 0, None, "none")


def test_a_proration_of_a_price_that_no_other_line_has(tmp_path: Path) -> None:
    """The new price, 3 × 20, is that of the line; what has no price is its amount by its share of the period."""
    left = {"proration": True, "type": "invoiceitem"}
    path = invoices(
        tmp_path,
        invoice("2024-01-01", line(2000, "2024-01-01", "2024-02-01"),
                line(-710, "2024-01-21", "2024-02-01", **left),  # 20 × 11 / 31 = 7.0968
                line(2129, "2024-01-21", "2024-02-01", **left, quantity=3, price={"unit_amount": 2000}),
                line(1100, "2024-01-21", "2024-02-01", **left)),
    )  # fmt: skip
    assert closing(path, "2024-01") == {"01": 91.0}  # 60, and 11.00 for 11 of 31 days


def test_part_of_a_year_is_by_its_days(tmp_path: Path) -> None:
    """1,200 from 15 January 2024 for 366 days; half a year before its end, 184 days of it are 603.28."""
    left = {"proration": True, "type": "invoiceitem"}
    path = invoices(
        tmp_path,
        invoice("2024-01-15", line(120000, "2024-01-15", "2025-01-15")),
        invoice("2024-07-15", line(-60328, "2024-07-15", "2025-01-15", **left)),
    )
    assert closing(path, "2024-08") == {**{f"{month:02}": 100.0 for month in range(1, 7)}, "07": 0.0, "08": 0.0}


def test_a_change_on_the_day_of_the_renewal(tmp_path: Path) -> None:
    """From 1 February at noon on it is 20; four hours of the old period are left, which no day counts."""
    left = {"period": {"start": unix("2024-02-01") - 4 * 3600, "end": unix("2024-02-01")}, "proration": True}
    path = invoices(
        tmp_path,
        invoice("2024-01-01", line(1000, "2024-01-01", "2024-02-01")),
        invoice("2024-02-01", line(-5, "2024-02-01", "2024-02-01", **left),
                line(11, "2024-02-01", "2024-02-01", **left), line(2000, "2024-02-01", "2024-03-01")),
    )  # fmt: skip
    assert closing(path, "2024-02") == {"01": 10.0, "02": 20.0}
    assert check(path, "left out: within a day") == ("note", 2, 2, "lines whose period begins and ends on one day")


def test_discounts_and_included_tax_are_taken_off(tmp_path: Path) -> None:
    """120 with 10% off is 108, of which 18 are tax at 20%."""
    path = invoices(
        tmp_path,
        invoice(
            "2024-01-01",
            line(12000, "2024-01-01", "2024-02-01", discount_amounts=[{"amount": 1200, "discount": "di_1"}],
                 tax_amounts=[{"amount": 1800, "inclusive": True}, {"amount": 500, "inclusive": False}]),
            total_discount_amounts=[{"amount": 1200, "discount": "di_1"}],
        ),
    )  # fmt: skip
    assert closing(path, "2024-01") == {"01": 90.0}
    says = "lines count after their discounts, also after those that hold once"
    assert check(path, "discounts") == ("note", 1, 1, says)
    assert check(path, "discounts not in lines") == ("OK", 0, None, "none")
    lost = invoice("2024-01-01", line(1000, "2024-01-01", "2024-02-01"), total_discount_amounts=[{"amount": 100}])
    says = "discounts that the lines don't show in 1 invoice: the MRR is before them; export them again"
    assert check(invoices(tmp_path, lost), "discounts not in lines") == ("problem", 1, 1, says)


def test_statuses(tmp_path: Path) -> None:
    month = line(1000, "2024-01-01", "2024-02-01")
    path = invoices(
        tmp_path,
        *(invoice("2024-01-01", month, status=status, customer=status)
          for status in ("paid", "open", "draft", "void", "uncollectible")),
    )  # fmt: skip
    assert closing(path, "2024-01") == {"01": 30.0}
    assert check(path, "left out: drafts") == ("note", 1, 3, "invoices that are not issued yet")
    assert check(path, "left out: void") == ("note", 1, 4, "invoices that were cancelled")
    assert check(path, "uncollectible") == ("note", 1, 5, "invoices that are given up count for their periods")


def test_currencies_without_cents_and_with_three_decimals(tmp_path: Path) -> None:
    for currency, mrr in (("jpy", 1000.0), ("kwd", 1.0), ("eur", 10.0)):
        path = invoices(tmp_path, invoice("2024-01-01", line(1000, "2024-01-01", "2024-02-01", currency=currency)))
        assert closing(path, "2024-01") == {"01": mrr}


def test_what_is_paid_once_or_by_usage(tmp_path: Path) -> None:
    metered = {"price": {"id": "price_2", "product": "prod_sms", "recurring": {"usage_type": "metered"}}}
    path = invoices(
        tmp_path,
        invoice(
            "2024-02-01",
            line(1000, "2024-02-01", "2024-03-01"),
            line(700, "2024-01-01", "2024-02-01", **metered),
            line(9900, "2024-02-01", "2024-03-01", type="invoiceitem", subscription=None),
            line(-500, "2024-02-01", "2024-02-01", type="invoiceitem"),
        ),
    )
    assert closing(path, "2024-02")["02"] == 10.0
    says = "they are no prorations, so they lower no MRR"
    assert check(path, "credits that are paid once") == ("note", 1, 1, says)


def test_weeks(tmp_path: Path) -> None:
    """7 of the 31 days of January for 10."""
    path = invoices(tmp_path, invoice("2024-01-25", line(700, "2024-01-25", "2024-02-01")))
    assert closing(path, "2024-01") == {"01": 31.0}
    assert check(path, "weeks and days")[:3] == ("note", 1, 1)


def test_what_the_file_does_not_hold_is_a_problem(tmp_path: Path) -> None:
    month = line(1000, "2024-01-01", "2024-02-01")
    path = invoices(tmp_path, invoice("2024-01-01", month, has_more=True, post_payment_credit_notes_amount=1000))
    assert check(path, "left out: more lines") == (
        "problem", 1, 1,
        "more lines than the file lists in 1 invoice (has_more), which are left out; export them all",
    )  # fmt: skip
    assert check(path, "credit notes")[:3] == ("problem", 1, 1)
    page = {"object": "list", "has_more": True, "data": [invoice("2024-01-01", month)]}
    assert check(written(tmp_path, json.dumps(page)), "rest of the list")[0] == "problem"


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({"status": "late"}, "object 2: 'late' is not a known status of an invoice; the known ones are paid, open, "
                             "uncollectible, draft, void"),
        ({"customer": None}, "object 2: the invoice has no customer; export it again"),
        ({"lines": {"data": [{"id": "il_1", "amount": 1}]}},
         "object 2: a line has no period; export the invoices with their lines"),
        ({"lines": {"data": [line(1, "2024-02-01", "2024-01-01")]}},
         "object 2: line il_1 ends before it starts; export the invoice again"),
        ({"lines": {"data": [{**line(1, "2024-01-01", "2024-02-01"), "amount": "1"}]}},
         "object 2: '1' is not an amount; it is a whole number of the currency's smallest unit"),
    ],
)  # fmt: skip
def test_errors(tmp_path: Path, record: dict[str, Any], says: str) -> None:
    good = invoice("2024-01-01", line(1000, "2024-01-01", "2024-02-01"))
    with pytest.raises(MrrError) as error:
        movements(invoices(tmp_path, good, {**good, **record}))
    assert says in str(error.value)


def test_nothing_to_count(tmp_path: Path) -> None:
    draft = invoice("2024-01-01", line(1000, "2024-01-01", "2024-02-01"), status="draft")
    with pytest.raises(MrrError) as error:
        movements(invoices(tmp_path, draft))
    assert "no invoice of the file can be used (invoices that are not issued yet); export them again" in str(
        error.value
    )
