"""Which reports there will be and what their files are called, before the first one is written."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mrr_xl.errors import MrrError, listed
from mrr_xl.filling import stamp
from mrr_xl.filling.datasets import Part, by_column, by_file, files_of
from mrr_xl.filling.file_names import LONGEST, file_names, safe_name
from mrr_xl.filling.ledger_table import find_table
from mrr_xl.sources.folder import files_in, is_several, unread
from mrr_xl.sources.how import AS_FOUND, How
from mrr_xl.sources.missing import no_file
from mrr_xl.sources.spelling import is_named
from mrr_xl.xlsx.workbook import read_workbook

_NAMED = 5  #: how many files of a kind are named
#: What lies beside data and is none.
_BESIDE = (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".svg", ".doc", ".docx", ".ppt", ".pptx", ".eml", ".msg", ".md",
           ".rtf", ".log", ".toml", ".ini", ".py", ".sh", ".bat", ".ps1", ".lnk", ".url")  # fmt: skip
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Report:
    """A report to be made: its data, its file, last month's file to compare it with, and a note for the user."""

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
    how: How = AS_FOUND,
) -> list[Report]:
    """The reports to be made, in order. Raises MrrError."""
    find_table(read_workbook(template), table)
    files = files_of(data, template)
    known, parts = ("name", by_file(files)) if by is None else by_column(files, by, how)
    names = [known] if by is None else [known, by]
    pattern = _pattern(Path(template), out, names)
    room = LONGEST - len(_PLACEHOLDER.sub("", pattern.name).encode())
    if against is not None and Path(against).is_dir():
        against = _within(against, Path(template), names)
    called = file_names({part.key: part.name for part in parts if not part.mistake}, room)
    named = Counter(part.name for part in parts if part.of)
    reports = []
    for part in parts:
        name = called.get(part.key) or safe_name(part.name, room)
        last = None if against is None else _filled_in(Path(against), name, names, "--against ")
        path, note = _filled_in(pattern, name, names), None
        if named[part.name] > 1:
            note = f"the report is called {path.name}, as another one has the same name; this one is of {part.of}"
        elif name != safe_name(part.name, room):
            note = f"the report is called {path.name}, because some systems can't tell its name from another report's"
        reports.append(Report(part, path, last, note))
    _refuse_to_overwrite([template, *data, *files], reports)
    _refuse_none_to_compare(reports)
    return reports


def left_out(
    template: str | os.PathLike[str],
    data: Sequence[object],
    reports: Sequence[Report],
    *,
    by: str | None = None,
    against: str | os.PathLike[str] | None = None,
) -> list[str]:
    """What to tell of a whole run: files that are no data, and reports of last time for which there is none.

    The latter where the data says which reports there are, and not who has named each file.
    """
    notes = []
    written = {os.path.realpath(report.path) for report in reports}
    known = written | {os.path.realpath(template)}
    for item in filter(is_several, data):
        files = unread(item, files_in(item, without=Path(template)))
        others = [
            file.name
            for file in files
            if file.is_file() and file.suffix.lower() not in _BESIDE and os.path.realpath(file) not in known
        ]
        if others:
            notes.append(f"not read in {item}: {listed(others, _NAMED)}")
    if against is not None and (by is not None or any(map(is_several, data))):
        now = written | {os.path.realpath(report.against) for report in reports if report.against}
        fitting = _fitting(Path(against), Path(template))
        gone = [path for path in fitting if os.path.realpath(path) not in now and stamp.read(path) is not None]
        if gone:
            names = listed([path.name for path in gone], _NAMED)
            notes.append(f"there were reports last time for which there is no data now: {names}")
    return notes


def _fitting(against: Path, template: Path) -> list[Path]:
    """The files that have the name of a report of last time."""
    last = _within(against, template, [""]) if against.is_dir() else against
    pattern = "*".join(map(glob.escape, _PLACEHOLDER.split(last.name)[::2]))
    found = last.parent.glob(pattern) if last.parent.is_dir() else ()
    return sorted(path for path in found if not path.name.startswith("~$"))


def _refuse_none_to_compare(reports: list[Report]) -> None:
    """Raise MrrError if no report has a file to be compared with: one of them may be new, but not all."""
    lasts = [report.against for report in reports if report.against and not report.part.mistake]
    if not lasts or any(last.is_file() for last in lasts):
        return
    if len(lasts) == 1:
        raise no_file(lasts[0])
    raise MrrError(
        f"none of the {len(lasts):,} reports has a file to be compared with, such as {lasts[0]}; mend --against, or "
        "leave it out"
    )


def _within(folder: str | os.PathLike[str], template: Path, names: list[str]) -> Path:
    return Path(folder) / f"{{{names[-1]}}}{template.suffix}"


def _pattern(template: Path, out: str | os.PathLike[str], names: list[str]) -> Path:
    if Path(out).is_dir() or str(out).endswith(("/", "\\")):
        out = _within(out, template, names)
    pattern = Path(out)
    if pattern.suffix.lower() != template.suffix.lower():
        raise MrrError(f"{pattern.name} must end in {template.suffix} as the template does, or be an existing folder")
    if _PLACEHOLDER.search(str(pattern.parent)):
        raise MrrError(f"{pattern}: a folder can't be named after the data; put {{{names[-1]}}} into the file's name")
    if not pattern.parent.is_dir():
        raise MrrError(f"there is no folder {pattern.parent}")
    return pattern


def _filled_in(pattern: Path, name: str, names: list[str], option: str = "") -> Path:
    """The file of one report."""
    placeholders = _PLACEHOLDER.findall(str(pattern))
    wanted = f"{{{names[-1]}}}"
    if not placeholders:
        raise MrrError(f"{option}{pattern.name} would be one file for several reports; put {wanted} into its name")
    for placeholder in placeholders:
        if not any(is_named(known, placeholder) for known in names):
            raise MrrError(f"{option}{pattern.name}: {{{placeholder}}} is not a known placeholder; write {wanted}")
    return Path(_PLACEHOLDER.sub(lambda _: name, str(pattern)))


def _refuse_to_overwrite(inputs: Sequence[object], reports: list[Report]) -> None:
    """Raise MrrError if a report would be written to a file that is read, or into a folder of data."""
    read = [os.path.realpath(item) for item in inputs if isinstance(item, (str, os.PathLike))]
    for report in reports:
        if os.path.realpath(report.path) in read:
            raise MrrError(f"{report.path} would overwrite a file that is read; name another file")
        if os.path.realpath(report.path.parent) in read:
            raise MrrError(
                f"the reports would be written to the folder {report.path.parent}, which the data is read from, and "
                "would be read as data next time; name another folder"
            )
