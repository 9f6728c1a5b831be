"""How a file is read, kept beside it in mrr-xl.toml: a section for each file's name, or for a pattern of names."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mrr_xl.errors import MrrError
from mrr_xl.sources.how import ALL, OPTIONS, How, Pairs

NAME = "mrr-xl.toml"
_BARE = re.compile(r"[A-Za-z0-9_-]+")  #: what a section may be called without quotes
_WITH_PARTS = ("columns", "dates", "decimal")  #: of the options, those that may be sections themselves


def saved_how(data: object) -> How | None:
    """How the file is read that is named by a path; None if nothing is kept for it. Raises MrrError."""
    if not isinstance(data, (str, os.PathLike)):
        return None
    file = Path(data)
    kept = file.parent / NAME
    if not kept.is_file() or not file.is_file():
        return None
    sections = _sections(kept)
    name = _section_of(file.name, sections, kept)
    if name is None:
        return None
    try:
        return How.of(sections[name])
    except MrrError as error:
        raise MrrError(f"{kept}, section {name}: {error}") from None


def _section_of(file: str, sections: Collection[str], kept: Path) -> str | None:
    """The section with the file's own name, else that whose name is a pattern which fits it: * is any text."""
    if file in sections:
        return file
    fit = [name for name in sections if "*" in name and fnmatchcase(file, name.replace("[", "[[]"))]
    if len(fit) > 1:
        raise MrrError(f'{kept}: {file} fits the sections {" and ".join(fit)}; give it one of its own, ["{file}"]')
    meant = (file.casefold(), Path(file).stem.casefold())
    for name in sections:
        if not fit and name.casefold() in meant and not (kept.parent / name).exists():
            raise MrrError(f'{kept}: the section {name} is not called as the file {file}; write it as ["{file}"]')
    return fit[0] if fit else None


def _sections(kept: Path) -> dict[str, Mapping[str, Any]]:
    try:
        sections = tomllib.loads(kept.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise MrrError(f"{kept} can't be read ({error}); mend or remove it") from None
    for name, section in sections.items():
        if name in _WITH_PARTS or (_BARE.fullmatch(name) and not isinstance(section, Mapping)):
            raise MrrError(
                f'{kept}: {name} is in no section; write the name of its file above it, as in ["export.csv"]'
            )
        if not isinstance(section, Mapping):
            raise MrrError(f'{kept}: {name} is not a section; write it as ["{name}"]')
        if _BARE.fullmatch(name):
            _refuse_parts(name, section, kept)
    return sections


def _refuse_parts(name: str, section: Mapping[str, Any], kept: Path) -> None:
    """Raises MrrError for [export.csv], which without its quotes is a section csv of a section export."""
    for part, inner in section.items():
        if isinstance(inner, Mapping) and part not in OPTIONS:
            _refuse_parts(f"{name}.{part}", inner, kept)
            raise MrrError(f'{kept}: [{name}.{part}] is not the name of a file; write it in quotes, ["{name}.{part}"]')


def to_keep(data: str | os.PathLike[str], how: How) -> tuple[Path, str]:
    """The file that keeps how a file is read, and its text with this in it: other sections and comments stay."""
    import tomlkit

    file = Path(data)
    kept = file.parent / NAME
    if kept.is_file():
        _sections(kept)
    document = tomlkit.parse(kept.read_text(encoding="utf-8-sig")) if kept.is_file() else tomlkit.document()
    section: Any = tomlkit.table()
    for name in ("system", "sheet", "encoding", "delimiter", "header", "row_order"):
        if (value := getattr(how, name)) is not None:
            section[name.removeprefix("row_")] = value
    for name in ("dates", "decimal"):
        if value := _plain(getattr(how, name)):
            section[name] = value
    if how.columns:
        section["columns"] = dict(how.columns)
    document[file.name] = section
    return kept, tomlkit.dumps(document)


def _plain(pairs: Pairs) -> str | dict[str, str] | None:
    """What holds for every column as one word, else by role."""
    words = {word for _, word in pairs}
    if len(words) == 1:
        return words.pop()
    return {role: word for role, word in pairs if role != ALL} or None
