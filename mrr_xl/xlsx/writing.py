"""Files written whole, or not at all."""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mrr_xl.errors import MrrError

_UNFINISHED = ".tmp"  #: the ending of a file that is still being written


def write_whole(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file under another name and rename it, so that its name stands for the old file or the new one."""
    target = target_of(path)
    kept = f"{target} is open in Excel or may not be replaced; close it and fill again"
    beginning = f".{target.name}."
    try:
        _remove_leftovers(target.parent, beginning)
        handle, name = tempfile.mkstemp(prefix=beginning, suffix=_UNFINISHED, dir=target.parent)
    except OSError as error:
        raise MrrError(f"{target} can't be written ({error.strerror})") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        if target.exists() and not os.access(target, os.W_OK):
            raise PermissionError  # as on Windows; other systems would rename over a file that is read-only
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask)
        os.replace(name, target)
    except PermissionError:
        raise MrrError(kept) from None
    except OSError as error:
        raise MrrError(f"{target} can't be written ({error.strerror})") from None
    finally:
        Path(name).unlink(missing_ok=True)  # Ctrl+C leaves no half-written file either


def target_of(path: str | os.PathLike[str]) -> Path:
    """The file that would be written; behind a link it is the linked file that changes. Raises MrrError if it can't."""
    target = Path(path)
    if not target.parent.is_dir():
        raise MrrError(f"there is no folder {target.parent}")
    if target.exists() and not target.is_file():
        raise MrrError(f"{target} is not a file; name the file to write")
    target = target.resolve()
    _refuse_open(target)
    return target


@contextmanager
def temporary_files() -> Iterator[None]:
    """Within it, a library may write files of its own for a while. Raises MrrError if it can't."""
    from lxml.etree import SerialisationError

    try:
        yield
    except (OSError, SerialisationError) as error:
        _give_up(error)
        why = getattr(error, "strerror", None) or str(error)  # or IO_ENOSPC
        number = getattr(errno, why.removeprefix("IO_"), None)
        raise MrrError(
            f"the folder of temporary files can't be written to ({os.strerror(number) if number else why}); make room "
            "there, or name another one in TMPDIR"
        ) from None


def _give_up(error: Exception) -> None:
    """End what was being written, in which the same goes wrong once more: Python would print that at its end."""
    shown, sys.unraisablehook = sys.unraisablehook, lambda _: None
    try:
        traceback.clear_frames(error.__traceback__)
        gc.collect()
    finally:
        sys.unraisablehook = shown


def _refuse_open(target: Path) -> None:
    """Excel and LibreOffice keep a lock file beside the one that they have open."""
    for program, lock in (("Excel", f"~${target.name}"), ("LibreOffice", f".~lock.{target.name}#")):
        if target.exists() and target.with_name(lock).exists():
            raise MrrError(
                f"{target} is open in {program}; close it and fill again (if it is not open, delete the lock file "
                f"{lock} beside it)"
            )


def _remove_leftovers(folder: Path, beginning: str) -> None:
    """Delete what a killed run left of this file an hour ago or earlier: by then nobody is still writing it."""
    for entry in os.scandir(folder):
        if entry.name.startswith(beginning) and entry.name.endswith(_UNFINISHED):
            with contextlib.suppress(OSError):
                if entry.stat().st_mtime < time.time() - 3600:
                    os.unlink(entry)
