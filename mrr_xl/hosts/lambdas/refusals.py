"""What the LAMBDAs lack to compute a ledger under its rules, found without asking them."""

from __future__ import annotations

import re
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.errors import MrrError
from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.hosts.lambdas.rules import ONLY_DEFAULTS
from mrr_xl.hosts.lambdas.words import refuse_other_words
from mrr_xl.ledger.frames import to_memory
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.settings import Settings

_OR = ", or use --functions xlwings"
_CHOICE = re.compile(r'LEDGER_CHOICE\(settings, "(\w+)",\s+\{+([^{}]+)\}')


def refuse_unknown_rules(rules: Settings) -> None:
    """Raises MrrError for the first rule that the LAMBDAs can't compute."""
    formulas = "".join(formula for _, formula in NAMES.values())
    choices = {name: re.findall(r'"(\w*)"', words) for name, words in _CHOICE.findall(formulas)}
    usual = Settings()
    for name in (*ONLY_DEFAULTS, *choices):
        value = rules.text(name)
        if value != usual.text(name) and (name in ONLY_DEFAULTS or value not in choices[name]):
            can_be = [usual.text(name)] if name in ONLY_DEFAULTS else choices[name]
            raise MrrError(f"{name} is {value}, which the LAMBDAs can't compute; set it to {' or '.join(can_be)}{_OR}")


def refuse_other_data(ledger: Ledger) -> None:
    """Raises MrrError for rates by month, or the first customer or word, that the LAMBDAs can't compute."""
    if ledger.rates.by_month:
        raise MrrError(
            f"the exchange rates change by month, which the LAMBDAs can't compute; give one for each currency{_OR}"
        )
    _refuse_names(ledger)
    refuse_other_words(ledger)


def _refuse_names(ledger: Ledger) -> None:
    """Raises MrrError for customers that differ in case only, who are one to Excel."""
    lines: Any = to_memory(ledger.frame.select(nw.col("customer")))
    known: dict[str, str] = {}
    for name in lines["customer"].unique().sort().to_list():
        other = known.setdefault(name.lower(), name)
        if other != name:
            raise MrrError(
                f"customers {other} and {name} differ in case only, which the LAMBDAs can't tell; spell them alike, or "
                f"give each an ID{_OR}"
            )
