"""A release: make release VERSION=0.8.0 writes the version and its date, looks whether all is well, and sets the tag.

Nothing is published: push the commit and its tag when you have looked at them. The suite takes an hour, so that it has
to have passed on this commit before; here are the packages, the audit and what must not be stale.
"""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
_UNRELEASED = "## Unreleased\n"


def main(version: str) -> None:
    if _git("status", "--porcelain"):
        sys.exit("release: there are changes that are not committed; commit them first")
    if _git("tag", "--list", f"v{version}"):
        sys.exit(f"release: there is a tag v{version}")
    changelog, code = ROOT / "CHANGELOG.md", ROOT / "mrr_xl" / "version.py"
    changed = released(changelog.read_text(encoding="utf-8"), version, dt.date.today())
    changelog.write_text(changed, encoding="utf-8")
    code.write_text(with_version(code.read_text(encoding="utf-8"), version), encoding="utf-8")
    try:
        for target in ("workbook", "docs", "packages", "audit"):
            subprocess.run(["make", target], cwd=ROOT, check=True)
    except subprocess.CalledProcessError as failed:
        sys.exit(f"release: {' '.join(failed.cmd)} failed; nothing is committed. `git checkout .` takes it back")
    _git("commit", "--all", "--quiet", "--message", f"Version {version}")
    _git("tag", "--annotate", f"v{version}", "--message", f"Version {version}")
    print(f"release: committed and tagged v{version}; `git push --follow-tags` publishes it")


def released(changelog: str, version: str, day: dt.date) -> str:
    """The changelog, with what was not released yet under the version and its day."""
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        sys.exit(f"release: {version!r} is not a version such as 0.8.0")
    earlier = re.findall(r"^## (\d+)\.(\d+)\.(\d+) ", changelog, re.MULTILINE)
    last = max((tuple(map(int, numbers)) for numbers in earlier), default=(0, 0, 0))
    if tuple(map(int, version.split("."))) <= last:
        sys.exit(f"release: {version} is not after {'.'.join(map(str, last))}")
    if _UNRELEASED not in changelog or not changelog.partition(_UNRELEASED)[2].partition("\n## ")[0].strip():
        sys.exit("release: the changelog has nothing under Unreleased")
    return changelog.replace(_UNRELEASED, f"{_UNRELEASED}\n## {version} – {day}\n", 1)


def with_version(code: str, version: str) -> str:
    """The module with the version in it."""
    return re.sub(r'^__version__ = ".*"$', f'__version__ = "{version}"', code, flags=re.MULTILINE)


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
