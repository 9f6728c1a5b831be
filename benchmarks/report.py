"""Seconds to build the report, and to compute its 24 months over 5,000 lines without a spreadsheet program."""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import perf_counter

import pandas as pd

from mrr_xl.report import write_template
from mrr_xl.report.sample import sample_subscriptions
from mrr_xl.report.template import build_template, saved

LINES = 5_000


def subscriptions(lines: int) -> pd.DataFrame:
    """The invented subscriptions, over and over under other names."""
    sample = sample_subscriptions()
    copies = [sample.assign(Customer=sample["Customer"] + f" {copy}") for copy in range(lines // len(sample) + 1)]
    return pd.concat(copies, ignore_index=True).head(lines)


def main() -> None:
    data = subscriptions(LINES)
    saved(build_template(months=1))  # imports
    begun = perf_counter()
    saved(build_template())
    print(f"build the template: {perf_counter() - begun:.2f} s")
    with tempfile.TemporaryDirectory() as folder:
        begun = perf_counter()
        filled = write_template(Path(folder) / "report.xlsx", data=data)
        print(f"{LINES:,} lines, 24 months, {filled.formulas:,} formula cells: {perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
