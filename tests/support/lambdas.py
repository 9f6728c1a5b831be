"""The LAMBDAs computed by formulon, as Excel computes them: a ledger, settings and rates on sheets of a workbook."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
from collections.abc import Mapping, Sequence
from typing import Any

import formulon
import openpyxl
import pandas as pd
from openpyxl.utils import get_column_letter

from mrr_xl.hosts.lambdas import NAMES
from mrr_xl.hosts.lambdas.file_form import file_form
from mrr_xl.months import first_day

_ERRORS = {2: "#VALUE!", 4: "#NAME?", 6: "#N/A"}


def define_all(workbook: Any) -> None:
    """Give a workbook of formulon the LAMBDAs as a file has them; it reads optional arguments in brackets only."""
    for name, (_, text) in NAMES.items():
        workbook.set_defined_name(name, re.sub(r"_xlop\.(\w+)", r"[_xlpm.\1]", file_form(text)))


class Sheets:
    """Three sheets, Data, Settings and Rates, and calls of the functions over them."""

    def __init__(
        self,
        data: pd.DataFrame,
        settings: Mapping[str, object] | None = None,
        rates: Sequence[Sequence[object]] = (),
        over: str = "99999",
    ) -> None:
        book = openpyxl.Workbook()
        tables = {
            "Data": [list(data.columns), *data.astype(object).where(data.notna(), None).values.tolist()],
            "Settings": [list(pair) for pair in (settings or {"as_of": "month_end"}).items()],
            "Rates": [["Currency", "Month", "Rate"], *rates],
        }
        self.areas = {}
        for name, rows in tables.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append([value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in row])
            self.areas[name] = f"{name}!$A$1:${get_column_letter(len(rows[0]))}${len(rows)}"
        file = io.BytesIO()
        book.save(file)
        self.book = formulon.Workbook.load(file.getvalue())
        self.book.set_defined_name("Complete_through", over)
        define_all(self.book)

    def value(self, formula: str) -> list[list[Any]]:
        """What a formula gives, with DATA, SETTINGS and RATES for the sheets' areas."""
        for name, area in self.areas.items():
            formula = formula.replace(name.upper(), area)
        return [[_plain(cell) for cell in row] for row in self.book.evaluate_formula_array(0, 0, 0, formula)]

    def figures(self, name: str, months: Sequence[int], where: str = "", own: str = "") -> list[Any]:
        """A series for months, as whole numbers of months.py."""
        days = ",".join(str((first_day(month) - pd.Timestamp("1899-12-30").date()).days) for month in months)  # type: ignore[arg-type]
        row = self.value(f'={name}(DATA,{{{days}}}{own},"{where}",SETTINGS,RATES)')[0]
        return row * len(months) if len(row) == 1 else row


def _plain(cell: Any) -> Any:
    kind = cell.kind.name
    if kind == "ERROR":
        return _ERRORS.get(cell.error_code, f"error {cell.error_code}")
    return {"NUMBER": cell.number, "TEXT": cell.text, "BOOL": cell.boolean}.get(kind, "")


def at_random(seed: int) -> pd.DataFrame:
    """Up to 40 lines of a few customers: blanks, open ends, returns, quantities, intervals, statuses, time stamps."""
    dice, rows = random.Random(seed), []
    states = ["active", "Past due", "cancelled", "", "trial", "in_trial", "paused", "expired"]
    for _ in range(dice.randrange(3, 40)):
        start = dt.datetime(2022, 12, 1) + dt.timedelta(days=dice.randrange(700), hours=dice.choice([0, 0, 0, 13]))
        start = start.replace(day=1) if dice.random() < 0.3 else start
        end = start + dt.timedelta(days=dice.choice([0, 1, 15, 30, 31, 60, 200, 365]))
        end = (end + dt.timedelta(days=40)).replace(day=1, hour=0) if dice.random() < 0.3 else end
        rows.append(
            {
                "Customer": dice.choice(["Ada", "Bob ", "Cyd", "Ünal", 7, "o'Neil", "x-y", "x y"]),
                "start date": start,
                "End": None if dice.random() < 0.3 else end,
                "Amount": dice.choice([10, 100, 99.99, 0, 1200, 33.333333, 0.000001]),
                "Billing interval": dice.choice(["month", "Quarterly", "year", "3 months", "2 weeks", "day", "once"]),
                "Qty": dice.choice([None, 1, 2, 3.5, 0]),
                "Discount": dice.choice([None, 0, 0.1, 0.5, 1]),
                "status": dice.choice(states if seed % 3 == 0 else states[:6]),
                "Charge type": dice.choice(["", "recurring", "usage", "one time", "setup"]),
                "Plan": dice.choice(["Pro", "team", None]),
                "cancelled at": None if dice.random() < 0.5 else start + dt.timedelta(days=dice.randrange(1, 300)),
                "subscription id": dice.choice(["S1", "S2", "S3"]),
            }
        )
    rows.append(rows[-1] | {"Amount": 20, "Qty": 1, "Discount": 0, "status": "", "Charge type": "", "End": None,
                            "Billing interval": "month", "cancelled at": None, "Plan": "Pro"})  # fmt: skip
    table = pd.DataFrame(rows)
    return table.astype({name: "datetime64[us]" for name in ("start date", "End", "cancelled at")})


def rules_at_random(seed: int) -> dict[str, Any]:
    dice = random.Random(-seed)
    rules = {"as_of": dice.choice(["month_end", "month_start", "any_day"])}
    rules["end_date"] = dice.choice(["exclusive", "inclusive"])
    more = {"reactivation_days": dice.choice([0, 10, 30, 90]), "usage": "include", "discounts": "ignore",
            "churn_on": "cancelled", "grain": "subscription", "status": "line"}  # fmt: skip
    return rules | {name: value for name, value in more.items() if dice.random() < 0.4}


def day(text: str) -> pd.Timestamp:
    return pd.Timestamp(text)


def northstar(**columns: Any) -> pd.DataFrame:
    table = {
        "Customer": ["Acme", "Globex", "Initech", "Acme", "Initech", "Hooli"],
        "Start": [day(f"2024-{text}") for text in ("01-01", "01-05", "01-20", "02-01", "02-01", "02-10")],
        "End": [day("2024-02-01"), day("2024-02-15"), day("2024-02-01"), pd.NaT, pd.NaT, pd.NaT],
        "Amount": [500.0, 500.0, 800.0, 700.0, 500.0, 300.0],
    }  # fmt: skip
    return pd.DataFrame(table | columns)
