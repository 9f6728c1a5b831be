"""Reports a second: 24 months over 500 rows, filled and computed, beside others that do less with the same file.

openpyxl loads the workbook, sets 500 cells and saves it, and computes nothing; LibreOffice opens and saves it.
Run it with `make benchmark`. All take turns in one run, each with the best of five; read the ratios.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import openpyxl
import pandas as pd

from mrr_xl.filling.batch import Done, fill_each
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template
from mrr_xl.report.sample import sample_subscriptions

ROWS, TURNS = 500, 5
DATA = sample_subscriptions().head(ROWS)


def ours(template: Path, turn: int) -> None:
    # New names each time, so that nothing is remembered.
    fill(template, DATA.assign(Customer=DATA["Customer"] + f" {turn}"), template.with_name("ours.xlsx"))


def by_openpyxl(template: Path, turn: int) -> None:
    book = openpyxl.load_workbook(template)
    sheet = book["Subscriptions"]
    for row in range(2, ROWS + 2):
        sheet.cell(row, 1).value = f"customer {row} {turn}"
    book.save(template.with_name("openpyxl.xlsx"))


def by_libreoffice(template: Path, turn: int) -> None:
    folder = template.parent
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx",
        "--outdir",
        str(folder / "calc"),
        str(template),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=300)


def seconds(work: Callable[[Path, int], None], template: Path, turn: int) -> float:
    begun = perf_counter()
    work(template, turn)
    return perf_counter() - begun


def many(template: Path, reports: int, jobs: int) -> None:
    """So many reports in one run, and the memory that it takes after each fifth of them."""
    source, out = template.with_name("all.parquet"), template.with_name("out")
    out.mkdir(exist_ok=True)
    names = [f"company {number}" for number in range(reports)]
    pd.concat([DATA.assign(Company=name) for name in names], ignore_index=True).to_parquet(source)
    done, memory, begun = 0, [], perf_counter()

    def told(_: Done) -> None:
        nonlocal done
        done += 1
        if done % max(reports // 5, 1) == 0:
            memory.append(_megabytes())

    failed = sum(
        one.error is not None for one in fill_each(template, [source], out, by="company", jobs=jobs, on_done=told)
    )
    took = perf_counter() - begun
    print(f"{reports:,} reports in one run, {jobs} at a time: {reports / took:.2f} a second, {failed} failed")
    print("MB in each process after each fifth:", "; ".join(memory))


def _megabytes() -> str:
    """What this process and those of the work hold now; only Linux says."""
    held = [Path(f"/proc/{pid}/statm") for pid in ["self", *(one.pid for one in multiprocessing.active_children())]]
    pages = [int(file.read_text().split()[1]) for file in held if file.exists()]
    return " + ".join(f"{page * 4096 / 1e6:,.0f}" for page in pages) or "unknown"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, help="so many reports in one run instead")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    ways = {"mrr_xl, all computed": ours, "openpyxl, nothing computed": by_openpyxl}
    if shutil.which("soffice"):
        ways["LibreOffice, converted"] = by_libreoffice
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / "template.xlsx"
        write_template(template, data=DATA)
        if asked.reports:
            many(template, asked.reports, asked.jobs)
            return
        found: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(TURNS):
            for name, work in ways.items():
                found[name].append(seconds(work, template, turn))
        own = min(found["mrr_xl, all computed"])
        for name, times in found.items():
            print(
                f"{name + ':':30}{min(times):6.2f} s, {1 / min(times):5.2f} reports a second, {min(times) / own:5.2f} ×"
            )


if __name__ == "__main__":
    main()
