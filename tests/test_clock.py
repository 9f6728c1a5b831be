"""As of today: one day for a whole run, whatever becomes of the clock meanwhile; and no zone or locale in a figure."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest

from mrr_xl import clock, fill, fill_each, metric
from mrr_xl.cli import main
from mrr_xl.filling import stamp
from mrr_xl.functions.sheet_functions import sheet_functions
from support.small_workbook import small_workbook

NEW_YEAR, EVE = dt.datetime(2025, 1, 1, 0, 0, 1), dt.datetime(2024, 12, 31, 23, 59, 59)
#: Zoe begins in a year to come: the last month reported is the one before today's.
ROWS = "customer,start,mrr,company\nAda,2024-01-15,100,North\nBen,2024-12-01,10,South\nZoe,2199-01-01,1,North\n"


def ticking(monkeypatch: pytest.MonkeyPatch, *moments: dt.datetime) -> None:
    """Let each look at the clock give the next of these moments, and in the end the last one."""
    left = list(moments)

    def now() -> dt.datetime:
        return left.pop(0) if len(left) > 1 else left[0]

    day = SimpleNamespace(today=lambda: now().date())
    fake = SimpleNamespace(date=day, datetime=SimpleNamespace(now=now, combine=dt.datetime.combine), time=dt.time)
    monkeypatch.setattr(clock, "dt", fake)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    template = small_workbook(tmp_path / "t.xlsx", ["Customer", "Start", "MRR"])
    book = openpyxl.load_workbook(template)
    report = book["Report"]
    report["A2"], report["A3"] = "=MRR(Data!A1:C3)", "=YEAR(TODAY())"
    report["A4"] = "=MRR(Subscriptions[#All],,,,)"
    book.save(template)
    (tmp_path / "all.csv").write_text(ROWS)
    return tmp_path


def figures(path: Path) -> list[object]:
    report = openpyxl.load_workbook(path, data_only=True)["Report"]
    return [report[cell].value for cell in ("A1", "A3", "A4")]


@pytest.mark.parametrize(
    ("moments", "mrr", "year", "through"),
    [
        ([EVE, NEW_YEAR], 100, 2024, "2024-11"),
        ([NEW_YEAR, EVE], 110, 2025, "2024-12"),  # the clock was set back
    ],
)
def test_a_report_over_midnight_is_of_one_day(
    folder: Path, monkeypatch: pytest.MonkeyPatch, moments: list[dt.datetime], mrr: float, year: int, through: str
) -> None:
    """Ben, in December, counts in every cell or in none; the report's stamp says the same."""
    ticking(monkeypatch, *moments)
    filled = fill(folder / "t.xlsx", folder / "all.csv", folder / "out.xlsx")
    assert figures(filled.path) == [mrr, year, mrr]
    found = stamp.read(filled.path)
    assert found is not None and found.through == through


def test_so_are_all_reports_of_a_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, EVE, NEW_YEAR)
    done = fill_each(folder / "t.xlsx", folder / "all.csv", folder / "{company}.xlsx", by="company")
    assert [figures(one.path)[1] for one in done if one.filled] == [2024, 2024]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_process_that_works_for_a_run_is_in_its_day(folder: Path, jobs: int) -> None:
    with clock.one_day(dt.date(2024, 3, 10)):
        done = fill_each(folder / "t.xlsx", [folder / "all.csv"], folder / "{name}-.xlsx", jobs=jobs)
    assert done[0].error is None and figures(done[0].path)[1] == 2024
    found = stamp.read(done[0].path)
    assert found is not None and found.through == "2024-02"


def test_a_figure_is_of_one_day(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, EVE, NEW_YEAR)
    assert metric("MRR", folder / "all.csv") == 100


def test_a_spreadsheet_that_stays_open_goes_on_to_the_next_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range that has been read before is looked at anew."""
    mrr = sheet_functions()["MRR"]
    cells = (("customer", "start", "mrr"), ("Ada", 45306.0, 100.0), ("Ben", 45627.0, 10.0), ("Zoe", 109208.0, 1.0))
    ticking(monkeypatch, EVE)
    assert mrr(cells) == 100
    ticking(monkeypatch, NEW_YEAR)
    assert mrr(cells) == 110


def test_after_a_run_today_is_the_computer_s(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, EVE, NEW_YEAR)
    with clock.one_day():
        assert (clock.today(), clock.now()) == (EVE.date(), EVE)
        with clock.one_day():
            assert clock.today() == EVE.date()
    assert (clock.today(), clock.now()) == (NEW_YEAR.date(), NEW_YEAR)


def test_every_command_is_of_one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    ticking(monkeypatch, EVE, NEW_YEAR)
    days: list[dt.date] = []

    def look(*_: object, **__: object) -> None:
        days.extend([clock.today(), clock.today()])

    monkeypatch.setattr("mrr_xl.functions.sheet_functions.syntax", look)
    main(["functions"], standalone_mode=False)
    assert set(days) == {EVE.date()}


# Zones and locales


def printed(folder: Path, *words: str, **variables: str) -> str:
    asked = [sys.executable, "-m", "mrr_xl", *words]
    done = subprocess.run(asked, cwd=folder, env={**os.environ, **variables}, capture_output=True, check=True)
    return done.stdout.decode()


ZONED = "customer,start,end,mrr\nAda,2024-01-31T23:30:00Z,2024-04-01T00:30:00+02:00,1000.5\nBen,2024-02-29,,7\n"


@pytest.mark.posix  # Windows takes its zone from elsewhere
def test_the_computer_s_zone_is_in_no_figure(folder: Path) -> None:
    """Ada's times are of Berlin, as is asked for, on a computer 14 hours ahead of UTC as on one 12 behind it."""
    (folder / "zoned.csv").write_text(ZONED)
    zones = ("UTC", "Pacific/Kiritimati", "Etc/GMT+12", "America/St_Johns")
    words = ("movements", "zoned.csv", "--to", "2024-03", "--format", "csv", "--set", "timezone=Europe/Berlin")
    texts = {printed(folder, *words, TZ=zone) for zone in zones}
    assert len(texts) == 1
    assert [line.split(",")[:3] for line in texts.pop().splitlines()[1:]] == [
        ["2024-02", "0.0", "1007.5"], ["2024-03", "1007.5", "0.0"],
    ]  # fmt: skip


@pytest.mark.skipif(not shutil.which("localedef"), reason="there is no localedef to make the locale with")
@pytest.mark.posix
def test_a_locale_with_decimal_commas_is_in_no_figure(folder: Path) -> None:
    """A program that takes Python in, as LibreOffice does, may have set the locale for all of the process."""
    made = folder / "de_DE.UTF-8"
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", made], check=False, capture_output=True)
    code = """
import locale, sys
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
assert locale.localeconv()["decimal_point"] == ","
from mrr_xl import fill, metric, movements
print(metric("MRR", "plain.csv", "2024-01"), movements("plain.csv", to="2024-02").closing.tolist())
filled = fill("t.xlsx", "plain.csv", "out.xlsx")
print(metric("MRR", "out.xlsx", "2024-01"))
from mrr_xl.cli import main
main(["movements", "plain.csv", "--to", "2024-01", "--format", "csv"], standalone_mode=False)
"""
    (folder / "plain.csv").write_text("customer,start,end,mrr\nAda,2024-01-31,2024-03-01,1000.5\nBen,2024-02-01,,7\n")
    asked = [sys.executable, "-W", "ignore", "-c", code]
    variables = {**os.environ, "LOCPATH": str(folder), "LC_ALL": "de_DE.UTF-8"}
    done = subprocess.run(asked, cwd=folder, env=variables, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout.splitlines()[:2] == ["1000.5 [1000.5, 1007.5]", "1000.5"]
    assert done.stdout.splitlines()[-1].startswith("2024-01,0.0,1000.5,")
