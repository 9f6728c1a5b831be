"""ruff, mypy, and the tests of what has changed since main, or since the commit that is given: make check.

A module's tests are its doctests, the file that is named after it and those that import it; a test that has changed is
run itself. What takes more than a few seconds is left to `make test`.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent


def main() -> int:
    since = sys.argv[1] if len(sys.argv) > 1 else "main"
    ran = [
        subprocess.run([BIN / tool, *arguments], cwd=ROOT).returncode
        for tool, *arguments in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"])
    ]
    tests = tests_of(changed(since))
    print(f"tests of what has changed since {since}: {', '.join(tests) or 'none'}", flush=True)
    if tests:
        ended = subprocess.run(
            [BIN / "pytest", "-q", "-n", "2", "--dist", "loadgroup", "-m", "not slow", *tests], cwd=ROOT
        )
        ran.append(0 if ended.returncode == 5 else ended.returncode)  # 5: all of them are slow
    return int(any(ran))


def changed(since: str) -> list[str]:
    """The files that differ from the last commit that is in `since`, too; new ones with them."""
    base = _git("merge-base", since, "HEAD").strip()
    files = _git("diff", "--name-only", "--diff-filter=d", base) + _git("ls-files", "--others", "--exclude-standard")
    return sorted(set(files.split()))


def tests_of(files: Iterable[str]) -> list[str]:
    """The test files and modules with doctests to run for these files."""
    tests, texts = set(), {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    for path in map(Path, files):
        if path.suffix == ".md":
            tests.add("tests/test_docs.py")
        elif path.parts[0] == "tests" and path.name.startswith("test_"):
            tests.add(path.as_posix())
        elif path.parts[0] == "mrr_xl" and path.suffix == ".py":
            named = ROOT.joinpath("tests", *path.parts[1:-1], f"test_{path.stem}.py")
            imports = re.compile(rf"^ *(from|import) {'[.]'.join(path.with_suffix('').parts)}\b", re.MULTILINE)
            of_module = [test for test, text in texts.items() if test == named or imports.search(text)]
            tests |= {path.as_posix(), *(test.relative_to(ROOT).as_posix() for test in of_module)}
    return sorted(tests)


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
