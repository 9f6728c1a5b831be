"""requirements.lock, written by make lock: one version of all that pyproject.toml asks for, with its hashes."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from support import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = [asked for each in PROJECT["optional-dependencies"].values() for asked in each]
ASKED = [asked for asked in [*PROJECT["dependencies"], *EXTRAS] if not asked.startswith("mrr-xl[")]

#: A version may have lines of its own for some Pythons or systems.
ENTRY = re.compile(r"([\w.-]+)(?:\[[\w,]+\])?==(\S+)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)")
LOCKED = ENTRY.findall(LOCK)


@pytest.mark.parametrize("asked", ASKED)
def test_it_has_a_version_of_all_that_is_asked_for(asked: str) -> None:
    """After a change of pyproject.toml, run make lock."""
    wanted = Requirement(asked)
    versions = [version for name, version, _ in LOCKED if canonicalize_name(name) == canonicalize_name(wanted.name)]
    assert versions and all(map(wanted.specifier.contains, versions))


def test_it_holds_versions_and_their_hashes_and_nothing_else() -> None:
    """No index and no address: each user's pip takes its own."""
    assert [line for line in ENTRY.sub("", LOCK).splitlines() if not line.startswith("#")] == []
    assert len(LOCKED) >= len(ASKED) and "://" not in LOCK
