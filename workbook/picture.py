"""The picture of the sample workbook, as LibreOffice prints it: workbook/mrr-report.png.

LibreOffice drops the stored values of array formulas that it has no functions for, so it is given a copy
with values in their place. Needs soffice and pdftoppm; run after workbook/build.py.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "mrr-report.xlsx"
        formulas = openpyxl.load_workbook(HERE / "mrr-report.xlsx")
        values = openpyxl.load_workbook(HERE / "mrr-report.xlsx", data_only=True)
        for name in ("Subscriptions", "Settings"):
            del formulas[name]
        for row in formulas["Movements"].iter_rows():
            for cell in row:
                cell.value = values["Movements"][cell.coordinate].value
        # openpyxl does not carry charts over, so they are drawn anew.
        from mrr_xl.report.charts import add_charts
        from mrr_xl.report.sheets import movements

        sheet = formulas["Movements"]
        last = max(cell.column for cell in sheet[movements.HEADER_ROW] if cell.value is not None)
        add_charts(sheet, movements.places(), movements.HEADER_ROW, movements.FIRST_COLUMN, last)
        formulas.save(copy)
        profile = f"-env:UserInstallation=file://{folder}/profile"
        subprocess.run(["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, copy], check=True)
        picture = HERE / "mrr-report"
        subprocess.run(
            ["pdftoppm", "-png", "-r", "110", "-f", "1", "-singlefile", copy.with_suffix(".pdf"), picture], check=True
        )


if __name__ == "__main__":
    main()
