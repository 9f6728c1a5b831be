"""The report workbook, as a template."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from mrr_xl.clock import one_day
from mrr_xl.errors import MrrError
from mrr_xl.filling import stamp
from mrr_xl.filling.currency import USUAL, currency_of
from mrr_xl.filling.fill import Filled, finish, problems_of
from mrr_xl.filling.inputs import refuse_no_name, refuse_no_path
from mrr_xl.filling.ledger_table import find_table, put_data
from mrr_xl.filling.schedule import write_schedule
from mrr_xl.filling.source_line import set_computed
from mrr_xl.filling.workbook_rules import rules_of, status_is_of_the_line
from mrr_xl.hosts.lambdas.headers import refuse_other_headers
from mrr_xl.ledger.ledger import read_ledger
from mrr_xl.ledger.rates import read_rates
from mrr_xl.report.lite import with_lite
from mrr_xl.report.macros import as_addin, with_macros
from mrr_xl.report.names_of_lambdas import refuse_others
from mrr_xl.report.sample import sample_budget, sample_subscriptions
from mrr_xl.report.sheets import configuration, intellisense
from mrr_xl.report.sheets.segments import first_by
from mrr_xl.report.template import build_addin, build_plain, build_start, build_template, saved
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.bridge import step
from mrr_xl.settings import Settings, given_once
from mrr_xl.sources.how import split

__all__ = ["Filled", "build_template", "write_addin", "write_template"]

#: How many columns a report has whose columns are of so many months: what fits on one or two pages.
_COLUMNS = {1: 24, 3: 12, 12: 6}
#: What a workbook can carry so that Excel can recalculate it, and what puts it into the finished file.
CARRIED: dict[str, Callable[[bytes], bytes]] = {"macros": with_macros, "lite": with_lite}


def write_template(
    out: str | os.PathLike[str],
    *,
    months: int | None = None,
    data: object = None,
    rules: Settings | None = None,
    currency: str | None = None,
    rates: object = None,
    carries: str | None = None,
    functions: Literal["lambda", "plain"] | None = None,
    settings: object = None,
    **reading: Any,
) -> Filled:
    """Write the report workbook, its formulas computed, up to the last month reported.

    Parameters
    ----------
    out : path
        an .xlsx file, or an .xlsm with macros
    months : int, optional
        how many months, quarters or years it shows: 1 to 120; if left out, 24 months, 12 quarters or 6 years
    data : frame, path or URL, optional
        subscriptions; if left out, made-up ones
    rules : Settings, optional
        an older name for settings
    currency : str, optional
        its name beside the amounts; if left out, that of the data, or EUR where the data names none
    rates : frame, path or dict, optional
        exchange rates, as for mrr_xl.metric, for data in more than one currency
    carries : str, optional
        what the workbook carries so that Excel can recalculate it: macros; or lite, the code of xlwings Lite, which is
        experimental
    functions : str, optional
        lambda: they are LAMBDAs among the workbook's names, for Excel 365 and 2024 without any add-in; sheets that need
        others are left out. plain: there are none, but ordinary formulas over what each customer pays in each month,
        as values.
    settings : dict or Settings, optional
        the rules that are not to be the default; or each as a keyword
    **reading
        each rule as a keyword, and how the data is to be read, as for mrr_xl.movements

    Returns
    -------
    Filled
        The file, its lines and computed formula cells, and what to tell the user.

    Raises
    ------
    MrrError
        What is wrong, where, and how to mend it; nothing is written then.

    Warns
    -----
    MrrWarning
        What in the data may make the figures wrong.
    """
    refuse_no_path("out", out)
    refuse_no_name("currency", currency, "a currency")
    if carries is not None and carries not in [*CARRIED]:
        raise MrrError(f"a workbook can't carry {carries}; it can carry {' or '.join(CARRIED)}")
    if functions not in (None, "lambda", "plain") or (functions and carries):
        raise MrrError("functions can be lambda or plain, in a workbook that carries nothing else, or is left out")
    _ends_in(out, ".xlsm" if carries == "macros" else ".xlsx")
    with one_day():
        how, given_rules = split(reading)
        rules, known = Settings.of(given_once(settings or rules, given_rules)), read_rates(rates)
        given = sample_subscriptions() if data is None else data
        ledger = read_ledger(given, timezone=rules.timezone, factors=rules.factors, rates=known, how=how)
        months = _COLUMNS[step(rules)] if months is None else months
        if status_is_of_the_line(ledger, rules):
            rules = replace(rules, status="line")
        currency = currency_of(ledger) or USUAL if currency is None else currency
        if functions == "lambda":
            refuse_other_headers(ledger)
        shown: dict[str, Any] = {"months": months, "rules": rules, "currency": currency, "rates": known}
        shown |= {"budgeted": sample_budget()} if data is None else {}
        plain = functions == "plain"
        if plain:
            built = build_plain(**shown)
        elif functions == "lambda":
            built = build_template(**shown, lambdas=True)
        else:
            built = build_template(**shown, carries=carries, segmented=first_by(ledger))
        if carries == "macros":
            _add_sheets_of_macros(built)
        workbook = saved(built)
        book = Book(ledger, rules_of(workbook))
        if data is not None:
            put_data(workbook, find_table(workbook), book)
        made_from = stamp.of_book(book, "the report of mrr_xl")
        if plain:
            write_schedule(workbook, book, made_from)
        if functions == "lambda":
            refuse_others(workbook, book, range(book.through - months + 1, book.through + 1))
        stamp.write(workbook.package, made_from)
        set_computed(workbook)
        filled = finish(workbook, out, ledger.lines, CARRIED[carries] if carries else None)
        filled = replace(filled, warnings=problems_of(book))
    return filled.warn()


def write_addin(out: str | os.PathLike[str]) -> Filled:
    """Write the functions as macros, for Excel on Windows: an add-in (.xlam), or a workbook of their own (.xlsm).

    Raises MrrError, and then writes nothing.
    """
    _ends_in(out, ".xlam", ".xlsm")
    if _suffix(out) == ".xlam":
        return finish(saved(build_addin()), out, 0, as_addin)
    built = build_start()
    _add_sheets_of_macros(built)
    workbook = saved(built)
    table = find_table(workbook)
    return finish(workbook, out, table.bottom - table.top, with_macros)


def _add_sheets_of_macros(built: Any) -> None:
    configuration.add(built)
    intellisense.add(built)


def _ends_in(out: str | os.PathLike[str], *suffixes: str) -> None:
    if _suffix(out) not in suffixes:
        raise MrrError(f"{Path(out).name} must end in {' or '.join(suffixes)}")


def _suffix(out: str | os.PathLike[str]) -> str:
    return Path(out).suffix.lower()
