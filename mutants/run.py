"""Changes the core in every small way and says which changes no test sees.

    python mutants/run.py [mrr_xl/rollforward mrr_xl/ledger/pricing.py …]

Results are kept in .mutants, so that a run that was ended goes on where it was: what a test has killed is not
tried again until its function changes. A mutant that survives has to be explained in mutants/explained.toml.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import signal
import sys
import time
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

os.environ |= {"POLARS_MAX_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
sys.path.insert(0, str(Path(__file__).parent))

from chosen import Words, most_different_first, rounds, tests_for, within
from made import Mutant, mutants_of, text_of
from reached import CORE, Reached, digest, test_files, write
from trial import NOT_TRIED, forked, load_early, survives

KEPT = Path(".mutants")
LAST = KEPT / "last.json"  # for docs/reliability.py
EXPLAINED = Path(__file__).parent / "explained.toml"
SECONDS = 60  # of tests a mutant is tried against


def main() -> int:
    chosen = arguments()
    KEPT.mkdir(exist_ok=True)
    load_early()
    reached = what_tests_reach(chosen.jobs)
    made = [mutant for module in modules(chosen.modules) for mutant in kept_mutants(module)]
    results = read_results()
    texts = {at: text_of(*at) for at in {(mutant.module, mutant.function) for mutant in made}}
    known = {mutant: results.get((*mutant.name, mutant.nth), {}) for mutant in made}
    reasons = explained()
    todo = []
    for mutant in made:
        same = known[mutant].get("text") == texts[mutant.module, mutant.function]
        held = known[mutant].get("outcome") in ("killed", "timed out") or mutant.name in reasons
        if not (same and known[mutant] and held):
            todo.append(mutant)
    print(f"{len(made)} mutants, {len(todo)} to try", flush=True)
    began = time.monotonic()
    try_all(todo, reached, texts, results, chosen)
    print(f"{time.monotonic() - began:.0f} seconds")
    return report(made, results, reasons)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="folders or modules of the core; all if none")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of tests a mutant is tried against")
    return parser.parse_args()


def modules(asked: list[str]) -> list[str]:
    found: list[str] = []
    for place in map(Path, asked or CORE):
        found += [str(each) for each in (sorted(place.glob("*.py")) if place.is_dir() else [place])]
    return found


def kept_mutants(module: str) -> list[Mutant]:
    """The mutants of a module; making them takes seconds, so they are kept until it changes."""
    stamp = f"{digest(module)}-{digest(str(Path(__file__).parent / 'made.py'))}"
    kept = KEPT / f"{module.replace('/', '.')}.made"
    if kept.exists():
        of, made = pickle.loads(kept.read_bytes())
        if of == stamp:
            return made
    made = mutants_of(module)
    kept.write_bytes(pickle.dumps((stamp, made)))
    return made


def what_tests_reach(jobs: int) -> Reached:
    """By test its seconds and lines; each file of tests is run once until it changes."""
    waiting, running, found = [], dict[int, str](), dict[str, Any]()
    kept = {file: KEPT / f"{file.replace('/', '.')}.{digest(file)}.reached" for file in test_files()}
    waiting = [file for file in kept if not kept[file].exists()]
    while waiting or running:
        while waiting and len(running) < jobs:
            file = waiting.pop(0)
            running[forked(lambda file=file: write(file, kept[file]), f"{kept[file]}.said")] = file
        pid, status = os.wait()
        file = running.pop(pid)
        print(f"{file}: {'read' if status == 0 else 'its tests fail'}", flush=True)
        if status:
            said = Path(f"{kept[file]}.said").read_text()[-3000:]
            raise SystemExit(f"{said}\nthe tests of {file} fail before anything is changed")
    for file in kept:
        found |= json.loads(kept[file].read_text())
    return found


def explained() -> dict[tuple[str, str, str, str], str]:
    """Why a mutant can't be seen, by its name."""
    found = {}
    for entry in tomllib.loads(EXPLAINED.read_text(encoding="utf-8")).get("mutant", []):
        for line, becomes in entry["changes"]:
            found[entry["module"], entry["function"], line, becomes] = entry["why"]
    return found


def read_results() -> dict[tuple[Any, ...], dict[str, Any]]:
    kept = KEPT / "results.jsonl"
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.exists() else []
    return {tuple(each["mutant"]): each for each in map(json.loads, lines)}


def try_all(todo: list[Mutant], reached: Reached, texts: Any, results: Any, chosen: argparse.Namespace) -> None:
    by_line = defaultdict(set)
    for test, each in reached.items():
        for module, function, text in each["lines"]:
            for key in [(module, function, text), (module, function), module]:
                by_line[key].add(test)
    order, said = most_different_first(reached), Words.of(reached, KEPT / "tests.json")
    killers: dict[Any, Counter[str]] = defaultdict(Counter)
    waiting, running = list(reversed(todo)), dict[int, Any]()
    done = 0
    with open(KEPT / "results.jsonl", "a", encoding="utf-8") as kept:
        while waiting or running:
            while waiting and len(running) < chosen.jobs:
                mutant = waiting.pop()
                tests = within(chosen.seconds, tests_for(mutant, by_line, order, said), reached)
                near = killers[mutant.module, mutant.function]
                some = rounds(tests, near)
                slot = min(set(range(chosen.jobs)) - {job[0] for job in running.values()})
                out, killer = str(KEPT / f"{slot}.said"), KEPT / f"{slot}.killer"
                killer.unlink(missing_ok=True)
                pid = forked(lambda m=mutant, s=some, k=killer: survives(m.module, m.source, s, str(k)), out)
                limit = 30 + 10 * sum(reached[test]["seconds"] for test in tests)
                running[pid] = slot, mutant, killer, time.monotonic() + limit, time.monotonic(), len(tests)
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                late = [each for each, job in running.items() if time.monotonic() > job[3]]
                for each in late:
                    os.killpg(each, signal.SIGKILL)
                if not late:
                    time.sleep(0.02)
                    continue
                pid, status = os.waitpid(late[0], 0)
            slot, mutant, killer, end, began, tried = running.pop(pid)
            if status == NOT_TRIED << 8:
                raise SystemExit(f"{(KEPT / f'{slot}.said').read_text()[-3000:]}\n{described(mutant)}")
            by = killer.read_text() if killer.exists() else ""
            if status == 0:
                outcome = "survived" if tried else "reached by no test"
            elif by:
                outcome = "killed"
                killers[mutant.module, mutant.function][by] += 1
            else:
                outcome = "timed out" if time.monotonic() > end else "killed"
            result = {
                "mutant": [*mutant.name, mutant.nth],
                "text": texts[mutant.module, mutant.function],
                "outcome": outcome,
                "by": by or f"status {status}",
                "seconds": round(time.monotonic() - began, 1),
            }
            results[(*mutant.name, mutant.nth)] = result
            kept.write(json.dumps(result, ensure_ascii=False) + "\n")
            kept.flush()
            done += 1
            if outcome != "killed":
                print(f"{done}/{len(todo)} {outcome} {described(mutant)}", flush=True)


def described(mutant: Mutant) -> str:
    return f"{mutant.module}:{mutant.number} {mutant.function}\n  - {mutant.line}\n  + {mutant.becomes}"


def report(made: list[Mutant], results: Any, reasons: dict[Any, str]) -> int:
    """The counts by folder; 1 if a survivor is not explained or an explanation has no mutant."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    by_module: dict[str, Counter[str]] = defaultdict(Counter)
    unexplained = []
    for mutant in made:
        outcome = results[(*mutant.name, mutant.nth)]["outcome"]
        if outcome in ("survived", "reached by no test"):
            outcome = "explained" if mutant.name in reasons else "unexplained"
            if outcome == "unexplained":
                unexplained.append(mutant)
        counts[str(Path(mutant.module).parent)][outcome] += 1
        by_module[mutant.module][outcome] += 1
    for folder, some in counts.items():
        outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(some.items()))
        print(f"{folder}: {some.total()} mutants, {outcomes}")
    before = json.loads(LAST.read_text()) if LAST.exists() else {}
    LAST.write_text(json.dumps(before | by_module, indent=0))
    for mutant in unexplained:
        print(f"no test sees {described(mutant)}")
    tried = {mutant.module for mutant in made}
    names = {mutant.name for mutant in made}
    stale = [name for name in reasons if name[0] in tried and name not in names]
    for name in stale:
        print(f"explained, and no longer there: {name}")
    return 1 if unexplained or stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
