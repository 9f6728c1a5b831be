"""Exports of billing systems as text in a test, and what they come to."""

from __future__ import annotations

import csv
import datetime as dt
import warnings
from pathlib import Path
from typing import Any

import mrr_xl
from mrr_xl.errors import MrrWarning
from support.csv_text import rows_of_csv


def write_csv(folder: Path, text: str) -> Path:
    """An export as a CSV file; in the text cells are parted by |."""
    path = folder / "export.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows_of_csv(text))
    return path


def closing(path: Path, through: str = "2024-06", **settings: Any) -> dict[str, float]:
    """The MRR at the end of each month of 2024 up to `through`, as MM."""
    moved = mrr_xl.movements(path, through=through, **settings)
    return {str(month)[5:]: float(mrr) for month, mrr in zip(moved["month"], moved["closing"])}


def check(path: Path, name: str) -> tuple[str, int, int | None, str]:
    """Result, lines, first row and sentence of a check."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MrrWarning)
        answers = mrr_xl.metric("MRR_CHECKS", path, through="2024-06").set_index("check")
    row = answers.loc[name].to_dict()
    first = row["first_row"]
    return row["result"], int(row["lines"]), int(first) if isinstance(first, int) else None, row["says"]


def unix(day: str) -> int:
    """Noon of a day in UTC in Unix seconds.

    >>> unix("2024-01-01")
    1704110400
    """
    return int(dt.datetime.fromisoformat(f"{day}T12:00:00+00:00").timestamp())
