"""The functions as `mrr-xl fill` computes them in a workbook, without a spreadsheet program."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from mrr_xl.filling.fill import finish
from mrr_xl.xlsx.workbook import read_workbook
from support.call_workbook import read_answers, write_calls
from support.calls import Call


def answers(calls: list[Call]) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.xlsx"
        write_calls(calls, path)
        finish(read_workbook(path), path, 0)
        return read_answers(calls, path)
