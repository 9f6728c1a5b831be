"""What mrr-xl alone installs has no PyArrow: nothing may need it, though the environment of the tests has it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mrr_xl.metrics import REGISTRY

LEDGER = """\
customer,start,end,amount,interval,currency,plan,status,parent
Ada,2024-01-01,,100,month,USD,Pro,active,
Bob,2024-01-15,2024-06-01,1200,year,EUR,Team,active,Ada
Cyd,2024-02-01,2024-04-01,50,month,EUR,Pro,active,
Cyd,2024-05-01,,60,month,EUR,Team,trialing,
"""
MONTHLY = "currency,month,rate\nUSD,,1\n" + "".join(f"EUR,2024-0{month},1.{month}\n" for month in range(1, 9))
RUN = """
import json, sys, warnings
sys.modules["pyarrow"] = None
import mrr_xl
from mrr_xl.metrics import REGISTRY
warnings.simplefilter("ignore")
own = {"by": "plan", "scenario": None}
said = {}
for name, metric in REGISTRY.items():
    if metric.kind == "arithmetic" or name == "MRR_LEDGER":
        continue
    arguments = {key: own[key] for key in metric.own_arguments if key in own}
    try:
        mrr_xl.metric(name, "ledger.csv", rates=sys.argv[1], through="2024-08", **arguments)
    except mrr_xl.MrrError as mistake:
        said[name] = str(mistake)
mrr_xl.write_template("report.xlsx", months=3, rates=sys.argv[1], data="ledger.csv", through="2024-08")
mrr_xl.fill("report.xlsx", "ledger.csv", "filled.xlsx")
print(json.dumps(said))
"""


def run(folder: Path, rates: str) -> Any:
    (folder / "ledger.csv").write_text(LEDGER)
    (folder / "monthly.csv").write_text(MONTHLY)
    (folder / "fixed.csv").write_text("currency,rate\nUSD,1\nEUR,1.1\n")
    done = subprocess.run([sys.executable, "-c", RUN, rates], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("rates", ["fixed.csv", "monthly.csv"])
def test_every_figure_is_had(rates: str, tmp_path: Path) -> None:
    said = run(tmp_path, rates)
    assert {name for name in said if "pyarrow" in said[name].lower()} == set()
    assert len(said) < len(REGISTRY) / 4, said  # such as those that need a column product
