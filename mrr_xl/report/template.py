"""The report workbook: a table of subscriptions, the rules, and the movements as formulas over both."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.workbook.properties import CalcProperties
from openpyxl.writer.excel import ExcelWriter

from mrr_xl.errors import MrrError
from mrr_xl.report.sheets import movements, settings, start, subscriptions
from mrr_xl.settings import Settings
from mrr_xl.sources.sample import sample_subscriptions

_MADE = dt.datetime(2025, 1, 1)  # a fixed date, so that the same workbook is the same file
_MOST_MONTHS = 120
_TITLE = "MRR movements"


def build_template(
    data: pd.DataFrame | None = None,
    months: int = 24,
    first_month: int | None = None,
    *,
    rules: Settings | None = None,
    currency: str = "EUR",
) -> Any:
    """An openpyxl workbook of three sheets: Movements, Subscriptions and Settings; the figures are formulas.

    data: subscriptions, by default invented ones. months: how many to show. first_month: a whole number as in
    mrr_xl.months; left out, a formula keeps the months ending with the last one reported. Raises MrrError.

    >>> workbook = build_template(months=12)
    >>> workbook.sheetnames
    ['Movements', 'Subscriptions', 'Settings']
    >>> workbook["Movements"]["C10"].value.text
    '=MRR_NEW(Subscriptions[#All],C$7:N$7,,Rules)'
    """
    table = sample_subscriptions() if data is None else data
    if not 1 <= months <= _MOST_MONTHS:
        raise MrrError(f"a report shows 1 to {_MOST_MONTHS} months, not {months}")
    workbook = Workbook()
    workbook.remove(workbook.active)
    subscriptions.add(workbook, table)
    settings.add(workbook, rules or Settings())
    movements.add(workbook, first_month, months, currency, _TITLE)
    return _signed(workbook, _TITLE)


def build_start() -> Any:
    """An openpyxl workbook with the steps to the functions, an example and a list of them."""
    workbook = Workbook()
    workbook.remove(workbook.active)
    start.add(workbook)
    return _signed(workbook, "MRR in Excel")


def _signed(workbook: Any, title: str) -> Any:
    workbook.active = 0
    workbook.calculation = CalcProperties(calcId=191029, fullCalcOnLoad=False)
    about = workbook.properties
    about.title, about.creator, about.lastModifiedBy = title, "mrr_xl", "mrr_xl"
    about.created = about.modified = _MADE
    return workbook


def workbook_bytes(workbook: Any) -> bytes:
    """A newly built workbook's file, byte for byte the same whenever it is made."""
    written, dated = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        ExcelWriter(workbook, archive).write_data()
    with zipfile.ZipFile(written) as archive, zipfile.ZipFile(dated, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in archive.namelist():
            part = zipfile.ZipInfo(name, _MADE.timetuple()[:6])
            part.compress_type = zipfile.ZIP_DEFLATED
            copy.writestr(part, archive.read(name))
    return dated.getvalue()
