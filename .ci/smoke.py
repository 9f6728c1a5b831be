"""What a user does first, in an environment that holds mrr-xl and what it asks for, and nothing else.

smoke.py VERSION EXTRA: the version that must be there, and the extra that was installed, or - for none. Run it with
python -I in an empty folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path

VERSION, EXTRA = sys.argv[1:]
COMMAND = Path(sysconfig.get_path("scripts")) / ("mrr-xl.exe" if sys.platform == "win32" else "mrr-xl")
#: A year is 50 a month; Ben's year is over in March 2025.
LEDGER = "customer,start,end,amount,interval\nAda,2024-01-15,,100,month\nBen,2024-03-01,2025-03-01,600,year\n"


def run(*words: str, code: int = 0) -> str:
    """What the command prints, in this process, which has loaded everything already; where it fails, its sentence."""
    from click.testing import CliRunner

    from mrr_xl.cli import main

    done = CliRunner().invoke(main, words)
    assert done.exit_code == code, (words, done.exit_code, done.output)
    return done.stdout if code == 0 else done.stderr


def has(extra: str) -> bool:
    alone = {"-": None, "excel": None} | {name: name for name in ("zstd", "database", "ibis", "plot", "spark")}
    return EXTRA not in alone or alone[EXTRA] == extra  # those of developers have both


shown = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, timeout=300, check=True).stdout
assert shown == f"mrr-xl, version {VERSION}\n"
assert metadata.version("mrr-xl") == VERSION

import mrr_xl  # noqa: E402

assert Path(mrr_xl.__file__).is_relative_to(sysconfig.get_path("purelib")), mrr_xl.__file__
for module in pkgutil.walk_packages(mrr_xl.__path__, "mrr_xl."):
    # The first runs in LibreOffice's Python; the second needs xlwings Server, which has its own environment.
    others = ("mrr_xl.hosts.calc.component", "mrr_xl.hosts.server")
    if module.name not in others and (has("ibis") or not module.name.startswith("mrr_xl.sql.")):
        importlib.import_module(module.name)

Path("ledger.csv").write_text(LEDGER)
assert run("metric", "MRR", "ledger.csv", "--month", "2024-03") == "150.0\n"
lines = run("movements", "ledger.csv", "--to", "2024-03", "--format", "csv").splitlines()
assert lines[3].startswith("2024-03,100.0,50.0"), lines
Path("rates.csv").write_text("currency,month,rate\nEUR,,1\n" + "".join(f"USD,2024-0{m},2\n" for m in (1, 2, 3)))
Path("two.csv").write_text("customer,start,mrr,currency\nAda,2024-01-01,100,USD\nBob,2024-02-01,50,EUR\n")
assert run("metric", "MRR", "two.csv", "--rates", "rates.csv", "--set", "through=2024-03") == "250.0\n"
assert "wrote demo.xlsx" in run("demo", "demo.xlsx", "--months", "1")
assert "2 subscription lines" in run("fill", "demo.xlsx", "ledger.csv", "-o", "filled.xlsx")
assert run("metric", "MRR", "filled.xlsx", "--month", "2024-03") == "150.0\n"
for words in (["addin", "calc"], ["addin", "excel"]):
    assert "wrote mrr." in run(*words)
assert Path("mrr.oxt").read_bytes()[:2] == Path("mrr.xlam").read_bytes()[:2] == b"PK"

from mrr_xl.functions.sheet_functions import sheet_functions  # noqa: E402

CELLS = (("customer", "start", "mrr"), ("Ada", 45292.0, 100.0))  # 45292 is 1 January 2024
assert sheet_functions()["MRR"](CELLS, 45292.0) == 100.0

# What an extra brings is there, and what it is where it is absent is said
url = run("movements", "mysql://127.0.0.1:1/billing#subscriptions", code=2)
assert ("pip install 'mrr-xl[database]'" in url) != has("database"), url
statement = run("sql", "ledger.csv", "--dialect", "postgres", code=0 if has("ibis") else 2)
assert ("WITH given AS" in statement) == has("ibis") != ("pip install 'mrr-xl[ibis]'" in statement), statement
drawn = run("movements", "ledger.csv", "--plot", "drawn.svg", code=0 if has("plot") else 2)
assert ("closing" in drawn) == has("plot") != ("pip install 'mrr-xl[plot]'" in drawn), drawn
if sys.version_info < (3, 14):
    Path("ledger.csv.zst").write_bytes(bytes(9))
    packed = run("movements", "ledger.csv.zst", code=2)
    assert ("pip install 'mrr-xl[zstd]'" in packed) != has("zstd"), packed
