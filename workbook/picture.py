"""Makes workbook/pictures: the ready-made report as LibreOffice computes and prints it with our extension.

Needs soffice, unopkg, pdftotext and pdftoppm. Run it after workbook/build.py.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from mrr_xl.hosts.calc.extension import extension

HERE = Path(__file__).parent
SHEETS = (
    "Summary", "Movements", "Detail", "Segments", "Cohorts MRR", "Retention", "Customers", "Forecast",
    "Unit economics", "Budget", "Settings", "Checks", "Definitions",
)  # fmt: skip
RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def main() -> None:
    (HERE / "pictures").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        pdf = printed(HERE / "mrr-report.xlsx", folder)
        pages = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split("\f")
        heads = [page.strip().splitlines()[:1] for page in pages]  # the header of each page is the name of its sheet
        for sheet in SHEETS:
            page = str(heads.index([sheet]) + 1)
            picture = HERE / "pictures" / sheet.lower().replace(" ", "-")
            subprocess.run(["pdftoppm", "-png", "-r", "100", "-f", page, "-singlefile", pdf, picture], check=True)


def printed(workbook: Path, folder: Path) -> Path:
    """The PDF of a workbook, recalculated and printed in a temporary LibreOffice profile."""
    profile = [
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'shared').as_uri()}",
    ]
    (folder / "profile" / "user").mkdir(parents=True)
    (folder / "shared").mkdir()
    (folder / "profile" / "user" / "registrymodifications.xcu").write_text(RECALCULATE)
    (folder / "mrr.oxt").write_bytes(extension())
    shared = ["--shared"] if os.name == "posix" and os.geteuid() == 0 else []  # as root, unopkg accepts nothing else
    subprocess.run(["unopkg", "add", *shared, folder / "mrr.oxt", *profile], check=True)
    convert = ["soffice", "--headless", "--convert-to", "pdf", "--outdir", folder, workbook, *profile]
    subprocess.run(convert, check=True)
    return folder / f"{workbook.stem}.pdf"


if __name__ == "__main__":
    main()
