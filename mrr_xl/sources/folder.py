"""The files that a folder or a pattern such as exports/*.csv means."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TypeGuard

from mrr_xl.answers import NOTE, OK, Answer
from mrr_xl.errors import MrrError, listed
from mrr_xl.sources.opened import PACKED, READABLE, ZIP, is_readable
from mrr_xl.sources.place import database_file, is_url

_SHOWN = 5


def is_several(data: object) -> TypeGuard[str | os.PathLike[str]]:
    """Whether data is a folder, or a pattern; a file whose own name looks like a pattern is that file.

    >>> is_several("exports/*.csv"), is_several("billing.sqlite#select * from subscriptions")
    (True, False)
    """
    if not isinstance(data, (str, os.PathLike)) or is_url(data):
        return False
    path = os.fspath(data)
    if os.path.isdir(path):
        return True
    return glob.has_magic(path) and not os.path.exists(path) and database_file(path) is None


def files_in(data: str | os.PathLike[str], without: Path | None = None) -> list[Path]:
    """The readable files in a folder, or of those that a pattern fits, sorted by name. Raises MrrError if none.

    Among them are links to nothing, of which the reader tells: their lines would be missing without a word.
    """
    files = [path for path in _paths(data) if is_readable(path.name) and not os.path.isdir(path)]
    files = [path for path in files if without is None or os.path.realpath(path) != os.path.realpath(without)]
    if files:
        return files
    known = f"it can be {', '.join(READABLE)}, also as {', '.join((*PACKED, ZIP))}"
    if os.path.isdir(data):
        raise MrrError(f"there is no data file in the folder {Path(data)}; {known}")
    raise MrrError(f"there is no data file that fits {os.fspath(data)}; {known}")


def what_was_read(data: str | os.PathLike[str], files: list[Path]) -> Answer:
    """Which files were read, and which were not."""
    names, others = [path.name for path in files], [path.name for path in unread(data, files)]
    said = f"{len(names):,} read: {listed(names, _SHOWN)}" if len(names) > 1 else f"read: {names[0]}"
    if not others:
        return "files", OK, 0, None, said
    return "files", NOTE, 0, None, f"{said}; not read: {listed(others, _SHOWN)}"


def unread(data: str | os.PathLike[str], files: list[Path]) -> list[Path]:
    """What else a folder or a pattern holds, without what is hidden and the marks of open files."""
    return [path for path in _paths(data) if path not in files and not path.name.startswith((".", "~$"))]


def names_of(files: list[Path]) -> list[str]:
    """What messages call each file: its name, or its path where another one has the same name."""
    names = [path.name for path in files]
    return [path.name if names.count(path.name) == 1 else str(path) for path in files]


def _paths(data: str | os.PathLike[str]) -> list[Path]:
    path = Path(data)
    if path.is_dir():
        return sorted(path.iterdir())
    if path.parent.is_dir():  # whose name may hold a [, which would be a pattern's
        return sorted(path.parent.glob(path.name))
    return sorted(map(Path, glob.glob(os.fspath(data), recursive=True)))
