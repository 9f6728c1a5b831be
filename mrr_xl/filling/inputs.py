"""What a fill reads: the template, the data and the last report, each opened once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from mrr_xl.errors import MrrError, shown
from mrr_xl.filling import fingerprint
from mrr_xl.filling.given_rules import rules_for
from mrr_xl.filling.ledger_table import find_table, refuse_unknown
from mrr_xl.filling.stamp import Stamp, of_book
from mrr_xl.filling.workbook_rules import how_of, rates_of, refuse_other_periods, rules_of
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.rates import NO_RATES, Rates, read_rates
from mrr_xl.presets import PRESETS
from mrr_xl.rollforward.book import Book
from mrr_xl.settings import RULES, Settings, given_once, read_rules, rule_name
from mrr_xl.sources.how import AS_FOUND, How, split
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook, read_workbook


@dataclass(frozen=True)
class Options:
    """How a report is made: the options of mrr_xl.fill."""

    table: str | None = None
    strict: bool = False
    values: bool = False
    against: str | os.PathLike[str] | None = None
    how: How = AS_FOUND
    dry_run: bool = False  #: everything is done but writing the file
    rules: Mapping[str, Any] = field(default_factory=dict)  #: those that take the place of the workbook's, by name
    rates: Rates = NO_RATES  #: in place of the workbook's, if there are any
    currency: str | None = None
    read: tuple[str | os.PathLike[str], ...] = ()  #: the files that these were read from

    @classmethod
    def of(cls, *, settings: object = None, rates: object = None, currency: str | None = None, **given: Any) -> Options:
        """Options as a user gives them: rules as settings or keywords, and how the data is to be read. Raises MrrError.

        A Settings gives every rule; a dict or keywords those that they name.
        """
        own = {name: given.pop(name) for name in _OWN if name in given}
        for name in ("strict", "values", "dry_run"):
            refuse_no_flag(name, own.get(name, False))
        refuse_no_name("table", own.get("table"), "a table")
        refuse_no_name("currency", currency, "a currency")
        if own.get("against") is not None:
            refuse_no_path("against", own["against"])
        how, rules = split(given)
        meant = given_once(settings, rules)
        read = {name: getattr(meant, name) for name in RULES} if isinstance(meant, Settings) else read_rules(meant)
        if isinstance(meant, Mapping):  # a blank stands for the default, whatever the workbook says
            usual = read_rules(PRESETS.get(read.get("preset") or "", {}))
            read = {name: usual.get(name, RULES[name].default) for name in map(rule_name, meant)} | read
        files = (rates,) if isinstance(rates, (str, os.PathLike)) else ()
        return cls(**own, how=how, rules=read, rates=read_rates(rates), currency=currency or None, read=files)


_OWN = ("table", "strict", "values", "against", "dry_run")


def refuse_no_flag(name: str, value: object) -> None:
    """Raise MrrError for an argument that is not True or False: "no" would count as yes."""
    if not any(value is flag for flag in (True, False)):
        raise MrrError(f"{name} is {shown(value)}; it must be True or False")


def refuse_no_name(name: str, value: object, of: str) -> None:
    if value is not None and not isinstance(value, str):
        raise MrrError(f"{name} is {shown(value)}; it must be the name of {of}")


def refuse_no_path(name: str, value: object) -> None:
    if not isinstance(value, (str, os.PathLike)):
        raise MrrError(f"{name} is {shown(value)}; it must be a file's path")


@dataclass(frozen=True)
class Inputs:
    """The opened template, its ledger's table, the data under the template's rules, and the last report."""

    template: Workbook
    table: Table
    data: object
    book: Book
    earlier: Workbook | None
    options: Options

    @cached_property
    def stamp(self) -> Stamp:
        """The stamp of the report; a file that has it need not be filled again."""
        options = {name: getattr(self.options, name) for name in (*_OWN, "currency") if name != "dry_run"}
        rates = self.options.rates.pairs
        how = options | {"rates": hashlib.sha256(repr(rates).encode()).hexdigest()[:8] if rates else None}
        if self.earlier is not None:
            how["against"] = self.earlier.package.digest[:8]
        return of_book(self.book, self.template.package.digest[: fingerprint.LENGTH], how)


def read_inputs(
    template: str | os.PathLike[str], data: object, out: str | os.PathLike[str], options: Options
) -> Inputs:
    """Open what a report at `out` is made from. Raises MrrError."""
    refuse_no_path("template", template)
    refuse_no_path("out", out)
    _check_names(Path(template), Path(out))
    _refuse_to_overwrite(out, template, data, options.against, *options.read)
    workbook = read_workbook(template)
    table = find_table(workbook, options.table)
    refuse_unknown(table)
    given = rules_for(workbook, options.rules)
    rules, rates = rules_of(workbook, given), options.rates if options.rates.pairs else rates_of(workbook)
    refuse_other_periods(workbook, rules)
    how = options.how.over(how_of(workbook))
    book = Book(read_ledger(data, timezone=rules.timezone, factors=rules.factors, rates=rates, how=how), rules)
    earlier = None if options.against is None else read_workbook(options.against)
    return Inputs(workbook, table, data, book, earlier, replace(options, rules=given))


def _check_names(template: Path, out: Path) -> None:
    if template.suffix.lower() not in (".xlsx", ".xlsm"):
        raise MrrError(f"the template {template.name} is not a workbook (.xlsx or .xlsm)")
    if out.suffix.lower() != template.suffix.lower():
        raise MrrError(f"{out.name} must end in {template.suffix} as the template does")


def _refuse_to_overwrite(out: str | os.PathLike[str], *inputs: object) -> None:
    """Raise MrrError if the report would be written to a file that is read, under whatever other name or link."""
    for path in inputs:
        both_exist = isinstance(path, (str, os.PathLike)) and os.path.exists(path) and os.path.exists(out)
        if both_exist and os.path.samefile(path, out):  # type: ignore[arg-type]
            raise MrrError(f"{os.fspath(out)} would overwrite {path}, which is read; name another file")
