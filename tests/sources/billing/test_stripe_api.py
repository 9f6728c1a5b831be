"""Subscriptions of Stripe's API as JSON, and the figures that they come to."""

from __future__ import annotations

import gzip
import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from mrr_xl import metric
from mrr_xl.errors import MrrError, MrrWarning
from support.exports import check, closing, unix


def subscription(number: int, *items: dict[str, Any], start: str = "2024-01-10", **more: Any) -> dict[str, Any]:
    """A subscription as the API gives it; days of `more` are texts where the API has seconds."""
    times = ("ended_at", "cancel_at", "canceled_at", "trial_start", "trial_end", "current_period_end")
    seconds = {key: unix(value) if key in times and value else value for key, value in more.items()}
    return {
        "id": f"sub_{number}",
        "object": "subscription",
        "currency": "usd",
        "customer": f"cus_{number}",
        "created": unix(start),
        "start_date": unix(start),
        "status": "active",
        "items": {"object": "list", "data": list(items), "has_more": False},
        **seconds,
    }


def item(
    amount: int | None,
    interval: str = "month",
    quantity: int | None = 1,
    count: int = 1,
    product: str = "prod_pro",
    **of: Any,
) -> dict[str, Any]:
    """An item whose price is in the smallest unit; `of`: what else there is of its price."""
    recurring = {"interval": interval, "interval_count": 1, "usage_type": of.pop("usage_type", "licensed")}
    created = of.pop("created", None)
    discounts = of.pop("discounts", [])
    price = {"id": f"price_{amount}", "object": "price", "currency": "usd", "unit_amount": amount, "product": product}
    return {
        "id": "si_1", "object": "subscription_item", "quantity": quantity, "discounts": discounts,
        "created": unix(created) if created else None, "price": {**price, "recurring": recurring, **of},
    }  # fmt: skip


def coupon(start: str, end: str | None, duration: str = "repeating", **takes: Any) -> dict[str, Any]:
    return {
        "id": f"di_{start}", "object": "discount", "start": unix(start), "end": unix(end) if end else None,
        "coupon": {"id": "LAUNCH", "object": "coupon", "duration": duration, "currency": None, **takes},
    }  # fmt: skip


def lines(folder: Path, *subscriptions: dict[str, Any]) -> Path:
    path = folder / "subscriptions.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in subscriptions), encoding="utf-8")
    return path


def test_the_text_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "subscriptions.json"
    path.write_text(
        """
        {"object": "list", "url": "/v1/subscriptions", "has_more": false, "data": [
          {"id": "sub_1", "object": "subscription", "currency": "usd", "status": "active",
           "customer": {"id": "cus_A", "object": "customer", "name": "Ada", "email": "a@x.test",
                        "address": {"country": "AT"}},
           "created": 1704877920, "start_date": 1704877920, "canceled_at": null, "ended_at": null,
           "items": {"object": "list", "data": [
              {"id": "si_1", "object": "subscription_item", "created": 1704877920, "quantity": 5,
               "price": {"id": "price_1", "object": "price", "currency": "usd", "nickname": "Pro", "product": "prod_1",
                         "billing_scheme": "per_unit", "unit_amount": 3000, "unit_amount_decimal": "3000",
                         "recurring": {"interval": "month", "interval_count": 3, "usage_type": "licensed"}}}]}}]}
        """,
        encoding="utf-8",
    )
    # From 2024-01-10 on: 5 × 30.00 for three months.
    assert closing(path, through="2024-02") == {"01": 50, "02": 50}
    assert closing(path, where="country=AT; plan=Pro; product=prod_1; name=Ada", through="2024-01") == {"01": 50}
    assert check(path, "history")[:3] == ("note", 1, 1)


def test_starts_ends_and_statuses(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        subscription(
            1, item(1000), start="2024-01-10", status="canceled", ended_at="2024-04-15", canceled_at="2024-03-02"
        ),
        subscription(2, item(12000, "year"), start="2024-02-01", status="past_due"),
        subscription(3, item(1000), trial_start="2024-01-10", trial_end="2024-03-10"),
        subscription(4, item(1000), status="trialing", trial_start="2024-01-10", trial_end="2024-12-10"),
        subscription(
            5, item(1000), cancel_at_period_end=True, current_period_end="2024-05-10", canceled_at="2024-04-20"
        ),
        subscription(6, item(1000), cancel_at="2024-06-10", canceled_at="2024-04-20"),
        subscription(7, item(1000), status="incomplete_expired", ended_at="2024-01-11"),
        subscription(8, item(1000), status="paused", trial_start="2024-01-10", trial_end="2024-02-10"),
    )
    # 1, 5 and 6 pay 10 up to April, May and June; 2 pays 120 ÷ 12; 3 pays from March on.
    assert closing(path) == {"01": 30, "02": 40, "03": 50, "04": 40, "05": 30, "06": 20}
    assert check(path, "left out: status") == ("note", 4, 3, "not counted")
    assert metric("MRR_TRIAL", path, ["2024-01", "2024-02", "2024-03"]).tolist() == [30, 20, 10]


def test_collection_that_is_paused(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        subscription(1, item(1000), status="canceled", ended_at="2024-03-10"),
        subscription(2, item(1000), start="2024-03-10", customer="cus_1", pause_collection={"behavior": "void"}),
        subscription(3, item(2000), start="2024-05-01"),
    )
    # Since when is not known: it counts up to the latest day of the file, which is 2024-05-01.
    assert closing(path) == {"01": 10, "02": 10, "03": 10, "04": 10, "05": 20, "06": 20}
    assert check(path, "statuses")[:3] == ("note", 1, 2)


def test_several_prices_and_one_that_was_added(tmp_path: Path) -> None:
    seats = item(500, quantity=3, product="prod_seat", created="2024-03-05")
    path = lines(tmp_path, subscription(1, item(3000, created="2024-01-10"), seats))
    assert closing(path) == {"01": 30, "02": 30, "03": 45, "04": 45, "05": 45, "06": 45}
    assert closing(path, where="product=prod_seat")["06"] == 15


def test_packages_and_fractions_of_a_cent(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        subscription(1, item(1000, quantity=101, transform_quantity={"divide_by": 50, "round": "up"})),
        subscription(2, item(None, quantity=1000, unit_amount_decimal="0.5")),
    )
    assert closing(path)["06"] == 3 * 10 + 1000 * 0.005


def test_currencies_with_other_decimals(tmp_path: Path) -> None:
    path = lines(
        tmp_path,
        subscription(1, item(500, currency="jpy"), currency="jpy"),
        subscription(2, item(1250, currency="kwd"), currency="kwd"),
        subscription(3, item(999)),
    )
    assert closing(path, rates={"JPY": 1, "KWD": 1, "USD": 1})["06"] == 500 + 1.25 + 9.99


def test_a_coupon_that_repeats_ends(tmp_path: Path) -> None:
    path = lines(tmp_path, subscription(1, item(3000), discounts=[coupon("2024-01-10", "2024-04-10", percent_off=50)]))
    assert closing(path) == {"01": 15, "02": 15, "03": 15, "04": 30, "05": 30, "06": 30}
    assert closing(path, discounts="ignore") == dict.fromkeys(("01", "02", "03", "04", "05", "06"), 30)


def test_a_coupon_of_an_amount_is_off_all_prices(tmp_path: Path) -> None:
    off = coupon("2024-03-01", None, "forever", amount_off=800, currency="usd")
    path = lines(tmp_path, subscription(1, item(3000), item(1000, product="prod_seat"), discounts=[off]))
    # 40, and from March on 32, of which the seat bears a quarter.
    assert closing(path) == {"01": 40, "02": 40, "03": 32, "04": 32, "05": 32, "06": 32}
    assert closing(path, where="product=prod_seat")["06"] == 8


def test_coupons_for_a_product_and_one_after_another(tmp_path: Path) -> None:
    for_seats = coupon("2024-01-10", None, "forever", percent_off=10, applies_to={"products": ["prod_seat"]})
    own = coupon("2024-01-10", None, "forever", percent_off=50)
    path = lines(
        tmp_path,
        subscription(1, item(3000), item(1000, product="prod_seat", discounts=[own]), discounts=[for_seats]),
    )
    assert closing(path)["06"] == 30 + 10 * 0.5 * 0.9


def test_a_coupon_that_holds_once_is_no_discount_of_the_mrr(tmp_path: Path) -> None:
    path = lines(tmp_path, subscription(1, item(3000), discount=coupon("2024-01-10", None, "once", percent_off=100)))
    assert closing(path)["01"] == 30
    assert check(path, "discounts that hold once")[:3] == ("note", 1, 1)


def test_a_coupon_as_newer_versions_of_the_api_give_it(tmp_path: Path) -> None:
    discount = coupon("2024-01-10", None, "forever", percent_off=50)
    discount["source"] = {"type": "coupon", "coupon": discount.pop("coupon")}
    path = lines(tmp_path, subscription(1, item(3000), discounts=[discount], discount=None))
    assert closing(path)["01"] == 15


def test_metered_prices_are_usage(tmp_path: Path) -> None:
    path = lines(tmp_path, subscription(1, item(3000), item(5, usage_type="metered", quantity=None)))
    assert closing(path)["06"] == 30
    assert closing(path, usage="include")["06"] == 30
    assert check(path, "left out: usage") == ("note", 1, 1, "not counted")


def test_what_the_file_does_not_hold_is_warned_of(tmp_path: Path) -> None:
    more = subscription(4, item(3000))
    more["items"]["has_more"] = True
    path = lines(
        tmp_path,
        subscription(1, item(3000), item(None, billing_scheme="tiered", tiers_mode="volume", quantity=8)),
        subscription(2, item(3000), discounts=["di_1"]),
        subscription(3, item(None)),
        more,
    )
    with pytest.warns(MrrWarning) as warned:
        assert closing(path)["06"] == 90
    assert str(warned[0].message).splitlines() == [
        "prices in tiers in 1 subscription, which are left out, as their amounts are not in the file",
        "prices without an amount in 1 subscription, which are left out; export the subscriptions again",
        "more prices than the file lists in 1 subscription (has_more), which are left out; export them all",
        "a discount in 1 subscription, and the file doesn't say what it takes off: the MRR is before it; export the "
        "subscriptions with expand[]=data.discounts",
    ]


def test_a_plan_as_old_versions_of_the_api_give_it(tmp_path: Path) -> None:
    plan = {"id": "pro", "object": "plan", "amount": 3000, "currency": "usd", "interval": "month", "interval_count": 1}
    old = subscription(1, plan=plan, quantity=2, items=None)
    assert closing(lines(tmp_path, old))["06"] == 60


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"start_date": "2024-01-10"}, "object 2: '2024-01-10' is not a time in Unix seconds"),
        ({"customer": None}, "row 2, column customer: the customer is blank; fill it in or remove the row"),
        ({"status": "sleeping"}, "row 2, column status: 'sleeping' is not a known status; the known ones are active, "),
        ({"items": [item(1000, unit_amount="much")]}, "object 2: 'much' is not an amount; it is a number of the "),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, broken: dict[str, Any], message: str) -> None:
    path = lines(tmp_path, subscription(1, item(1000)), subscription(2, item(1000)) | broken)
    with pytest.raises(MrrError) as error:
        closing(path)
    assert str(error.value).startswith(message)


def test_a_list_that_goes_on_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"object": "list", "data": [subscription(1, item(1000))], "has_more": True}))
    with pytest.warns(MrrWarning, match=r"^page.json says that there is more \(has_more\), and only its 1 objects"):
        closing(path)
    pages = [{"object": "list", "data": [subscription(n, item(1000))], "has_more": n < 3} for n in (1, 2, 3)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert closing(lines(tmp_path, *pages))["06"] == 30


def test_pages_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    off = coupon("2024-01-10", None, "forever", percent_off=50)
    pages = [subscription(1, item(3000)), subscription(2, item(3000), discounts=[off]), subscription(3, item(500))]
    for number, one in enumerate(pages):
        (folder / f"page{number}.jsonl.gz").write_bytes(gzip.compress(json.dumps(one).encode()))
    assert closing(folder)["06"] == 50
    assert closing(folder, where="subscription=sub_2")["06"] == 15


def test_with_discounts_forever_a_coupon_that_ends_is_not_deducted(tmp_path: Path) -> None:
    """https://support.stripe.com/questions/billing-analytics. 1: 20 % for two months; 2: 10 % for ever."""
    path = lines(
        tmp_path,
        subscription(1, item(10000), discounts=[coupon("2024-01-10", "2024-03-10", percent_off=20)]),
        subscription(2, item(10000), discounts=[coupon("2024-01-10", None, "forever", percent_off=10)]),
    )
    assert closing(path, through="2024-03") == {"01": 170, "02": 170, "03": 190}
    assert closing(path, through="2024-03", discounts="forever") == {"01": 190, "02": 190, "03": 190}
    assert closing(path, through="2024-03", preset="stripe") == {"01": 190, "02": 190, "03": 190}
