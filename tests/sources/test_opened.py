"""Packed files, standard input and open files: what is in them, and what is wrong with them in one sentence."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mrr_xl import MrrError, movements
from mrr_xl.cli import main
from mrr_xl.sources import opened
from support.small_workbook import small_workbook

CSV = b"customer,start,mrr\nAda,2024-01-01,100\nBob,2024-02-01,50\n"
CLOSING = [100.0, 150.0]
WRONG = CSV.replace(b"2024-02-01", b"soon")


def plainly(value: object) -> str | None:
    """A test's name without what is in a file: gzip puts the time into it."""
    return "content" if isinstance(value, bytes) else None


def message_of(data: object) -> str:
    with pytest.raises(MrrError) as caught:
        movements(data)
    return str(caught.value)


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inside in files.items():
            archive.writestr(name, inside)
    return content.getvalue()


def zstd(content: bytes) -> bytes:
    return bytes(opened._zstd("test").compress(content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("may.gz", gzip.compress(CSV)),  # without the inner ending
        ("may.csv.gz", gzip.compress(CSV[:30]) + gzip.compress(CSV[30:])),  # as cat makes one of two
        ("may.csv.zst", zstd(CSV[:30]) + zstd(CSV[30:])),
        ("may.txt.zstd", zstd(CSV)),
        ("may.zip", zipped(**{"may.csv.gz": gzip.compress(CSV)})),
        ("may.zip", zipped(**{"read me.pdf": b"%PDF", "a/b/may.csv": CSV, "a/.hidden.csv": b"x"})),
    ],
    ids=plainly,
)
def test_packed_files(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    assert movements(tmp_path / name)["closing"].tolist() == CLOSING


ONE = "must hold one file that can be read, and holds"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("may.csv.gz", gzip.compress(CSV)[:-9], "may.csv.gz ends too early; download or copy it again"),
        ("may.csv.gz", CSV, "may.csv.gz can't be unpacked (Not a gzipped file (b'cu')); download or copy it again"),
        ("may.csv.gz", gzip.compress(CSV)[:20] + b"????" + gzip.compress(CSV)[24:], "may.csv.gz can't be unpacked ("),
        ("may.csv.zst", zstd(CSV)[:-3], "may.csv.zst ends too early; download or copy it again"),
        ("may.csv.zst", CSV, "may.csv.zst can't be unpacked ("),
        ("may.csv.gz", gzip.compress(b""), "may.csv.gz is empty"),
        ("may.gz", gzip.compress(b"\n \n"), "may.gz is empty; give a table with its header row"),
        ("may.zip", CSV, "may.zip is not a whole ZIP archive; download it again"),
        ("may.zip", zipped(**{"may.csv": CSV})[:-30], "may.zip is not a whole ZIP archive; download it again"),
        ("may.zip", zipped(**{"may.pdf": CSV}), f"may.zip {ONE} none; unpack it and name one"),
        ("may.zip", zipped(**{"a.csv": CSV, "b.csv": CSV}), f"may.zip {ONE} a.csv, b.csv; unpack it and name one"),
        ("may.pdf.gz", gzip.compress(CSV), "may.pdf.gz: a .pdf file can't be read; give .csv, "),
        ("may.csv.gz", gzip.compress(WRONG), "row 3, column start: 'soon' is not a date"),
    ],
    ids=plainly,
)
def test_what_is_wrong_with_a_packed_file_is_one_sentence(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    said = message_of(tmp_path / name)
    assert said.startswith(message) and "\n" not in said


@pytest.mark.parametrize("pack", [gzip.compress, zstd, lambda content: zipped(**{"a.csv": content})])
def test_what_would_fill_the_memory_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    monkeypatch.setattr(opened, "MOST", 2**21)
    packed = pack(CSV + bytes(2**22))
    name = {b"\x1f\x8b": "a.csv.gz", b"PK": "a.zip"}.get(packed[:2], "a.csv.zst")
    (tmp_path / name).write_bytes(packed)
    assert len(packed) < 10_000
    assert message_of(tmp_path / name) == f"{name} unpacks to more than 0 GB; unpack it and give the file in it"


def test_a_zip_with_a_password(tmp_path: Path) -> None:
    content = bytearray(zipped(**{"may.csv": CSV}))
    for place in (6, content.index(b"PK\x01\x02") + 8):
        content[place] |= 1
    (tmp_path / "may.zip").write_bytes(content)
    assert message_of(tmp_path / "may.zip") == "may.zip asks for a password; unpack it and give the file in it"


def test_without_the_library_a_zstd_file_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "compression" if sys.version_info >= (3, 14) else "backports", None)
    (tmp_path / "may.csv.zst").write_bytes(b"\x28\xb5\x2f\xfd")
    assert message_of(tmp_path / "may.csv.zst") == (
        "may.csv.zst needs a library; install it with pip install 'mrr-xl[zstd]'"
    )


# Standard input.


def run(*words: str, given: bytes = CSV) -> Any:
    result = CliRunner().invoke(main, list(words), input=given)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


@pytest.mark.parametrize("given", [b"\xef\xbb\xbf" + CSV, CSV.replace(b",", b"\t"), gzip.compress(CSV)], ids=plainly)
def test_the_commands_that_print_read_standard_input(given: bytes) -> None:
    assert run("metric", "MRR", "-", given=given).output == "150.0\n"
    assert run("movements", "-", "--format", "csv", given=given).output.splitlines()[-1].startswith("2024-02,100.0,")
    assert run("check", "-", given=given).exit_code == 0


def test_the_commands_that_write_read_standard_input(tmp_path: Path) -> None:
    written = run("template", str(tmp_path / "own.xlsx"), "--months", "1", "--data", "-")
    assert "2 subscription lines" in written.output
    template, out = small_workbook(tmp_path / "t.xlsx", ["customer", "start", "mrr"]), tmp_path / "out.xlsx"
    assert "2 subscription lines" in run("fill", str(template), "-", "-o", str(out)).output
    (tmp_path / "many").mkdir()
    done = run("fill", str(template), "-", "-o", str(tmp_path / "many/{name}.xlsx"), "--jobs", "2")
    assert done.output.splitlines()[0] == f"1/1 wrote {tmp_path / 'many/standard input.xlsx'}: 2 subscription lines"
    by_customer = run("fill", str(template), "-", "-o", str(tmp_path / "many"), "--by", "customer")
    assert "2 written, 0 unchanged, 0 failed" in by_customer.output


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"", "standard input is empty; give a table with its header row"),
        (b" \r\n\n", "standard input is empty; give a table with its header row"),
        (b"customer,start,mrr\n", "standard input has a header but no rows"),
        (WRONG, "row 3, column start: 'soon' is not a date"),
        (
            b"SQLite format 3\0" + bytes(100),
            "standard input is a database; save it as a file and give that file's name",
        ),
        (b"PAR1" + bytes(20), "standard input is not a Parquet file: "),
        (b"PK\x03\x04" + bytes(20), "standard input is not a whole ZIP archive; download it again"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "standard input is not a text file; give a CSV file"),
    ],
    ids=plainly,
)
def test_what_is_wrong_with_standard_input(given: bytes, message: str) -> None:
    result = run("movements", "-", given=given)
    assert result.exit_code == 2
    assert result.output.startswith(f"mrr-xl: {message}")
    assert len(result.output.splitlines()) == 1


def test_a_process_without_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert message_of("-") == "standard input is empty; give a table with its header row"


def test_an_open_file_is_named_if_it_has_a_name(tmp_path: Path) -> None:
    assert message_of(io.BytesIO(b"")) == "the file is empty; give a table with its header row"
    (tmp_path / "may.csv").write_bytes(b"")
    with (tmp_path / "may.csv").open("rb") as file:
        assert message_of(file) == "may.csv is empty; give a table with its header row"


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv", "a.csv.gz", "a.parquet"])
def test_a_file_that_another_program_holds_is_told_in_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As Windows does it; its libraries of other languages have words of their own."""

    def held(*given: Any, **others: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    (tmp_path / name).write_bytes(CSV)
    monkeypatch.setattr(Path, "open", held)
    with pytest.raises(MrrError) as caught:
        movements(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name} can't be read (Permission denied)"
