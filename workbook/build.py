"""Writes the ready-made workbook and its data; a test fails when they are out of date."""

from __future__ import annotations

from pathlib import Path

from mrr_xl.report import write_template
from mrr_xl.report.sample import sample_subscriptions

HERE = Path(__file__).parent


def main(folder: Path = HERE) -> None:
    write_template(folder / "mrr-report.xlsx")
    sample_subscriptions().to_csv(folder / "subscriptions.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
