"""The rules that sources disagree on: their defaults, their values, and what is no value."""

import dataclasses
from fractions import Fraction

import polars as pl
import pytest

from mrr_xl import MrrError, Settings, metric, movements
from mrr_xl.settings import RULES
from support.ledgers import ledger

NAMES = (
    "as_of, end_date, reactivation_days, grace_days, through, grain, netting, churn_on, discounts, usage, "
    "status, ignore, retention_months, timezone, gross_margin, day, week, past_due_days, paused, preset, period, "
    "fiscal_year_begins"
)


def test_every_rule_has_its_stated_default():
    assert dataclasses.asdict(Settings.of(None)) == {
        "as_of": "month_end",
        "end_date": "exclusive",
        "reactivation_days": None,
        "grace_days": 0,
        "through": None,
        "grain": "customer",
        "netting": "net",
        "churn_on": "end",
        "discounts": "net",
        "usage": "exclude",
        "status": "auto",
        "ignore": None,
        "retention_months": 12,
        "timezone": None,
        "gross_margin": 1.0,
        "day": Fraction(365, 12),
        "week": Fraction(52, 12),
        "past_due_days": None,
        "paused": "0",
        "preset": None,
        "period": "month",
        "fiscal_year_begins": 1,
    }


def test_a_wrong_choice_is_an_error_however_the_settings_are_made():
    with pytest.raises(MrrError) as error:
        Settings(as_of="noon")
    assert str(error.value) == "setting as_of cannot be 'noon'; it must be one of month_end, month_start, any_day"


@pytest.mark.parametrize("given", [{}, {"as_of": None}, {"as_of": ""}, {"grace_days": "  ", "through": ""}])
def test_a_blank_keeps_the_default(given):
    assert Settings.of(given) == Settings()


@pytest.mark.parametrize("key", ["grace_days", "Grace days", "GRACE-DAYS", " grace_days "])
def test_a_rule_is_found_in_any_spelling(key):
    assert Settings.of({key: 7}).grace_days == 7


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("as_of", "month_end", "month_end"),
        ("as_of", "Month_Start", "month_start"),
        ("as_of", " any_day ", "any_day"),
        ("end_date", "exclusive", "exclusive"),
        ("end_date", "INCLUSIVE", "inclusive"),
        ("reactivation_days", "unlimited", None),
        ("reactivation_days", "Unlimited", None),
        ("reactivation_days", 90, 90),
        ("reactivation_days", "90", 90),
        ("reactivation_days", 90.0, 90),
        ("reactivation_days", 0, 0),
        ("grace_days", 7, 7),
        ("grace_days", " 7 ", 7),
        ("grace_days", "7.0", 7),
        ("day", "30", 30),
        ("day", 30.0, 30),
        ("day", "30.437", Fraction(30437, 1000)),
        ("day", "365 / 12", Fraction(365, 12)),
        ("week", "4,345", Fraction(4345, 1000)),
        ("week", 52 / 12, Fraction(13, 3)),
        ("past_due_days", "Unlimited", None),
        ("past_due_days", 30.0, 30),
        ("paused", 0, "0"),
        ("paused", 0.0, "0"),
        ("paused", "Counted", "counted"),
        ("through", "2024-03", 24290),
        ("through", "Mar 2024", 24290),
        ("through", 45352, 24290),
    ],
)
def test_a_value_is_read_from_a_text_or_a_cell(name, value, read):
    assert getattr(Settings.of({name: value}), name) == read


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"as_off": "month_end"}, f"'as_off' is not a setting; the settings are {NAMES}"),
        ({"": "month_end"}, f"'' is not a setting; the settings are {NAMES}"),
        ({5: "month_end"}, f"5 is not a setting; the settings are {NAMES}"),
        ({"as_of": "noon"}, "setting as_of cannot be 'noon'; it must be one of month_end, month_start, any_day"),
        ({"as_of": 31}, "setting as_of cannot be 31; it must be one of month_end, month_start, any_day"),
        ({"end_date": "last"}, "setting end_date cannot be 'last'; it must be one of exclusive, inclusive"),
        ({"grace_days": "a week"}, "setting grace_days cannot be 'a week'; it must be a number of days"),
        ({"grace_days": -1}, "setting grace_days cannot be -1; it must be a number of days"),
        ({"grace_days": 1.5}, "setting grace_days cannot be 1.5; it must be a number of days"),
        ({"grace_days": "inf"}, "setting grace_days cannot be 'inf'; it must be a number of days"),
        ({"grace_days": "nan"}, "setting grace_days cannot be 'nan'; it must be a number of days"),
        ({"grace_days": True}, "setting grace_days cannot be 'True'; it must be a number of days"),
        ({"grace_days": "unlimited"}, "setting grace_days cannot be 'unlimited'; it must be a number of days"),
        (
            {"reactivation_days": "never"},
            "setting reactivation_days cannot be 'never'; it must be unlimited or a number of days",
        ),
        ({"through": "2024-13"}, "setting through cannot be '2024-13'; it must be a month such as 2024-12"),
        (
            {"week": "0"},
            "setting week cannot be '0'; it must be a number above 0, with up to 3 decimals or as a fraction such as "
            "365/12",
        ),
        *(
            (
                {"day": wrong},
                f"setting day cannot be {wrong!r}; it must be a number above 0, with up to 3 decimals or as a fraction "
                "such as 365/12",
            )
            for wrong in ("a month", "4 1/3", "-30", "400", "1/0", "30.43687", "nan")
        ),
        ({"paused": 1}, "setting paused cannot be 1; it must be one of 0, counted"),
        ({"through": "last month"}, "setting through cannot be 'last month'; it must be a month such as 2024-12"),
    ],
)
def test_an_unknown_rule_or_value_is_an_error_that_lists_what_is_allowed(given, message):
    with pytest.raises(MrrError) as error:
        Settings.of(given)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("given", "name", "text"),
    [
        ({}, "as_of", "month_end"),
        ({}, "reactivation_days", "unlimited"),
        ({}, "grace_days", "0"),
        ({}, "through", ""),
        ({"reactivation_days": 90}, "reactivation_days", "90"),
        ({"through": 45352}, "through", "2024-03"),
        ({}, "day", "365/12"),
        ({}, "week", "52/12"),
        ({"week": "4.33"}, "week", "4.33"),
        ({"week": "30/7"}, "week", "30/7"),
        ({}, "preset", ""),
        ({"preset": "Paddle"}, "preset", "paddle"),
    ],
)
def test_a_setting_is_shown_as_a_user_writes_it(given, name, text):
    assert Settings.of(given).text(name) == text


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(as_of="month_start", end_date="inclusive", reactivation_days=90, grace_days=7, through=24290),
    ],
)
def test_what_is_shown_reads_back_as_it_was(settings):
    assert Settings.of({name: settings.text(name) for name in RULES}) == settings


def test_every_rule_says_what_it_is_and_what_is_allowed():
    for rule in RULES.values():
        assert rule.doc.endswith(".")
        assert rule.allowed.removeprefix("one of ")


def test_settings_are_taken_as_they_are_and_cannot_change():
    settings = Settings(grace_days=7)
    assert Settings.of(settings) is settings
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.grace_days = 8


@pytest.fixture
def mid_month() -> pl.DataFrame:
    return ledger("""
        customer  start       end         mrr
        A         2024-01-10  2024-03-20  100
    """)


def test_a_metric_takes_its_settings_as_keywords_as_a_mapping_or_as_one_object(mid_month):
    assert metric("MRR", mid_month, "2024-03") == 0
    assert metric("MRR", mid_month, "2024-03", as_of="any_day") == 100
    assert metric("MRR", mid_month, "2024-03", settings={"as_of": "any_day"}) == 100
    assert metric("MRR", mid_month, "2024-03", settings=Settings(as_of="any_day")) == 100


@pytest.mark.parametrize(
    ("given", "last"),
    [("2024-Q1", 24290), ("q1 2024", 24290), ("2023", 24287), (2023, 24287), ("2024", 24299)],
)
def test_the_last_month_reported_may_be_named_by_its_quarter_or_year(given, last):
    assert Settings.of({"through": given}).through == last


@pytest.mark.parametrize("given", ["FY2024", "FY2024-Q1", 2023.5])
def test_a_fiscal_year_is_no_month(given):
    """When it ends is said by another rule."""
    with pytest.raises(MrrError) as error:
        Settings.of({"through": given})
    assert str(error.value) == f"setting through cannot be {given!r}; it must be a month such as 2024-12"


def test_a_setting_in_two_spellings_is_given_twice():
    for name, twice in (
        ("grace_days", {"grace days": 3, "grace_days": 5}),
        ("as_of", {"as_of": "any_day", "As of": "any_day"}),
    ):
        with pytest.raises(MrrError) as error:
            Settings.of(twice)
        assert str(error.value) == f"the setting {name} is given twice; give it once"
    assert Settings.of({"grace days": None, "grace_days": 5, "Grace-days": " "}).grace_days == 5


@pytest.mark.parametrize("given", ["as_of=month_start", "as_of", 7])
def test_settings_that_are_no_dict_are_an_error(given, mid_month):
    for ask in (movements, lambda data, settings: metric("MRR", data, settings=settings)):
        with pytest.raises(MrrError) as error:
            ask(mid_month, settings=given)
        assert str(error.value) == (
            f'settings can\'t be read from {given!r}; give a dict such as {{"as_of": "month_start"}}, or each rule as '
            "a keyword"
        )


def test_settings_given_in_two_places_are_an_error(mid_month):
    with pytest.raises(MrrError) as error:
        metric("MRR", mid_month, settings={"as_of": "any_day"}, grace_days=7)
    assert str(error.value) == "settings are given twice, as settings and as grace_days; give them in one place"


@pytest.mark.parametrize("ask", [movements, lambda data, **rules: metric("MRR", data, **rules)])
def test_a_slip_in_a_keyword_is_an_error(ask, mid_month):
    with pytest.raises(MrrError) as error:
        ask(mid_month, as_off="any_day")
    assert str(error.value) == f"'as_off' is not a setting; the settings are {NAMES}"
