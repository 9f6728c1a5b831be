"""What a cell or a table's header can't hold is refused before anything is written: Excel would repair the file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mrr_xl import MrrError
from mrr_xl.filling.fill import fill
from mrr_xl.report import write_template
from support.soundness import faults


def data(**columns: str) -> pd.DataFrame:
    return pd.DataFrame({"customer": ["Ada", "Bo"], "start": ["2024-01-01"] * 2, "mrr": [10, 20]}).assign(
        **{name: ["", text] for name, text in columns.items()}
    )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    write_template(path, months=1)
    return path


@pytest.mark.parametrize(
    ("text", "length"), [("x" * 32_768, "32,768"), ("🙂" * 16_384, "32,768")], ids=["plain", "of pairs"]
)
def test_a_text_that_no_cell_holds(tmp_path: Path, template: Path, text: str, length: str) -> None:
    sentence = (
        f"line 2 of the data, column notes: the text '{text[:55]}...' has {length} characters, and a cell of Excel "
        "takes 32,767; shorten it"
    )
    with pytest.raises(MrrError) as refused:
        fill(template, data(notes=text), tmp_path / "out.xlsx")
    assert str(refused.value) == sentence
    with pytest.raises(MrrError) as refused:
        write_template(tmp_path / "out.xlsx", data=data(notes=text))
    assert str(refused.value) == sentence
    assert list(tmp_path.iterdir()) == []


def test_a_header_that_no_table_holds(tmp_path: Path, template: Path) -> None:
    header = "n" * 256
    with pytest.raises(MrrError) as refused:
        fill(template, data(**{header: "x"}), tmp_path / "out.xlsx")
    assert str(refused.value) == (
        f"column '{'n' * 55}...' of the data has a header of 256 characters, and a table of Excel takes 255; shorten it"
    )
    assert list(tmp_path.iterdir()) == []


def test_the_longest_that_excel_takes(tmp_path: Path, template: Path) -> None:
    fill(template, data(**{"n" * 255: "x", "notes": "y" * 32_767}), tmp_path / "out.xlsx")
    assert faults(tmp_path / "out.xlsx") == []
