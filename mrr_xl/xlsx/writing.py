"""Files written whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from pathlib import Path

from mrr_xl.errors import MrrError

_UNFINISHED = ".tmp"  #: the ending of a file that is still being written


def write_whole(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write a file under another name and rename it, so that its name stands for the old file or the new one."""
    target = Path(path)
    if not target.parent.is_dir():
        raise MrrError(f"there is no folder {target.parent}")
    if target.exists() and not target.is_file():
        raise MrrError(f"{target} is not a file; name the file to write")
    target = target.resolve()  # behind a link it is the linked file that changes
    _refuse_open(target)
    beginning = f".{target.name}."
    try:
        _remove_leftovers(target.parent, beginning)
        handle, name = tempfile.mkstemp(prefix=beginning, suffix=_UNFINISHED, dir=target.parent)
    except OSError as error:
        raise MrrError(f"{target} can't be written ({error.strerror})") from None
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(name, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~umask)
        os.replace(name, target)
    except PermissionError:
        raise MrrError(f"{target} is open in Excel or may not be replaced; close it and fill again") from None
    except OSError as error:
        raise MrrError(f"{target} can't be written ({error.strerror})") from None
    finally:
        Path(name).unlink(missing_ok=True)  # Ctrl+C leaves no half-written file either


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
