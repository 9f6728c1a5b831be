"""Customers whose names look alike: they are counted apart, and the checks say so."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator

import polars as pl
import pytest

from mrr_xl import metric
from mrr_xl.metrics import look_alikes
from support.oracle import ENGINES


def names(*customers: str, engine: str = "polars") -> tuple[str, int, str]:
    """What the check of names says of a ledger of these customers."""
    count = len(customers)
    table = pl.DataFrame({"customer": customers, "start": [dt.date(2024, 1, 1)] * count, "mrr": [10.0] * count})
    table = ENGINES[engine](table)
    checks = metric("MRR_CHECKS", table).set_index("check")
    result, lines, says = checks.loc["names of customers", ["result", "lines", "says"]]
    assert metric("MRR_CUSTOMERS", table, "2024-01") == count
    return result, lines, says


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("Acme", "\u0410cme", "Acme and \u0410cme (with CYRILLIC CAPITAL LETTER A)"),
        ("PayPal", "P\u0430yPal", "PayPal and P\u0430yPal (with CYRILLIC SMALL LETTER A)"),
        ("Omega", "\u039fmega", "Omega and \u039fmega (with GREEK CAPITAL LETTER OMICRON)"),
        ("Acme", "\uff21cme", "Acme and \uff21cme (with FULLWIDTH LATIN CAPITAL LETTER A)"),
        ("Ada Byron", "Ada\u00a0Byron", "Ada Byron and Ada\u00a0Byron (with NO-BREAK SPACE)"),
        ("AdaByron", "Ada\u200bByron", "AdaByron and AdaByron (with ZERO WIDTH SPACE)"),
        # What is seen as nothing, and a blank that is a letter.
        ("AdaByron", "Ada\u034fByron", "AdaByron and AdaByron (with COMBINING GRAPHEME JOINER)"),
        ("AdaByron", "Ada\ufe0fByron", "AdaByron and AdaByron (with VARIATION SELECTOR-16)"),
        ("AdaByron", "Ada\x1fByron", "AdaByron and AdaByron"),
        ("Ada", "Ada\u3164", "Ada and Ada\u3164 (with HANGUL FILLER)"),
        ("Ada Byron", "Ada\u2800Byron", "Ada Byron and Ada\u2800Byron (with BRAILLE PATTERN BLANK)"),
        ("acme", "\u0410CME", "acme and \u0410CME (with CYRILLIC CAPITAL LETTER A)"),
        ("Caf\u00e9", "Cafe\u0301", "Cafe\u0301 and Caf\u00e9"),
    ],
)
def test_names_that_look_alike_are_a_note(one, other, shown):
    assert names(one, other, "Bob") == ("note", 1, f"{shown} look alike and are counted apart")


def test_names_that_differ_in_case_only_are_a_note_of_their_own():
    assert names("Ada", "ADA", "Bob", "\u0412ob") == (
        "note",
        2,
        "ADA and Ada differ in case only and are counted apart; Bob and \u0412ob (with CYRILLIC CAPITAL LETTER VE) "
        "look alike and are counted apart",
    )


@pytest.mark.parametrize(
    "pair", [("Acme 1", "Acme l"), ("M\u00fcller", "Muller"), ("A0", "AO"), ("\u6771\u4eac", "\u4eac\u90fd")]
)
def test_names_that_can_be_told_apart_are_none(pair):
    assert names(*pair) == ("OK", 0, "none alike")


def test_no_more_than_three_groups_are_named():
    assert names("A", "a", "B", "b", "C", "c", "D", "d") == (
        "note", 4, "A and a, B and b, C and c differ in case only and are counted apart",
    )  # fmt: skip
    cyrillic = ["A", "\u0410", "B", "\u0412", "C", "\u0421", "E", "\u0415"]
    result, lines, says = names(*cyrillic)
    assert (result, lines) == ("note", 4)
    assert says == (
        "A and \u0410 (with CYRILLIC CAPITAL LETTER A), B and \u0412 (with CYRILLIC CAPITAL LETTER VE), "
        "C and \u0421 (with CYRILLIC CAPITAL LETTER ES) look alike and are counted apart"
    )


@pytest.mark.parametrize("block", ["\ufe00\ufe0f", "\U000e0100\U000e01ef"])
def test_each_selector_of_a_block_is_seen_as_nothing_and_its_neighbours_are_not(block: str):
    """Variation selectors: Unicode, Default_Ignorable_Code_Point."""
    first, last = block
    assert [look_alikes.looks_like(f"Ada{selector}") for selector in block] == ["ada", "ada"]
    assert "ada" not in [look_alikes.looks_like(f"Ada{chr(code)}") for code in (ord(first) - 1, ord(last) + 1)]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_finds_them(engine: str):
    """A database is asked for the names that others may look like, and for no more."""
    assert names("Ada", "Bob", "Cyd", engine=engine) == ("OK", 0, "none alike")
    assert names("Ada", "M\u00fcller", engine=engine) == ("OK", 0, "none alike")
    assert names("Ada", "ADA", "Bob", engine=engine) == (
        "note", 1, "ADA and Ada differ in case only and are counted apart",
    )  # fmt: skip
    assert names("Ada", "BOB", "\u0412ob", engine=engine) == (
        "note", 1, "BOB and \u0412ob (with CYRILLIC CAPITAL LETTER VE) look alike and are counted apart",
    )  # fmt: skip
    assert names("bob", "BOB", "\u0412ob", "Cyd", "cyd", engine=engine) == (
        "note",
        2,
        "Cyd and cyd differ in case only and are counted apart; BOB and bob and \u0412ob (with CYRILLIC CAPITAL LETTER "
        "VE) look alike and are counted apart",
    )


@pytest.fixture
def no_table_of_confusables(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As in a browser's Python, where the package with Unicode's table may be missing."""
    monkeypatch.setitem(sys.modules, "confusable_homoglyphs.confusables", None)
    kept = (look_alikes._confusables, look_alikes._letter)
    for each in kept:
        each.cache_clear()
    yield
    for each in kept:
        each.cache_clear()


@pytest.mark.usefixtures("no_table_of_confusables")
def test_without_unicode_s_table_widths_and_signs_without_width_are_seen_all_the_same():
    assert names("Acme", "\u0410cme") == ("OK", 0, "none alike")
    assert names("Acme", "\uff21cme", "Ac\u200bme") == (
        "note", 1, "Acme and Acme (with ZERO WIDTH SPACE) and \uff21cme (with FULLWIDTH LATIN CAPITAL LETTER A) look "
        "alike and are counted apart",
    )  # fmt: skip
