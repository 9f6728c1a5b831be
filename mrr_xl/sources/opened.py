"""A file on its way to its reader: what is in it, unpacked where it was packed, and what messages call it."""

from __future__ import annotations

import gzip
import io
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from mrr_xl.errors import MrrError, listed

TEXT, WORKBOOK = (".csv", ".tsv", ".txt"), (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
JSON = (".json", ".jsonl", ".ndjson")
PARQUET, ARROW = (".parquet", ".pq"), (".feather", ".arrow")
READABLE = (*TEXT, *WORKBOOK, *JSON, *PARQUET, *ARROW)  #: the endings of what has a reader in files.py
GZIP, ZSTD, ZIP = ".gz", (".zst", ".zstd"), ".zip"
PACKED = (GZIP, *ZSTD)
STANDARD_INPUT = "-"
#: What a damaged archive or workbook raises in zipfile and in what reads its parts, which promise none of it.
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, LookupError, OverflowError, RuntimeError,
    NotImplementedError, SyntaxError,
)  # fmt: skip
MOST = 4 * 2**30  #: bytes that a packed file may unpack to; a few kilobytes could fill any disk
_PIECE = 2**20
_HEAD = 2**10
_WEB_PAGE = re.compile(rb"(?i)(?:\xef\xbb\xbf|\s|<\?xml[^>]*>|<!--[^>]*>)*<(?:!doctype html\b|html[\s>]|head>|body>)")


@dataclass(frozen=True)
class Opened:
    """A file's bytes, or where they are: content or path.

    name: what messages call it. suffix: the ending that says how to read it, without that of a packed file.
    """

    name: str
    suffix: str
    path: Path | None = None
    content: bytes = b""

    def read_bytes(self) -> bytes:
        if self.path is None:
            return self.content
        with self.unchanged():
            return self.path.read_bytes()

    def head(self) -> bytes:
        if self.path is None:
            return self.content[:_HEAD]
        with self.path.open("rb") as file:
            return file.read(_HEAD)

    def unchanged(self) -> AbstractContextManager[None]:
        """Within it, raises MrrError if the file changes, as while another program writes it."""
        return nullcontext() if self.path is None else _unchanged(self.path)

    @property
    def source(self) -> Any:
        """What a library opens: a path, or a file in memory."""
        return io.BytesIO(self.content) if self.path is None else self.path


@contextmanager
def _unchanged(path: Path) -> Iterator[None]:
    before, mistake = _state(path), None
    try:
        yield
    except MrrError as error:
        mistake = error
    if _state(path) != before:
        raise MrrError(f"{path.name} changed while it was read; run it again when nothing writes to it")
    if mistake:
        raise mistake


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def is_readable(name: str) -> bool:
    """Whether a file's ending is one that can be read; hidden files and the locks of opened ones are not data.

    >>> [is_readable(name) for name in ("may.csv", "may.csv.gz", "may.zip", "~$may.xlsx", "may.pdf")]
    [True, True, True, False, False]
    """
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    if suffixes and suffixes[-1] in PACKED:
        suffixes.pop()
    return bool(suffixes) and suffixes[-1] in (*READABLE, ZIP) and not name.startswith((".", "~$"))


def open_file(path: Path) -> Opened:
    """A file as it stands, or unpacked. Raises MrrError, and OSError where it can't be read."""
    suffix = path.suffix.lower()
    if suffix == ZIP:
        with _unchanged(path):
            return _only_member(path.name, path)
    if suffix not in PACKED:
        with path.open("rb"):  # a file in use is told of here: each library has words of its own for it
            return Opened(path.name, suffix, path)
    with _unchanged(path), path.open("rb") as file:
        content = _unpacked(path.name, suffix, file)
    inner = Path(path.stem).suffix.lower()
    return Opened(path.name, inner, content=content) if inner else by_content(content, path.name)


def refuse_web_page(content: bytes, name: str) -> None:
    """Raises MrrError for what a server sends in place of a file, whatever its ending."""
    if _WEB_PAGE.match(content[:_HEAD]):
        raise MrrError(
            f"{name} is a web page, such as one that asks to sign in: download the file again; a table in a web page "
            "can be saved as .xlsx or .csv by a spreadsheet program"
        )


def standard_input() -> Opened:
    """What another program sends. Raises MrrError if it sends nothing."""
    stream: Any = getattr(sys.stdin, "buffer", sys.stdin)
    return by_content(b"", "standard input") if stream is None else of_stream(stream, "standard input")


def of_stream(stream: Any, name: str = "") -> Opened:
    """An open file, of bytes or of text. Raises MrrError if nothing is in it."""
    if not name:
        name = Path(stream.name).name if isinstance(getattr(stream, "name", None), str) else "the file"
    content = stream.read()
    return by_content(content.encode() if isinstance(content, str) else bytes(content), name)


def by_content(content: bytes, name: str) -> Opened:
    """Bytes without a file's ending: their first ones say how to read them. Raises MrrError."""
    if content.startswith(b"\x1f\x8b"):
        return by_content(_unpacked(name, GZIP, io.BytesIO(content)), name)
    if content.startswith(b"\x28\xb5\x2f\xfd"):
        return by_content(_unpacked(name, ZSTD[0], io.BytesIO(content)), name)
    if content.startswith(b"PK\x03\x04"):
        suffix = _office_suffix(content, name)
        return Opened(name, suffix, content=content) if suffix else _only_member(name, io.BytesIO(content))
    if content.startswith(b"SQLite format 3\0") or content[8:12] == b"DUCK":
        raise MrrError(f"{name} is a database; save it as a file and give that file's name")
    for start, suffix in ((b"PAR1", ".parquet"), (b"ARROW1", ".arrow"), (b"\xd0\xcf\x11\xe0", ".xls")):
        if content.startswith(start):
            return Opened(name, suffix, content=content)
    text = content[:_PIECE].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise MrrError(f"{name} is empty; give a table with its header row")
    return Opened(name, ".jsonl" if text[:1] in (b"{", b"[") else ".csv", content=content)


def _office_suffix(content: bytes, name: str) -> str | None:
    """The ending that a workbook would have; None for any other archive."""
    with _archive(name, io.BytesIO(content)) as archive:
        names = set(archive.namelist())
    if "xl/workbook.bin" in names:
        return ".xlsb"
    if "xl/workbook.xml" in names:
        return ".xlsx"
    return ".ods" if "content.xml" in names else None


def _archive(name: str, file: Any) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except BROKEN:
        raise MrrError(f"{name} is not a whole ZIP archive; download it again") from None


def _only_member(name: str, file: Any) -> Opened:
    """The one file of an archive that can be read; what a system adds of its own is not looked at."""
    with _archive(name, file) as archive:
        members = [member for member in archive.infolist() if is_readable(member.filename.rpartition("/")[2])]
        members = [member for member in members if not member.filename.startswith("__MACOSX/")]
        if len(members) != 1:
            inside = listed([member.filename for member in members], 5) or "none"
            raise MrrError(f"{name} must hold one file that can be read, and holds {inside}; unpack it and name one")
        if members[0].flag_bits & 1:
            raise MrrError(f"{name} asks for a password; unpack it and give the file in it")
        content = _whole(name, lambda: archive.open(members[0]))
    inner = Path(members[0].filename)
    within = f"{inner.name} in {name}"
    if inner.suffix.lower() in PACKED:
        return by_content(content, within)
    return Opened(within, inner.suffix.lower(), content=content)


def _unpacked(name: str, suffix: str, file: IO[bytes]) -> bytes:
    if suffix == GZIP:
        return _whole(name, lambda: gzip.GzipFile(fileobj=file))
    zstd = _zstd(name)
    return _whole(name, lambda: zstd.ZstdFile(file), zstd.ZstdError)


def _zstd(name: str) -> Any:
    try:
        if sys.version_info >= (3, 14):
            from compression import zstd
        else:
            from backports import zstd
    except ImportError:
        raise MrrError(f"{name} needs a library; install it with pip install 'mrr-xl[zstd]'") from None
    return zstd


def _whole(name: str, opened: Callable[[], Any], broken: type[Exception] = zlib.error) -> bytes:
    """All that a packed file holds. Raises MrrError if it is damaged, or too much."""
    pieces, size = [], 0
    try:
        with opened() as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                if size > MOST:
                    most = f"{MOST / 2**30:,.0f} GB"
                    raise MrrError(f"{name} unpacks to more than {most}; unpack it and give the file in it")
                pieces.append(piece)
    except EOFError:
        raise MrrError(f"{name} ends too early; download or copy it again") from None
    except (gzip.BadGzipFile, *BROKEN, broken) as error:
        if isinstance(error, MrrError):
            raise
        raise MrrError(f"{name} can't be unpacked ({error}); download or copy it again") from None
    return b"".join(pieces)
