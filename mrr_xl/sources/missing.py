"""A file that is not there, and which one beside it may have been meant."""

from __future__ import annotations

import os
from pathlib import Path

from mrr_xl.errors import MrrError, nearest


def no_file(path: str | os.PathLike[str]) -> MrrError:
    """The error for a file that is not there; what is called alike is meant, and of another kind what is called so."""
    file = Path(path)
    if os.path.islink(file) and not os.path.exists(file):
        return MrrError(f"{path!s} is a link to {os.readlink(file)}, which is not there; mend the link or remove it")
    if os.path.lexists(file) and not os.path.isdir(file):
        return MrrError(f"{path!s} is no file, but a pipe or a device; save what it gives as a file, or remove it")
    names: dict[str, str] = {}
    for name in sorted(_beside(file), key=lambda name: (Path(name).suffix.lower() != file.suffix.lower(), name)):
        names.setdefault(Path(name).stem, name)
    meant = [names[stem] for stem in nearest(file.stem, names)]
    kind = file.suffix.lower()[:4]  # .xlsx is as .xls
    alike = [name for name in meant if Path(name).suffix.lower()[:4] == kind]
    other = [name for name in meant if Path(name).stem.lower() == file.stem.lower() and name not in alike]
    return MrrError(f"there is no file {path!s}", [*alike, *other])


def _beside(file: Path) -> list[str]:
    """The files in the same folder; a name that begins so is hidden or one that Excel keeps while a file is open."""
    try:
        return [entry.name for entry in os.scandir(file.parent) if entry.is_file() and entry.name[:1] not in ".~"]
    except (OSError, ValueError):
        return []
