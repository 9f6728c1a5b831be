"""The engine itself: exact numbers in bulk, a compiled copy in the user's cache, and a new start after a stop."""

from __future__ import annotations

import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from mrr_xl import MrrError
from mrr_xl.calculator import engine
from mrr_xl.calculator.engine import Engine


def content() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "R"
    book.active["A1"] = 7
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_values_of_every_kind_go_in_and_come_out_unchanged() -> None:
    values = [0.1 + 0.2, 1 / 3, -1e300, 5e-324, 0.0, "", "Zürich 🙂", "a\nb", "x" * 40_000, "1", True, False, None]
    values += ["#N/A", "#DIV/0!", "#SPILL!", "#CALC!", "#NAME?"]
    cells = {("R", row, 2): value for row, value in enumerate(values * 20, 1)}
    book = Engine(content())
    book.put(cells)
    book.recalculate()
    assert book.values(list(cells)) == list(cells.values())
    assert [type(value) for value in book.values(list(cells))] == [type(value) for value in cells.values()]
    assert book.values([]) == []
    book.close()


def test_an_array_is_evaluated_whole_also_where_cells_stand_in_its_way() -> None:
    book = Engine(content())
    assert book.evaluated(("R", 1, 1), '={1,"a";TRUE,#N/A}') == [[1, "a"], [True, "#N/A"]]
    assert book.evaluated(("R", 1, 1), "=A1:A2") == [[7], [0]]
    assert book.evaluated(("R", 1, 1), "=1+") == [["#NAME?"]]
    book.close()


def test_a_file_that_is_no_workbook_is_a_sentence() -> None:
    with pytest.raises(MrrError, match=r"^the workbook can't be computed here \("):
        Engine(b"PK no workbook")


def test_an_engine_that_stopped_is_started_anew_for_the_next_workbook() -> None:
    engine._LIB._poison_message = "wasm trap: out of bounds memory access"
    with pytest.raises(MrrError, match=r"^the workbook can't be computed here \(its formulas stopped it\)$"):
        Engine(content())
    book = Engine(content())
    assert book.values([("R", 1, 1)]) == [7]
    book.close()


def test_texts_are_written_as_in_the_language_of_the_workbook() -> None:
    book = Engine(content(), "win-365-de_DE")
    assert book.evaluated(("R", 1, 1), '=TEXT(1234.5,"#.##0,00")') == [["1.234,50"]]
    book.close()
    book = Engine(content(), "win-365-xx_XX")  # one that it does not have
    assert book.evaluated(("R", 1, 1), '=TEXT(1234.5,"#,##0.00")') == [["1,234.50"]]
    book.close()


RUN = """
import sys
from mrr_xl.calculator.engine import Engine
print(Engine(open(sys.argv[1], "rb").read()).values([("R", 1, 1)]))
"""


@pytest.mark.slow
@pytest.mark.posix  # the cache directory is set as on Linux
def test_the_compiled_copy_is_made_by_processes_at_once_and_missing_where_nothing_can_be_written(
    tmp_path: Path,
) -> None:
    (tmp_path / "b.xlsx").write_bytes(content())
    (tmp_path / "file").write_text("not a directory")

    def started(cache: Path) -> subprocess.Popen[str]:
        settings = os.environ | {"XDG_CACHE_HOME": str(cache), "HOME": str(cache)}
        return subprocess.Popen(
            [sys.executable, "-c", RUN, str(tmp_path / "b.xlsx")], stdout=-1, stderr=-1, text=True, env=settings
        )

    cache = tmp_path / "cache"
    cache.mkdir()
    both = [started(cache), started(cache), started(tmp_path / "file" / "below")]
    assert [run.communicate()[0] for run in both] == ["[7.0]\n"] * 3
    assert any(path.is_file() for path in cache.rglob("*"))
    again = started(cache)
    assert again.communicate() == ("[7.0]\n", "")
