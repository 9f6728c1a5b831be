"""Writes the ready-made workbook and its data; a test fails when they are out of date."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from mrr_xl.clock import one_day
from mrr_xl.report import write_template
from mrr_xl.report.sample import sample_subscriptions

HERE = Path(__file__).parent
_DAY = dt.date(2026, 1, 1)  #: that the workbook says it was computed on, when the sample's last month was just over


def main(folder: Path = HERE) -> None:
    with one_day(_DAY):
        write_template(folder / "mrr-report.xlsx")
    sample_subscriptions().to_csv(folder / "subscriptions.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
