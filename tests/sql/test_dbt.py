"""The project of docs/sql.md, built by dbt with DuckDB."""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import mrr_xl
from support import ROOT

DBT = ROOT / ".venv" / "dbt" / "bin" / "dbt"


@pytest.mark.slow
@pytest.mark.posix
def test_dbt_builds_the_model_of_the_docs(tmp_path: Path) -> None:
    if not DBT.exists():
        pytest.skip("dbt is not installed; run .ci/dbt")
    page = (ROOT / "docs" / "sql.md").read_text(encoding="utf-8").partition("## In dbt")[2]
    for name, text in re.findall(r"^`(\S+)`:\n\n```\w+\n(.*?)```", page, re.DOTALL | re.MULTILINE):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "models").mkdir()
    commands = re.search(r"```\n(mrr-xl sql .*?) > (\S+)\n(dbt .*?)\n```", page, re.DOTALL)
    assert commands is not None
    words = shlex.split(commands[1].replace("\\\n", " "))
    sql = subprocess.run([sys.executable, "-m", "mrr_xl", *words[1:]], cwd=tmp_path, capture_output=True, check=True)
    (tmp_path / commands[2]).write_bytes(sql.stdout)
    quiet = {**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    words = shlex.split(commands[3])
    built = subprocess.run([DBT, *words[1:]], cwd=tmp_path, env=quiet, capture_output=True, text=True, timeout=300)
    assert built.returncode == 0, built.stdout + built.stderr
    with duckdb.connect(tmp_path / "revenue.duckdb", read_only=True) as connection:
        rows = connection.execute("select month, new, churn, reactivation, closing from mrr_movements").fetchall()
    months = [dt.date(2024, month, 1) for month in range(1, 7)]
    assert sorted(rows) == [
        (months[0], 169_900_000, 0, 0, 169_900_000),
        (months[1], 33_330_000, 0, 0, 203_230_000),
        (months[2], 0, 0, 0, 203_230_000),
        (months[3], 0, -49_900_000, 0, 153_330_000),
        (months[4], 0, 0, 0, 153_330_000),
        (months[5], 0, 0, 59_900_000, 213_230_000),
    ]
    table = mrr_xl.movements(tmp_path / "seeds" / "subscriptions.csv", through="2024-06")
    assert [row[-1] / 1e6 for row in sorted(rows)] == list(table["closing"])
