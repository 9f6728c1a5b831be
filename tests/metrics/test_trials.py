"""Trials: the column trial end, lines with a trial's status, what they would be worth, and how many become paid."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mrr_xl import MrrError, metric, movements
from support.ledgers import ledger, typed
from support.oracle import (
    DAY,
    DAYS,
    ENGINES,
    Month,
    Period,
    lines_at_random,
    months_between,
    repeatably,
    without_short_gaps,
)

MONTHS = ["2024-01", "2024-02", "2024-03", "2024-04"]
#: A is in trial until 10 February, and pays; B leaves on the last day of the trial; C has none; D is a line of its own.
TRIALS = """
customer  start       end         mrr  trial_end   status
A         2024-01-20  -           100  2024-02-10  active
B         2024-01-05  2024-03-01  50   2024-03-01  cancelled
C         2024-01-01  -           7    -           active
D         2024-02-01  2024-03-15  20   -           trialing
D         2024-03-15  2024-04-20  30   -           active
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_a_line_is_a_trial_until_its_trial_ends_and_paid_for_from_then_on(engine: str):
    table = ENGINES[engine](typed(TRIALS).with_columns(pl.col("trial_end").str.to_date()))
    rules = {"through": "2024-04"}
    assert metric("MRR", table, MONTHS, **rules).tolist() == [7, 107, 137, 107]
    assert metric("MRR_TRIAL", table, MONTHS, **rules).tolist() == [150, 70, 0, 0]
    conversion = metric("MRR_TRIAL_CONVERSION", table, MONTHS, **rules)
    assert conversion.tolist()[1:3] == [1, 0.5]
    assert conversion.isna().tolist() == [True, False, False, True]  # no trial ended in January and in April


def test_before_the_first_trial_nothing_is_in_trial():
    table = ledger("""
        customer  start       mrr  trial_end
        A         2024-01-01  7    -
        B         2024-03-05  100  2024-04-10
        """)
    assert metric("MRR_TRIAL", table, MONTHS, through="2024-04").tolist() == [0, 0, 100, 0]


def test_before_the_first_month_with_mrr_or_a_trial_at_its_end_there_is_no_figure():
    """A's trial is over before January is; nothing else begins before March, the last month reported."""
    table = ledger("""
        customer  start       end         mrr  status
        A         2024-01-05  2024-01-20  5    trialing
        B         2024-03-01  -           7    active
        """)
    assert [math.isnan(mrr) for mrr in metric("MRR_TRIAL", table, MONTHS, through="2024-03")] == [
        True, True, False, True,
    ]  # fmt: skip
    assert metric("MRR_TRIAL", table, "2024-03", through="2024-03") == 0
    alone = table.head(1)
    assert metric("MRR_TRIAL", alone, MONTHS, through="2024-03").isna().all()


def test_a_customer_is_new_when_the_trial_is_over():
    table = movements(ledger(TRIALS), through="2024-04").set_index("month")
    assert table["new"].tolist() == [7, 100, 30, 0]
    assert table["churn"].tolist() == [0, 0, 0, -30]


def test_what_is_in_trial_is_not_committed():
    table = ledger("""
        customer  start       mrr  trial_end
        A         2024-01-01  100  -
        B         2024-02-01  50   2024-04-10
        C         2024-05-01  30   -
        """)
    assert metric("MRR_COMMITTED", table, "2024-03", through="2024-03") == 130  # C is signed
    assert metric("MRR_COMMITTED", table, "2024-04", through="2024-04") == 180


@pytest.mark.parametrize(
    ("rules", "mrr", "trial"),
    [
        ({}, [0, 0, 100], [100, 100, 0]),
        ({"end_date": "inclusive"}, [0, 0, 100], [100, 100, 0]),
        ({"as_of": "month_start"}, [0, 0, 100], [100, 100, 0]),
        ({"as_of": "month_start", "end_date": "inclusive"}, [0, 0, 0], [100, 100, 100]),
        ({"as_of": "any_day"}, [0, 0, 100], [100, 100, 0]),
        ({"as_of": "any_day", "end_date": "inclusive"}, [0, 0, 100], [100, 100, 100]),
    ],
)
def test_the_end_of_a_trial_is_read_as_an_end_is(rules, mrr, trial):
    """A trial until 1 March: its first day that is paid for or, if ends are the last paid day, its last day."""
    table = ledger("""
        customer  start       mrr  trial_end
        A         2024-01-01  100  2024-03-01
        """)
    months = MONTHS[:3]
    assert metric("MRR", table, months, through="2024-03", **rules).tolist() == mrr
    assert metric("MRR_TRIAL", table, months, through="2024-03", **rules).tolist() == trial


def test_a_trial_that_ends_before_its_line_begins_is_none():
    table = ledger("""
        customer  start       mrr  trial_end
        A         2024-02-01  100  2024-01-15
        """)
    assert metric("MRR", table, "2024-02", through="2024-02") == 100
    assert metric("MRR_TRIAL", table, ["2024-02"], through="2024-02").tolist() == [0]
    assert metric("MRR_TRIAL_CONVERSION", table, ["2024-02"], through="2024-02").isna().all()


def test_a_trial_is_worth_the_price_that_will_be_paid():
    """A's discount is over when the trial is; B's goes on, and F's for ever; C is usage and D a fee once."""
    table = ledger("""
        customer  start       amount  discount  discount_until  trial_end   kind       status
        A         2024-01-01  100     0.5       2024-03-01      2024-03-01  recurring  active
        B         2024-01-01  10      0.5       2024-04-01      2024-03-01  recurring  active
        C         2024-01-01  1000    -         -               -           usage      trialing
        D         2024-01-01  5000    -         -               2024-03-01  setup      active
        E         2024-01-01  5000    -         -               -           setup      trialing
        F         2024-01-01  4       0.5       -               -           recurring  trialing
        """)
    assert metric("MRR_TRIAL", table, "2024-01", through="2024-01") == 107
    assert metric("MRR_TRIAL", table, "2024-01", through="2024-01", discounts="ignore") == 114
    assert metric("MRR_TRIAL", table, "2024-01", through="2024-01", usage="include") == 1107
    assert metric("MRR", table, "2024-03", through="2024-03", usage="include") == 105


def test_a_trial_that_is_over_and_has_no_end_is_left_out():
    """Nothing says when B's was; C's is known by its trial end."""
    table = ledger("""
        customer  start       mrr  trial_end   status
        A         2024-01-01  100  -           trialing
        B         2024-01-01  10   -           trial_ended
        C         2024-01-01  1    2024-02-10  trial_expired
        """)
    assert metric("MRR_TRIAL", table, MONTHS[:2], through="2024-02").tolist() == [101, 100]
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-02", through="2024-02") == 0


CONVERTED = """
customer  start       end         mrr  status
early     2024-01-01  2024-02-20  10   trialing
early     2024-02-10  -           10   active
late      2024-01-01  2024-02-20  10   trialing
late      2024-02-25  -           10   active
prolonged 2024-01-01  2024-02-20  10   trialing
prolonged 2024-02-20  2024-03-20  10   trialing
prolonged 2024-03-20  -           10   active
"""


def test_a_trial_becomes_paid_if_its_customer_pays_by_its_end_or_within_the_grace():
    months, through = ["2024-02", "2024-03"], {"through": "2024-04"}
    assert metric("MRR_TRIAL_CONVERSION", ledger(CONVERTED), months, **through).tolist() == [0.5, 1]
    assert metric("MRR_TRIAL_CONVERSION", ledger(CONVERTED), months, **through, grace_days=5).tolist() == [1, 1]
    assert metric("MRR_TRIAL_CONVERSION", ledger(CONVERTED), months, **through, grace_days=4).tolist() == [0.5, 1]


def test_however_long_the_grace_another_customer_s_trial_is_another_one():
    table = ledger("""
        customer  start       end         mrr  status
        A         2024-01-05  2024-01-20  5    trialing
        A         2024-01-20  -           5    active
        B         2024-01-06  2024-01-20  5    trialing
        """)
    for days in (0, 1_000_000):
        assert metric("MRR_TRIAL_CONVERSION", table, "2024-01", through="2024-02", grace_days=days) == 0.5


def test_the_trials_of_a_quarter_are_those_that_ended_in_its_months():
    """Two of three became paid: one of February's two, and the one of March."""
    table, months = ledger(CONVERTED), ["2024-01", "2024-03", "2024-06"]
    quarters = metric("MRR_TRIAL_CONVERSION", table, months, period="quarter", through="2024-06")
    assert quarters.tolist()[:2] == [2 / 3, 2 / 3] and pd.isna(quarters.iloc[2])
    assert metric("MRR_TRIAL", table, "2024-01", period="quarter", through="2024-06") == 0
    trailing = {"period": "last_twelve_months", "through": "2024-06"}
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-02", **trailing) == 0.5


def test_after_the_last_month_reported_there_is_no_share_of_trials():
    trailing = {"period": "last_twelve_months", "through": "2025-02"}
    shares = metric("MRR_TRIAL_CONVERSION", ledger(CONVERTED), ["2025-01", "2025-02", "2025-03"], **trailing)
    assert shares.tolist()[:2] == [2 / 3, 1] and pd.isna(shares.iloc[2])


def test_one_who_paid_before_the_trial_has_not_become_paid_by_it():
    table = ledger("""
        customer  subscription  start       end         mrr  status
        A         base          2024-01-01  -           100  active
        A         extra         2024-02-01  2024-03-10  50   trialing
        B         base          2024-01-01  -           100  active
        B         extra         2024-02-01  2024-03-10  50   trialing
        B         extra         2024-03-10  -           50   active
        """)
    for grain in ("customer", "subscription"):
        assert metric("MRR_TRIAL_CONVERSION", table, "2024-03", through="2024-04", grain=grain) == 0.5


def test_a_discount_that_ends_during_the_trial_is_not_the_beginning_of_a_line():
    """A has paid for the base since January; its price goes up on 15 February."""
    table = ledger("""
        customer  subscription  start       end         amount  discount  discount_until  status
        A         base          2024-01-01  -           100     0.5       2024-02-15      active
        A         extra         2024-02-01  2024-03-10  50      -         -               trialing
        """)
    assert metric("MRR", table, ["2024-01", "2024-02"], through="2024-03").tolist() == [50, 100]
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-03", through="2024-03") == 0


@pytest.mark.parametrize(
    ("start", "end", "share"),
    [
        ("2024-02-01", "2024-04-10", 0),  # from the trial's first day
        ("2024-02-02", "2024-04-10", 1),
        ("2024-02-02", "2024-03-10", 0),  # to the trial's last day
        ("2024-02-02", "2024-03-11", 1),
    ],
)
def test_what_is_paid_for_begins_after_the_start_of_the_trial_and_runs_on_past_its_end(start, end, share):
    table = ledger(f"""
        customer  start       end         mrr  status
        A         2024-02-01  2024-03-10  50   trialing
        A         {start}     {end}       50   active
        """)
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-03", through="2024-04") == share


def test_trials_are_of_customers_or_of_subscriptions():
    table = ledger("""
        customer  subscription  start       end         mrr  trial_end
        A         one           2024-01-01  -           100  2024-02-10
        A         two           2024-01-05  2024-02-12  50   2024-02-12
        """)
    rules = {"through": "2024-04"}
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-02", **rules) == 1  # one trial, until the 12th
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-02", grain="subscription", **rules) == 0.5


def test_cleeng_converts_ten_of_fifty_trials():
    """Cleeng, trial conversion rate: 50 trials ended, 10 of them became paid: 20 %.

    https://publisher.support.cleeng.com/hc/en-us/articles/360009158979-Trial-Conversion-Rate
    """
    ends = [None] * 10 + [dt.date(2024, 1, 24)] * 40
    table = pl.DataFrame({"customer": range(50), "start": [dt.date(2024, 1, 10)] * 50, "end": ends, "mrr": [10] * 50})
    table = table.with_columns(trial_end=pl.lit(dt.date(2024, 1, 24)))
    assert metric("MRR_TRIAL_CONVERSION", table, "2024-01", through="2024-01") == 0.2


def test_grow_slash_adds_up_days_with_different_rates():
    """Grow Slash: 26 of 40, 15 of 30 and 32 of 50 trials, by the day of their end: 60.8 % of the three days.

    https://help.growslash.com/en/articles/11148222-trial-to-paid-conversion
    """
    rows = []
    for day, (ended, paid) in enumerate([(40, 26), (30, 15), (50, 32)], 1):
        over = dt.date(2024, 5, day)
        rows += [(f"{day}-{n}", dt.date(2024, 4, 20), None if n < paid else over, 10, over) for n in range(ended)]
    table = pl.DataFrame(rows, schema=["customer", "start", "end", "mrr", "trial_end"], orient="row")
    assert round(metric("MRR_TRIAL_CONVERSION", table, "2024-05", through="2024-05"), 3) == 0.608


@pytest.mark.parametrize("name", ["MRR_TRIAL", "MRR_TRIAL_CONVERSION"])
def test_a_ledger_that_says_nothing_of_trials_has_no_such_figure(name):
    table = ledger("""
        customer  start       mrr
        A         2024-01-01  100
        """)
    with pytest.raises(MrrError) as mistake:
        metric(name, table, "2024-01")
    assert str(mistake.value) == (
        f"{name} needs a column trial end that says until when a line is a trial, or a column status that says which "
        "lines are; there is none"
    )


def test_the_start_of_a_trial_in_the_midst_of_a_line_is_asked_about():
    table = ledger("""
        customer  start       mrr  trial_start  trial_end
        A         2024-01-01  100  2024-01-01   2024-02-01
        """)
    assert metric("MRR", table, "2024-01", through="2024-02") == 0
    later = table.with_columns(trial_start=pl.lit("2024-01-10"))
    with pytest.warns(match="column trial_start looks like a trial"):
        metric("MRR", later, "2024-01", through="2024-02")


def test_a_trial_end_that_is_ignored_is_not_read():
    table = ledger("""
        customer  start       mrr  trial_end   status
        A         2024-01-01  100  2024-02-10  active
        """)
    assert metric("MRR", table, "2024-01", through="2024-02", ignore="Trial End") == 100
    assert metric("MRR_TRIAL", table, ["2024-01"], through="2024-02", ignore="Trial End").tolist() == [0]


def test_the_checks_say_what_is_read_of_trials():
    table = ledger("""
        customer  start       mrr  trial_end   status
        A         2024-01-01  100  2024-02-10  active
        B         2024-01-01  10   2024-02-10  trialing
        C         2024-01-01  1    -           trial_ended
        D         2024-01-01  1    -           trialing
        """)
    checks = metric("MRR_CHECKS", table, through="2024-03").set_index("check")
    trials = checks.loc[[name for name in checks.index if name.startswith("trials")], ["result", "first_row", "says"]]
    assert [tuple(row) for row in trials.itertuples()] == [
        ("trials", "note", 2, "they count from the day in column trial_end on"),
        ("trials that are over", "note", 3, "their status is that of a trial, and the day in column trial_end is over: "
         "they don't count as paid"),
        ("trials without an end", "note", 4, "nothing says since when, so that no figure of trials has them; fill in a "
         "column end"),
    ]  # fmt: skip


def test_a_database_counts_the_trials_that_are_over_though_it_has_no_rows():
    """A is in trial until February and pays; B's and C's statuses are those of trials that are over."""
    table = typed("""
        customer  start       end  mrr  trial_end   status
        A         2024-01-01  -    100  2024-02-10  active
        B         2024-01-01  -    10   2024-02-10  trialing
        C         2024-01-01  -    1    -           trial_ended
        D         2024-01-01  -    1    -           active
        """).with_columns(pl.col("trial_end").str.to_date())
    for engine, first in {"polars": [2, 3, 4], "pandas": [2, 3, 4], "duckdb": [None] * 3}.items():
        checks = metric("MRR_CHECKS", ENGINES[engine](table), through="2024-03").set_index("check")
        trials = checks.loc[["trials", "trials that are over", "trials without an end"]]
        assert trials["lines"].tolist() == [1, 1, 1]
        assert [None if row is pd.NA else row for row in trials["first_row"]] == first


def checked(text: str, **rules: str) -> dict[str, tuple[str, int, str]]:
    """What the checks that concern trials say."""
    table = metric("MRR_CHECKS", ledger(text), **rules)
    rows = table[table["check"].str.startswith("trials")].itertuples(index=False)
    return {check: (result, lines, says) for check, result, lines, _, says in rows}


def test_without_trials_the_checks_say_little_of_them():
    no_trials = """
        customer  start       mrr  trial_end   status
        A         2024-01-01  100  -           active
        B         2024-01-01  100  -           trialing
        """
    assert checked(no_trials, through="2024-03") == {"trials": ("OK", 0, "none")}
    assert checked("customer start mrr status \n A 2024-01-01 5 active", through="2024-03") == {}
    assert checked("customer start mrr \n A 2024-01-01 5", through="2024-03") == {}


def test_a_trial_is_over_from_the_last_month_reported_on():
    text = """
        customer  start       mrr  trial_end   status
        A         2024-01-01  100  2024-02-10  trialing
        """
    over = (
        "note",
        1,
        "their status is that of a trial, and the day in column trial_end is over: they don't count as paid",
    )
    assert checked(text, through="2024-02")["trials that are over"] == over
    assert "trials that are over" not in checked(text, through="2024-01")


def test_if_ends_are_last_paid_days_so_is_the_end_of_a_trial():
    text = """
        customer  start       mrr  trial_end
        A         2024-01-01  100  2024-02-10
        """
    says = "they count from the day after the one in column trial_end on"
    assert checked(text, through="2024-03", end_date="inclusive") == {"trials": ("note", 1, says)}


# The recomputation, day by day

_lines = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(["s1", "s2"]),
        st.integers(0, 60),  # the start, a number of days
        st.one_of(st.none(), st.integers(0, 70)),  # how long it runs
        st.one_of(st.none(), st.integers(-5, 50)),  # how long its trial is
        st.sampled_from(["active", "active", "trialing", "trial_ended"]),
        st.sampled_from([10, 33, 100]),
    ),
    min_size=1,
    max_size=7,
)


@lines_at_random
@repeatably(12)
@given(lines=_lines, grain=st.sampled_from(["customer", "subscription"]), grace=st.sampled_from([0, 0, 6]))
def test_every_day_s_trials_and_what_became_of_them(lines, grain, grace):
    rows = []
    for customer, subscription, at, length, trial, status, mrr in lines:
        start = DAYS[0] + at * DAY
        end = None if length is None else start + length * DAY
        rows.append((customer, subscription, start, end, None if trial is None else start + trial * DAY, status, mrr))
    names = ["customer", "subscription", "start", "end", "trial_end", "status", "mrr"]
    types = {"end": pl.Date, "start": pl.Date, "trial_end": pl.Date}
    table = pl.DataFrame(rows, schema=names, schema_overrides=types, orient="row")
    in_trial, paid = {}, {}
    for customer, subscription, start, end, trial_end, status, mrr in rows:
        whose = customer if grain == "customer" else (customer, subscription)
        end = end or dt.date.max
        if status == "active":
            begins = max(start, trial_end or start)
            if end > begins:
                paid.setdefault(whose, []).append(Period(begins, end, mrr))
            over = min(end, begins)
        elif status == "trial_ended" and end == dt.date.max and trial_end is None:
            continue
        else:
            over = min(end, trial_end or end)
        if over > start:
            in_trial.setdefault(whose, []).append((start, over, mrr))
    paid = {whose: without_short_gaps(periods, grace) for whose, periods in paid.items()}
    months = months_between(Month(DAYS[0].year, DAYS[0].month), Month(2024, 7))
    worth = [
        sum(mrr for spans in in_trial.values() for start, over, mrr in spans if start <= month.last_day < over)
        for month in months
    ]
    ended = dict.fromkeys(months, 0)
    converted = dict.fromkeys(months, 0)
    for whose, spans in in_trial.items():
        for start, over in _whole(spans, grace):
            month = Month(over.year, over.month)
            if over == dt.date.max or month not in ended:
                continue
            ended[month] += 1
            latest = over + grace * DAY
            converted[month] += any(
                start < period.start <= latest and period.end > over for period in paid.get(whose, [])
            )
    shares = [converted[month] / ended[month] if ended[month] else None for month in months]
    rules = {"grain": grain, "grace_days": grace, "through": str(months[-1])}
    wanted = [str(month) for month in months]
    for engine in ("polars", "duckdb", "pandas"):
        frame = ENGINES[engine](table)
        assert metric("MRR_TRIAL", frame, wanted, **rules).fillna(0).tolist() == worth
        found = metric("MRR_TRIAL_CONVERSION", frame, wanted, **rules)
        assert [None if share != share else share for share in found] == shares


def _whole(spans, grace):
    """Trials as one where the next begins while one runs, or at most so many days after it."""
    spans = sorted((start, over) for start, over, _ in spans)
    whole = [list(spans[0])]
    for start, over in spans[1:]:
        if whole[-1][1] == dt.date.max or start <= whole[-1][1] + grace * DAY:
            whole[-1][1] = max(whole[-1][1], over)
        else:
            whole.append([start, over])
    return whole
