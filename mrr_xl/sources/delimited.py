"""Text files: CSV, TSV and their relatives, in whatever encoding and with whatever above the header."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import Answer
from mrr_xl.errors import MrrError, shown
from mrr_xl.sources.how import How
from mrr_xl.sources.opened import refuse_web_page
from mrr_xl.sources.rows import TITLE_ROWS, distinct, header_row, header_score, row_of_totals
from mrr_xl.sources.table import Table, found

_DELIMITERS = ",;\t|"
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_HEAD = 262_144  #: how much of a file is looked at to find its header
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
#: Signs of windows-1252 between letters, and capitals beside small letters: they are letters of Mac Roman or of DOS.
_OTHER_LETTER = re.compile(rb"[A-Za-z](?:[\x83\x86-\x89\x8b\x98\x9b\xa4\xa7][A-Za-z]|[\x8c\x9f][a-z])|[a-z][\x8c\x9f]")
#: The same of what is seldom, unless the file has letters of windows-1252 as well: a quotation mark, a Š or Ž.
_SELDOM, _LETTER = re.compile(rb"[A-Za-z][\x82\x8a\x8e][a-z]|[a-z]\x82"), re.compile(rb"[\xc0-\xff]")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_text(content: bytes, name: str, how: How) -> Table:
    """The table of a text file. Raises MrrError."""
    content, encoding = _utf8(content, name, how.encoding)
    refuse_web_page(content, name)
    if b"\r" in content[:_HEAD] and b"\n" not in content:
        content = content.replace(b"\r", b"\n")  # Excel's CSV (Macintosh)
    if directive := re.match(rb"(?i)\"?sep=(.)\"?\r?\n", content):
        content = content[directive.end() :]  # a line that no spreadsheet program shows
    head = content[:_HEAD].decode("utf-8", "strict" if len(content) <= _HEAD else "ignore")
    if not head.strip():
        raise MrrError(f"{name} is empty")
    delimiter = how.delimiter or (directive[1].decode() if directive else _delimiter(head, how))
    rows, lines = _first_rows(head, delimiter, max(TITLE_ROWS + 1, how.header or 0))
    header = _header(rows, name, how)
    frame = _frame(content, name, delimiter, lines[header], rows[header])
    headers = distinct([cell.strip() for cell in rows[header]])
    if frame.width != len(headers):
        raise MrrError(f"{name} is not a table: its lines end in different ways; open it in Excel and save it again")
    frame = frame.rename(dict(zip(frame.columns, headers)))
    unnamed = [header for header, cell in zip(headers, rows[header]) if not cell.strip()]
    frame = frame.drop([header for header in unnamed if frame[header].null_count() == frame.height])
    if all(column.null_count() == frame.height for column in frame):
        raise MrrError(f"{name} has a header but no rows")
    frame, answers = _without_total(frame, header)
    if header:
        frame = frame.clear(header).vstack(frame)  # so that each row's number is the file's
    plain = encoding in ("utf-8", "utf-8-sig")
    read_as = How(encoding=None if plain else encoding, delimiter=delimiter, header=header + 1)
    answers = [*_written(encoding, delimiter, rows, header), *answers]
    return Table(nw.from_native(frame, eager_only=True), tuple(answers), dots=delimiter not in ";\t", how=read_as)


def _utf8(content: bytes, name: str, given: str | None) -> tuple[bytes, str]:
    """A file's content as UTF-8, and the encoding that it came in."""
    if given is None:
        given = next((encoding for bom, encoding in _BOMS if content.startswith(bom)), None)
    if given is None and content[:200].count(0) * 8 > len(content[:200]) and not len(content) % 2:
        given = "utf-16-le" if content[1:200:2].count(0) > content[:200:2].count(0) else "utf-16-be"
    try:
        text = content.decode(given or "utf-8")
        encoding = given or "utf-8"
    except UnicodeDecodeError:
        if given is not None:
            raise MrrError(f"{name} is not text in the encoding {given}; name another one as encoding") from None
        text, encoding = _in_windows(content, name), "windows-1252"
    if "\0" in text[:_HEAD]:
        raise MrrError(f"{name} is not a text file; give a CSV file")
    return (content if encoding == "utf-8" else text.removeprefix("\ufeff").encode()), encoding


def _in_windows(content: bytes, name: str) -> str:
    """Text that is not UTF-8, as Windows writes it; none of its letters may be one in UTF-8."""
    try:
        is_other = _OTHER_LETTER.search(content) or (_SELDOM.search(content) and not _LETTER.search(content))
        if not _UTF8_LETTER.search(content) and not is_other:
            return content.decode("windows-1252")
    except UnicodeDecodeError:
        pass
    raise MrrError(
        f"{name} is not UTF-8 text, and its encoding can't be told; in Excel, save it as CSV UTF-8, or say which with "
        "encoding"
    )


def _delimiter(head: str, how: How) -> str:
    """The character that parts the cells: that with which the header says most."""
    most: dict[str, tuple[int, int]] = {}
    for delimiter in _DELIMITERS:
        rows, _ = _first_rows(head, delimiter)
        scores = [(header_score(row, how), len(row)) for row in rows if any(row)]
        most[delimiter] = max(scores, default=(0, 0))
    return max(_DELIMITERS, key=lambda delimiter: most[delimiter])


def _first_rows(head: str, delimiter: str, most: int = TITLE_ROWS + 1) -> tuple[list[list[str]], list[int]]:
    """The first rows of a file, and in which of its lines each begins."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    rows, lines = [], [0]
    try:
        for row in itertools.islice(reader, most):
            rows.append(row)
            lines.append(reader.line_num)
    except csv.Error:
        pass  # an unclosed quotation mark: what reads the whole file says so
    return rows, lines


def _header(rows: list[list[str]], name: str, how: How) -> int:
    """The index of the header's row."""
    if how.header is not None:
        if how.header > len(rows) or not any(rows[how.header - 1]):
            raise MrrError(f"row {how.header} of {name}, said to be the header, is blank; name the header's row")
        return how.header - 1
    header = header_row(rows, how)
    if header is None:
        raise MrrError(f"{name} has no header row among its first {TITLE_ROWS} rows; say with header where it is")
    return header


def _frame(content: bytes, name: str, delimiter: str, line: int, header: list[str]) -> Any:
    """The rows below the header as texts: an id such as 007 stays itself, and a bad cell keeps its words."""
    import polars as pl

    def read(**how: Any) -> Any:
        frame = pl.read_csv(content, separator=delimiter, infer_schema=False, has_header=False, skip_lines=line, **how)
        return frame.slice(1)

    try:
        return read()
    except pl.exceptions.PolarsError:
        wide = _wide_row(content, delimiter, line, len(header))
        if wide is None:
            raise MrrError(
                f"{name} is not a table: look for a quotation mark that is not closed, or one inside a cell that is "
                "not doubled"
            ) from None
        row, cells = wide
        if cells:
            raise MrrError(
                f"{name} is not a table: row {row} has {cells} cells and the header {len(header)}; put quotes around a "
                f"cell that contains a {delimiter!r}"
            ) from None
    try:
        return read(truncate_ragged_lines=True)  # there are only delimiters at the ends of some lines
    except pl.exceptions.PolarsError as error:
        raise MrrError(f"{name} is not a table: {str(error).splitlines()[0]}") from None


def _wide_row(content: bytes, delimiter: str, line: int, width: int) -> tuple[int, int] | None:
    """The first row with more cells than the header, and how many: 0 if the ones too many are all blank."""
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    blank = None
    rows = csv.reader(text, delimiter=delimiter)
    try:
        for row, cells in enumerate(rows, 1):
            if rows.line_num > line and len(cells) > width:
                if any(cell.strip() for cell in cells[width:]):
                    return row, len(cells)
                blank = blank or (row, 0)
    except csv.Error:
        return None
    return blank


def _without_total(frame: Any, header: int) -> tuple[Any, list[Answer]]:
    """The lines without the row of totals at the end."""
    import polars as pl

    last = frame.height - 1
    while last >= 0 and not any(cell and cell.strip() for cell in frame.row(last)):
        last -= 1
    frame = frame.head(last + 1)
    total = row_of_totals(frame.columns, last + 1, frame.row, lambda line: zip(*frame.head(line).iter_columns()))
    if total is None:
        return frame, []
    below = frame.slice(total + 1)
    lines = pl.concat([frame.head(total), frame.clear(1), below]) if below.height else frame.head(total)
    return lines, [found("row of totals", f"row {header + 2 + total} is left out")]


def _written(encoding: str, delimiter: str, rows: list[list[str]], header: int) -> list[Answer]:
    """What was found out about the file, where it is not the usual."""
    answers = []
    if encoding not in ("utf-8", "utf-8-sig"):
        answers.append(found("encoding", encoding))
    if delimiter != ",":
        answers.append(found("delimiter", _NAMES.get(delimiter, shown(delimiter))))
    titles = [" ".join(filter(None, row)) for row in rows[:header] if any(row)]
    if titles:
        answers.append(found("header", f"in row {header + 1}; above it stands {shown(titles[0])}"))
    return answers
