"""Generates docs/reliability.md from docs/promises.toml and the counts of the last runs, docs/last_run.json.

`python docs/reliability.py RUN.xml` takes the counts over from a run of the whole suite (pytest --junitxml), and those
that make fuzz and make mutants have left.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
import re
import sys
import tomllib
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent
ROOT = DOCS.parent
RUN = DOCS / "last_run.json"
PAGE = DOCS / "reliability.md"
HEAD = """\
# What you can rely on

Each promise, the tests that hold it, and how many cases passed when the whole suite ran last: {total:,} tests on {day},
{skipped} skipped, on {system} with Python {python}. A case is one example of a test; many tests draw further ones at
random.
"""


def promises() -> dict[str, dict[str, list[str]]]:
    """Area → promise → the tests that hold it, each a file of tests/ or a test of one."""
    return tomllib.loads((DOCS / "promises.toml").read_text(encoding="utf-8"))


def page() -> str:
    run = json.loads(RUN.read_text(encoding="utf-8"))
    lines = [HEAD.format(**{key: run[key] for key in ("total", "day", "skipped", "system", "python")})]
    for area, of_area in promises().items():
        lines += [f"## {area}", "", "| Promise | Held by | Cases |", "|---|---|---|"]
        for promise, tests in of_area.items():
            files = dict.fromkeys(test.partition("::")[0] for test in tests)
            held = ", ".join(f"[{Path(file).stem}](../tests/{file})" for file in files)
            lines.append(f"| {promise} | {held} | {run['cases'][promise]:,} |")
        lines.append("")
    return "\n".join([*lines, *_searches(run)])


def _searches(run: dict[str, Any]) -> list[str]:
    """What the searches for what nobody has thought of gave."""
    lines = ["## Looked for", ""]
    if fuzz := run.get("fuzz"):
        when = f"`make fuzz` on {fuzz['day']}, {fuzz['minutes']} minutes with the seed {fuzz['seed']}"
        inputs = f"{fuzz['inputs']:,} inputs that nobody wrote, of {fuzz['targets']} kinds"
        gave = f"{fuzz['findings']} did not" if fuzz["findings"] else "all of them did"
        lines.append(f"- {when}: {inputs}. Each has to give a result or a sentence; {gave}.")
    for module, found in run.get("mutants", {}).items():
        killed, alike = found.get("killed", 0) + found.get("timed out", 0), found.get("explained", 0)
        seen = f"{sum(found.values()):,} small changes of the code. Tests see {killed:,}"
        unseen = f"why no test can see {alike:,} is in `mutants/explained.toml`"
        lines.append(
            f"- `make mutants` of `{module}`: {seen}; {unseen}; {found.get('unexplained') or 'none'} are open."
        )
    return [*lines, ""] if len(lines) > 2 else []


def _is_of(test: str, held_by: str) -> bool:
    return test == held_by or test.startswith(f"{held_by}::")


def counts(xml: Path) -> dict[str, Any]:
    """How many cases of each test passed in a run; raises SystemExit for a run in which some failed."""
    suite = next(ET.parse(xml).getroot().iter("testsuite"))
    if int(suite.get("failures", 0)) or int(suite.get("errors", 0)):
        raise SystemExit("this run has failures: its counts are none")
    passed = Counter[str]()
    for case in suite.iter("testcase"):
        module = (case.get("classname") or "").split(".")
        if module[0] == "tests" and case.find("skipped") is None:
            name = re.split(r"[\[@]", case.get("name") or "")[0]  # without its case, and its group
            passed[f"{'/'.join(module[1:])}.py::{name}"] += 1
    return {
        "day": dt.date.fromisoformat((suite.get("timestamp") or "")[:10]).isoformat(),
        "system": platform.system(),
        "python": ".".join(map(str, sys.version_info[:3])),
        "skipped": int(suite.get("skipped", 0)),
        "total": passed.total(),
        "cases": {
            promise: sum(count for test, count in passed.items() if any(_is_of(test, one) for one in tests))
            for of_area in promises().values()
            for promise, tests in of_area.items()
        },
    }


if __name__ == "__main__":
    last = json.loads(RUN.read_text(encoding="utf-8")) if RUN.exists() else {}
    if len(sys.argv) > 1:
        last |= counts(Path(sys.argv[1]))
        for name, left in (("fuzz", ROOT / ".fuzz" / "last.json"), ("mutants", ROOT / ".mutants" / "last.json")):
            if left.exists():
                last[name] = json.loads(left.read_text(encoding="utf-8"))
        RUN.write_text(json.dumps(last, indent=0) + "\n", encoding="utf-8")
    PAGE.write_text(page(), encoding="utf-8")
