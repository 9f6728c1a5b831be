"""The report workbook: a table of subscriptions, the rules, and every figure as a formula over both."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from numbers import Integral
from typing import Any

import openpyxl
from openpyxl.workbook.properties import CalcProperties
from openpyxl.writer.excel import ExcelWriter

from mrr_xl.errors import MrrError, shown
from mrr_xl.later import pd
from mrr_xl.ledger.rates import NO_RATES, Rates
from mrr_xl.metrics import REGISTRY
from mrr_xl.metrics.checks import usual_segment
from mrr_xl.months import Month, latest_complete
from mrr_xl.report import names_of_lambdas, plain
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.report.sheets import (
    budget,
    checks,
    cohorts,
    configuration,
    customers,
    definitions,
    detail,
    economics,
    forecast,
    intellisense,
    movements,
    proof,
    retention,
    schedule,
    segments,
    settings,
    start,
    subscriptions,
    summary,
    totals,
)
from mrr_xl.settings import Settings
from mrr_xl.version import AUTHOR
from mrr_xl.xlsx.drawings import describe
from mrr_xl.xlsx.spills import let_grow
from mrr_xl.xlsx.workbook import Workbook, read_workbook
from mrr_xl.xlsx.writing import temporary_files

_MADE = dt.datetime(2025, 1, 1)  # a fixed date, so that the same workbook is the same file
_MOST_MONTHS = 120
_TITLE = "MRR report"


def build_template(
    data: pd.DataFrame | None = None,
    months: int = 24,
    first_month: int | None = None,
    *,
    rules: Settings | None = None,
    currency: str = "EUR",
    rates: Rates = NO_RATES,
    lambdas: bool = False,
    carries: str | None = None,
    budgeted: Sequence[budget.Line] = (),
    segmented: str | None = None,
) -> Any:
    """The report as an openpyxl workbook: inputs and data are values, all figures are formulas.

    data: subscriptions, by default made-up ones. months: how many to show. first_month: a whole number as in
    mrr_xl.months; left out, a formula keeps the months ending with the last one reported. rates: exchange rates,
    for subscriptions in more than one currency. lambdas: the functions are LAMBDAs among the workbook's names, without
    the sheets that need others. carries: what the workbook will carry so that Excel can recalculate it, as for
    write_template. budgeted: lines of the table Budget. segmented: the column by which the sheet Segments begins; left
    out, a usual one of the data's. Raises MrrError.

    >>> workbook = build_template(months=12)
    >>> workbook.sheetnames[:4]
    ['Summary', 'Movements', 'Detail', 'Segments']
    >>> workbook["Movements"]["C10"].value.text
    '=MRR_NEW(Subscriptions[#All],C$7:N$7,Report_filter,Rules,Rates[#All])'
    """
    table = sample_subscriptions() if data is None else data
    _refuse_months(months)
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    summary.add(workbook, months, _TITLE, needs_addin=not lambdas)
    movements.add(workbook, months, with_gross=not lambdas)
    detail.add(workbook, lambdas)
    if not lambdas:
        by = segmented or usual_segment(subscriptions.headers_of(table.columns))
        segments.add(workbook, by, subscriptions.HEADERS)
    cohorts.add(workbook, lambdas)
    retention.add(workbook, months)
    customers.add(workbook, lambdas)
    if not lambdas:
        forecast.add(workbook)
    economics.add(workbook, months)
    budget.add(workbook, months, budgeted)
    subscriptions.add(workbook, table)
    cells_of_rules = settings.add(workbook, rules or Settings(), currency, months, first_month, rates, lambdas=lambdas)
    if lambdas:
        names_of_lambdas.add(workbook)
    checks.add(workbook)
    functions = names_of_lambdas.FUNCTIONS if lambdas else REGISTRY
    definitions.add(workbook, cells_of_rules, functions, "lambda" if lambdas else carries or "addin")
    return _signed(workbook, _TITLE)


def build_plain(
    data: pd.DataFrame | None = None,
    months: int = 24,
    *,
    rules: Settings | None = None,
    currency: str = "EUR",
    rates: Rates = NO_RATES,
    budgeted: Sequence[budget.Line] = (),
) -> Any:
    """The same report as ordinary formulas over a sheet Schedule, as an openpyxl workbook.

    It lacks what the engine computes: filling/schedule.py writes it. Sheets whose tables have as many rows as there are
    customers or segments are left out. The arguments are those of build_template. Raises MrrError.
    """
    table = sample_subscriptions() if data is None else data
    _refuse_months(months)
    rules = rules or Settings()
    columns, last = plain.columns_of(months, rules), Month(latest_complete())
    lookup, undefined = totals.lookup(columns), totals.undefined(columns)
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    summary.add(workbook, months, _TITLE, lookup, proof.AGREES, undefined, needs_addin=False)
    movements.add(workbook, months, lookup)
    retention.add(workbook, months, lookup)
    economics.add(workbook, months, lookup)
    budget.add(workbook, months, budgeted, plain=True)
    totals.add(workbook, columns, months, rules.retention_months)
    schedule.add(workbook, columns, months, last)
    proof.add(workbook, months, last)
    subscriptions.add(workbook, table)
    cells_of_rules = settings.add(workbook, rules, currency, months, None, rates, lookup=lookup)
    checks.add(workbook, written=True)
    definitions.add(workbook, cells_of_rules, {name: REGISTRY[name] for name in totals.FUNCTIONS}, "plain")
    plain.use_common_functions(workbook, cells_of_rules)
    return _signed(workbook, _TITLE)


def _refuse_months(months: int) -> None:
    if isinstance(months, bool) or not isinstance(months, Integral) or not 1 <= months <= _MOST_MONTHS:
        raise MrrError(f"a report shows 1 to {_MOST_MONTHS} months, not {shown(months)}")


def build_start() -> Any:
    """An openpyxl workbook with the steps to the functions, an example and a list of them."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    start.add(workbook)
    return _signed(workbook, "MRR in Excel")


def build_addin() -> Any:
    """An openpyxl workbook with nothing but what the functions need, for an add-in: Excel shows no window of it."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    configuration.add(workbook, addin=True)
    intellisense.add(workbook)
    workbook.views[0].visibility = "hidden"
    return _signed(workbook, "MRR functions")


def _signed(workbook: Any, title: str) -> Any:
    workbook.active = 0
    workbook.calculation = CalcProperties(calcId=191029, fullCalcOnLoad=False)
    about = workbook.properties
    about.title, about.creator, about.lastModifiedBy = title, AUTHOR, AUTHOR
    about.created = about.modified = _MADE
    return workbook


def workbook_bytes(workbook: Any) -> bytes:
    """A newly built workbook's file, byte for byte the same whenever it is made."""
    written, dated = io.BytesIO(), io.BytesIO()
    with temporary_files(), zipfile.ZipFile(written, "w") as archive:
        ExcelWriter(workbook, archive).write_data()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            part = zipfile.ZipInfo(name, _MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(part, archive.read(name))
    return dated.getvalue()


def saved(workbook: Any) -> Workbook:
    """A newly built workbook's file, with what openpyxl can't write: growing arrays, and charts' alternative texts."""
    file = read_workbook(workbook_bytes(workbook))
    let_grow(file)
    describe(file, {sheet.title: [chart.alt for chart in sheet._charts] for sheet in workbook})
    return file
