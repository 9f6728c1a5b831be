"""Which reports there will be, and what their files are called; known before the first one is written."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mrr_xl.errors import MrrError
from mrr_xl.filling.datasets import Part, by_column, by_file, files_of, is_folder
from mrr_xl.filling.file_names import LONGEST, file_names, safe_name
from mrr_xl.filling.ledger_table import find_table
from mrr_xl.sources.columns import plain
from mrr_xl.xlsx.package import read_package

_HOLE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Report:
    """One report to be made: its data, its file, last month's file to compare it with, and what to say of it."""

    part: Part
    path: Path
    against: Path | None = None
    note: str | None = None


def plan_reports(
    template: str | os.PathLike[str],
    data: Sequence[object],
    out: str | os.PathLike[str],
    *,
    by: str | None = None,
    table: str | None = None,
    against: str | os.PathLike[str] | None = None,
) -> list[Report]:
    """The reports that there will be. Raises MrrError."""
    find_table(read_package(template), table)
    files = files_of(data, template)
    known, parts = ("name", by_file(files)) if by is None else by_column(files, by)
    names = [known] if by is None else [known, by]
    pattern = _pattern(Path(template), out, names)
    room = LONGEST - len(_HOLE.sub("", pattern.name).encode())
    if against is not None and is_folder(against):
        against = _within(against, Path(template), names)
    called = file_names({part.key: part.name for part in parts if not part.mistake}, room)
    reports = []
    for part in parts:
        name = called.get(part.key) or safe_name(part.name, room)
        last = None if against is None else _filled_in(Path(against), name, names, "--against ")
        path, note = _filled_in(pattern, name, names), None
        if name != safe_name(part.name, room):
            note = f"the report is called {path.name}, as another one's name would be the same to some systems"
        reports.append(Report(part, path, last, note))
    _spare_the_inputs([template, *data, *files], reports)
    return reports


def _within(folder: str | os.PathLike[str], template: Path, names: list[str]) -> Path:
    return Path(folder) / f"{{{names[-1]}}}{template.suffix}"


def _pattern(template: Path, out: str | os.PathLike[str], names: list[str]) -> Path:
    if is_folder(out) or str(out).endswith(("/", "\\")):
        out = _within(out, template, names)
    pattern = Path(out)
    if pattern.suffix.lower() != template.suffix.lower():
        raise MrrError(
            f"{pattern.name} must end in {template.suffix} as the template does, or be a folder that is there"
        )
    if _HOLE.search(str(pattern.parent)):
        raise MrrError(f"{pattern}: a folder can't be named after the data; put {{{names[-1]}}} into the file's name")
    if not pattern.parent.is_dir():
        raise MrrError(f"there is no folder {pattern.parent}")
    return pattern


def _filled_in(pattern: Path, name: str, names: list[str], what: str = "") -> Path:
    """The file of one report."""
    holes = _HOLE.findall(str(pattern))
    wanted = f"{{{names[-1]}}}"
    if not holes:
        raise MrrError(f"{what}{pattern.name} would be one file for several reports; put {wanted} into its name")
    for hole in holes:
        if not any(_alike(hole, known) for known in names):
            raise MrrError(f"{what}{pattern.name} holds {{{hole}}}, which is nothing known here; write {wanted}")
    return Path(_HOLE.sub(lambda _: name, str(pattern)))


def _alike(one: str, other: str) -> bool:
    return one.strip().lower() == other.strip().lower() or "" != plain(one) == plain(other)


def _spare_the_inputs(inputs: Sequence[object], reports: list[Report]) -> None:
    read = [Path(one).resolve() for one in inputs if isinstance(one, (str, os.PathLike))]
    for report in reports:
        if report.path.resolve() in read:
            raise MrrError(f"{report.path} would be written over what is read; name another file")
        if report.path.parent.resolve() in read:
            raise MrrError(
                f"the reports would be written into the folder {report.path.parent} that the data is read from, "
                "and be data themselves next time; name another folder"
            )
