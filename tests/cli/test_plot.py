"""mrr-xl movements --plot: a picture of the closing MRR and what moved it."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner
from lxml import etree
from matplotlib import pyplot as plt

import mrr_xl
from mrr_xl.cli import main
from mrr_xl.report.charts import COLOURS
from mrr_xl.report.picture import picture

LEDGER = """\
customer,start,end,mrr,currency
Ada,2024-01-01,2024-02-20,1000,EUR
Ada,2024-04-05,,1200,EUR
Bob,2024-01-10,2024-03-10,500,EUR
Bob,2024-03-10,,400,EUR
Cyd,2024-02-01,2024-03-15,300,EUR
"""
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.csv"
    path.write_text(LEDGER)
    return path


def run(*arguments: object) -> Any:
    return CliRunner().invoke(main, ["movements", *map(str, arguments)])


def texts_in(path: Path) -> list[str]:
    return ["".join(element.itertext()).strip() for element in etree.parse(path).iter(f"{SVG}text")]


def test_a_picture_has_the_months_the_movements_and_the_closing_mrr(ledger: Path) -> None:
    out = ledger.with_name("out.svg")
    done = run(ledger, "--to", "2024-04", "--plot", out)
    assert (done.exit_code, done.stderr) == (0, f"wrote {out}\n")
    assert done.stdout.splitlines()[1].startswith("2024-01")
    found = texts_in(out)
    assert {"2024-01", "2024-02", "2024-03", "2024-04", "closing MRR", "movements"} <= {*found}
    assert {"MRR, 2024-01 to 2024-04", "new", "reactivation", "contraction", "churn"} <= {*found}
    assert "expansion" not in found and "exchange rates" not in found  # there were none
    assert "1,500" in found and "−1,000" in found  # the true minus sign


def test_each_column_is_as_long_as_its_figure(ledger: Path) -> None:
    """Drawn in SVG: 1,500 of new MRR in January, 1,000 of churn in February, 100 of contraction in March."""
    out = ledger.with_name("out.svg")
    run(ledger, "--to", "2024-04", "--plot", out)
    heights: dict[str, list[float]] = {}
    for path in etree.parse(out).iter(f"{SVG}path"):
        style, points = path.get("style", ""), re.findall(r"[ML] ([\d.]+) ([\d.]+)", path.get("d", ""))
        for name, colour in COLOURS.items():
            if f"fill: #{colour.lower()}" in style and len(points) == 4 and "clip-path" in path.attrib:
                ys = [float(y) for _, y in points]
                heights.setdefault(name, []).append(max(ys) - min(ys))
    unit = heights["MRR_NEW"][0] / 1500
    assert [round(height / unit) for height in heights["MRR_NEW"]] == [1500, 300, 0, 0]
    assert [round(height / unit) for height in heights["MRR_CHURN"]] == [0, 1000, 300, 0]
    assert [round(height / unit) for height in heights["MRR_CONTRACTION"]] == [0, 0, 100, 0]
    assert [round(height / unit) for height in heights["MRR_REACTIVATION"]] == [0, 0, 0, 1200]


@pytest.mark.parametrize("kind", [".png", ".svg"])
def test_the_same_figures_are_the_same_picture(kind: str, ledger: Path) -> None:
    table = mrr_xl.movements(ledger)
    assert picture(table, kind) == picture(table, kind)
    assert picture(table, kind)[:5] == {".png": b"\x89PNG\r", ".svg": b"<?xml"}[kind]


def test_quarters_have_their_names(ledger: Path) -> None:
    out = ledger.with_name("out.svg")
    assert run(ledger, "--period", "quarter", "--to", "2024-03", "--format", "csv", "--plot", out).exit_code == 0
    assert {"2024-Q1", "MRR, 2024-Q1"} <= {*texts_in(out)}


def test_of_many_months_the_last_has_its_name_and_the_others_have_room() -> None:
    data = pd.DataFrame({"customer": ["Ada"], "start": ["2015-01-01"], "end": ["2025-01-15"], "mrr": [1]})
    texts = re.findall(r">\s*(\d{4}-\d\d)\s*<", picture(mrr_xl.movements(data), ".svg").decode())
    assert texts[-1] == "2025-01" and len(texts) == 13


def test_exchange_rates_are_a_movement_of_their_own(ledger: Path) -> None:
    ledger.write_text("customer,start,end,mrr,currency\nAda,2024-01-01,,1000,USD\n")
    rates = ledger.with_name("rates.csv")
    rates.write_text("currency,month,rate\nEUR,,1\n" + "".join(f"USD,2024-0{m},{1 + m / 10}\n" for m in range(1, 5)))
    out = ledger.with_name("out.svg")
    assert run(ledger, "--rates", rates, "--set", "through=2024-04", "--plot", out).exit_code == 0
    assert {"new", "exchange rates"} <= {*texts_in(out)}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("out.jpg", "out.jpg must end in .png or .svg"),
        ("ledger.csv", "ledger.csv must end in .png or .svg"),
        ("none/out.png", "there is no folder {folder}/none"),
    ],
)
def test_a_picture_that_cant_be_written_is_refused_before_anything_is_computed(
    ledger: Path, name: str, message: str
) -> None:
    done = run(ledger, "--plot", ledger.parent / name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr == f"mrr-xl: {message.format(folder=ledger.parent)}\n"
    assert ledger.read_text() == LEDGER


def test_no_month_is_no_picture(ledger: Path) -> None:
    out = ledger.with_name("out.png")
    ledger.write_text("customer,start,end,mrr\nAda,2100-01-01,,5\n")
    done = run(ledger, "--plot", out)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1] == "mrr-xl: there is no month to draw; mrr-xl check says why"
    assert not out.exists()


def test_without_matplotlib_it_says_how_to_get_it(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run(ledger, "--plot", ledger.with_name("out.png"))
    assert (done.exit_code, done.stderr) == (
        2, "mrr-xl: pictures are drawn by matplotlib; install it with pip install 'mrr-xl[plot]'\n",
    )  # fmt: skip


def test_pandas_draws_what_the_functions_give(ledger: Path) -> None:
    """As pandas users expect: months are a PeriodIndex, and figures are floats."""
    plt.close("all")  # what others have drawn, pandas would draw over
    several = mrr_xl.mrr(ledger, ["2024-01", "2024-02", "2024-03"])
    assert isinstance(several.index, pd.PeriodIndex) and several.dtype == float
    (line,) = several.plot().lines
    assert list(line.get_ydata()) == [1500, 800, 400]
    drawn = mrr_xl.movements(ledger).set_index("month")[["new", "churn"]].plot.bar(stacked=True)
    assert len(drawn.patches) > 4
