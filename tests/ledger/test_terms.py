"""Amounts for a year or for a whole contract: ARR, ACV and TCV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mrr_xl import MrrError, metric
from mrr_xl.ledger.terms import whole_months
from mrr_xl.months import read_day
from support.readings import closing, found_out, refused, written


@pytest.mark.parametrize("header", ["ARR", "ACV", "Annual Contract Value", "ARR (USD)", "Jahresbetrag"])
def test_an_amount_for_a_year_is_a_twelfth_a_month(tmp_path, header):
    path = written(tmp_path, f"customer,start,{header}\nA,2024-01-15,1200\nB,2024-01-20,60\n")
    assert closing(path) == {"2024-01": 105.0}
    assert found_out(path) == [f"amounts of {header}: for a year: a twelfth is the MRR"]


def test_beside_an_mrr_or_a_price_an_arr_changes_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,MRR,ARR,TCV,Term\nA,2024-01-15,100,9999,9999,7\n")
    assert closing(path) == {"2024-01": 100.0}
    path = written(tmp_path, "customer,start,Price,ARR\nA,2024-01-15,100,9999\n")
    assert closing(path) == {"2024-01": 100.0}


@pytest.mark.parametrize(
    ("header", "term"),
    [
        ("Term", "24"), ("Term (months)", "24"), ("Contract term", "24 months"), ("Term", "2 years"),
        ("Laufzeit", "P2Y"), ("Contract term (years)", "2"), ("Term in years", "2.0"), ("Term", "24 mo"),
    ],
)  # fmt: skip
def test_an_amount_for_a_contract_is_shared_out_over_its_term(tmp_path, header, term):
    path = written(tmp_path, f"customer,start,TCV,{header}\nA,2024-01-15,2400,{term}\n")
    assert closing(path) == {"2024-01": 100.0}
    assert found_out(path) == [
        f"amounts of TCV: for the term that column {header} gives",
        "ends of terms: nothing says which contracts end with their term, so all run on: add a column end, blank for "
        "those that do",
    ]
    checks = metric("MRR_CHECKS", path).set_index("check")
    assert tuple(checks.loc["ends of terms", ["result", "lines"]]) == ("note", 0)


@pytest.mark.parametrize(
    ("header", "term", "mrr"),
    [
        ("Laufzeit (Jahre)", "2", 100), ("Durée (années)", "2", 100), ("Duración en años", "2", 100),
        ("Commitment (yrs)", "2", 100), ("Durée en ans", "2", 100), ("Term (quarters)", "8", 100),
        ("Laufzeit (Wochen)", "104", 100), ("Durée (jours)", "730", 100), ("Plazo (meses)", "24", 100),
        ("Laufzeit (Monate)", "24", 100), ("Commitment", "24", 100), ("Laufzeit (Halbjahre)", "4", 100),
        ("Durée (semestres)", "4", 100), ("Laufzeit (Quartale)", "8", 100), ("Duración en trimestres", "8", 100),
        ("Term (yr)", "2", 100), ("Durée (année)", "2", 100), ("Laufzeit (Mon.)", "24", 100),
    ],
)  # fmt: skip
def test_a_term_counts_what_its_header_says(tmp_path: Path, header: str, term: str, mrr: float) -> None:
    path = written(tmp_path, f"customer,start,TCV,{header}\nA,2024-01-15,2400,{term}\n")
    assert closing(path, columns={"term": header}) == {"2024-01": mrr}
    assert header.startswith("Commitment") or closing(path) == {"2024-01": mrr}  # understood without being told


@pytest.mark.parametrize(
    ("header", "term"),
    [
        ("Semestres", "4"), ("Term half-years", "4"), ("Vertragsjahre", "2"), ("Mehrjahresvertrag", "2"),
        ("Bind. (J)", "2"),
        ("Bound in y", "2"), ("Anni", "2"), ("Fortnights (billed)", "52"), ("Vierteljahre", "8"),
        ("Mindestwochen", "104"),
        ("Commitment (min.)", "24 months"), ("Bindung (Saisons)", "2 years"),
    ],
)  # fmt: skip
def test_a_mapped_term_counts_what_its_header_says(tmp_path: Path, header: str, term: str) -> None:
    path = written(tmp_path, f"customer,start,TCV,{header}\nA,2024-01-15,2400,{term}\n")
    assert closing(path, columns={"term": header}) == {"2024-01": 100}


@pytest.mark.parametrize("header", ["Laufzeit (Saisons)", "Commitment (min.)", "Bound in seasons", "Plazo en ciclos"])
def test_numbers_that_count_something_else_are_no_terms(tmp_path: Path, header: str) -> None:
    path = written(tmp_path, f"customer,start,TCV,{header}\nA,2024-01-15,2400,2\nB,2024-01-15,2400,1 year\n")
    with pytest.raises(MrrError) as error:
        closing(path, columns={"term": header})
    assert str(error.value) == (
        f"row 2, column {header}: '2' is not a term; write a text such as 3 years, as the header does not say what "
        "numbers count"
    )


def test_a_term_may_be_a_single_month(tmp_path: Path) -> None:
    path = written(tmp_path, "customer,start,TCV,Term\nA,2024-01-15,100,1\nB,2024-01-15,50,1 month\n")
    assert closing(path) == {"2024-01": 150.0}


def test_without_a_term_the_start_and_the_end_give_it(tmp_path: Path) -> None:
    path = written(
        tmp_path, "customer,start,end,TCV\nA,2024-01-15,2025-01-14,1200\n,,,\nB,2024-01-15,2026-01-15,2400\n,,,\n"
    )
    assert closing(path, through="2024-02") == {"2024-01": 200.0, "2024-02": 200.0}
    assert found_out(path) == ["amounts of TCV: for the term that the start and the end of each line give"]


def test_dates_of_any_notation_give_a_term(tmp_path: Path) -> None:
    path = written(tmp_path, "customer;start;end;TCV\nA;15/01/2024;14/01/2025;1.200,00 €\n")
    assert closing(path, through="2024-01") == {"2024-01": 100.0}


ADD = "so that the term of column TCV is not known; add a column term, such as 12 months"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "customer,start,TCV\nA,2024-01-15,1200\n",
            "column TCV is for a whole contract, and nothing says for how long; add a column term, such as 12 months, "
            "or end",
        ),
        (
            "customer,start,TCV,Months,Owner\nA,2024-01-15,1200,12,Zoe\n",
            "column TCV is for a whole contract, and nothing says for how long; add a column term, such as 12 months, "
            "or end; if one of Months, Owner says it, name it with --map term=..., elsewhere with columns",
        ),
        (
            "customer,start,TCV,Months\nA,2024-01-15,1200,12\n",
            "column TCV is for a whole contract, and nothing says for how long; add a column term, such as 12 months, "
            "or end; if Months says it, name it with --map term=..., elsewhere with columns",
        ),
        (
            "customer,start,TCV,a,b,c,d,e,f\nA,2024-01-15,1200,1,2,3,4,5,6\n",
            "column TCV is for a whole contract, and nothing says for how long; add a column term, such as 12 months, "
            "or end; if one of a, b, c, d, e and 1 more says it, name it with --map term=..., elsewhere with columns",
        ),
        (
            "customer,start,end,TCV\nA,2024-01-15,2024-03-20,1200\n",
            f"row 2, column end: from 2024-01-15 to 2024-03-20 there are no whole months, {ADD}",
        ),
        (
            "customer,start,end,TCV\nA,2024-01-15,NULL,1200\nB,2024-01-15,9999-12-31,1200\n",
            f"2 rows of column end (row 2, row 3): the contract has no end, {ADD}",
        ),
        (
            "customer,start,end,TCV,Bindung\nA,2024-01-15,,1200,12\n",
            f"row 2, column end: the contract has no end, {ADD}; if Bindung says it, name it with --map term=..., "
            "elsewhere with columns",
        ),
        (
            "customer,start,TCV,Laufzeit (Jahre)\nA,2024-01-15,1200,100000\nB,2024-01-15,1200,99999\n",
            "row 2, column Laufzeit (Jahre): '100000' is not a term; write a number of years or a text such as 3 years",
        ),
        (
            "customer,start,TCV,Laufzeit (Halbjahre)\nA,2024-01-15,1200,0\nB,2024-01-15,1200,1.5\n",
            "2 rows of column Laufzeit (Halbjahre) are no terms: row 2 '0', row 3 '1.5'; write a number of half-years "
            "or a text such as 3 years",
        ),
        (
            "customer,start,end,TCV\nA,2024-01-15,soon,1200\n",
            "row 2, column end: 'soon' is not a date; write it as 2024-03-15",
        ),
        (
            "customer,start,end,TCV\nA,soon,2024-03-14,1200\n",
            "row 2, column start: 'soon' is not a date; write it as 2024-03-15",
        ),
        (
            "customer,start,end,TCV\nA,2024-03-15,2024-01-14,1200\n",
            "row 2, column end: the end '2024-01-14' is before the start",
        ),
        (
            "customer,start,TCV,Term\nA,2024-01-15,1200,12\nB,2024-01-15,1200,long\nC,2024-01-15,1200,1.5\n",
            "2 rows of column Term are no terms: row 3 'long', row 4 '1.5'; write a number of months or a text such "
            "as 3 years",
        ),
        (
            "customer,start,end,TCV\nA,2024-01-15,2024-01-15,1200\n",
            f"row 2, column end: from 2024-01-15 to 2024-01-15 there are no whole months, {ADD}",
        ),
        (
            "customer,start,TCV,Term\nA,2024-01-15,1200,0\nB,2024-01-15,1200,-1\n",
            "2 rows of column Term are no terms: row 2 '0', row 3 '-1'; write a number of months or a text such as 3 "
            "years",
        ),
        (
            "customer,start,TCV,Term\nA,2024-01-15,1200,\n",
            "row 2, column Term: the term is blank; write a number of months or a text such as 3 years",
        ),
        (
            "customer,start,TCV,Term\nA,2024-01-15,,12\n",
            "row 2, column TCV: an amount is missing; write 0 for none",
        ),
    ],
)
def test_a_term_that_is_not_known_is_asked_about(tmp_path, text, message):
    assert refused(written(tmp_path, text)) == message


def test_a_frame_without_an_end(tmp_path: Path) -> None:
    frame = pd.DataFrame({"customer": ["A"], "start": pd.to_datetime(["2024-01-15"]), "end": [pd.NaT], "TCV": [1200]})
    assert refused(frame) == f"row 2, column end: the contract has no end, {ADD}"


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2024-01-01", "2024-12-31", 12), ("2024-01-01", "2025-01-01", 12), ("2024-01-15", "2024-02-14", 1),
        ("2024-02-29", "2025-02-28", None), ("2024-01-15", "2024-01-15", None), ("2023-12-15", "2024-01-20", None),
    ],
)  # fmt: skip
def test_an_end_is_the_last_day_or_the_first_one_after_it(start, end, months):
    assert whole_months(read_day(start), read_day(end)) == months
