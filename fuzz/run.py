"""Fuzz everything that is given to mrr_xl from outside: `python -m fuzz.run --seconds 1800`.

The seconds are shared by the targets, as many of them at once as there are processors. Every input has to give a result
or a MrrError of one line: no other exception, no abort, no more than 10 seconds, no more than 3 GB. What does not is
kept in .fuzz/findings/, and the run ends with 1; `python -m fuzz.run --repeat FILE` shows it again. The seed is a new
one in each run, and printed; the inputs that reached new code are kept in .fuzz/corpus/, and a later run begins there.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import json
import os
import random
import re
import shutil
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

os.environ |= {"POLARS_MAX_THREADS": "1", "RUST_BACKTRACE": "0"}  # threads and traces take longer than a small frame

from fuzz.search import FOLDER, LONGEST_SECONDS, atheris, search
from fuzz.target import tried

_RUNS = re.compile(r"stat::number_of_executed_units:\s+(\d+)")
_LATE = 60  #: seconds that a search may take beside its own


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz.run", description=__doc__)
    parser.add_argument("--seconds", type=float, default=1_800, help="of all targets together; by default 1800")
    parser.add_argument("--seed", type=int, help="by default a new one")
    parser.add_argument("--repeat", type=Path, metavar="FILE", help="a finding's .bin")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help="by default all")
    given = parser.parse_args()
    targets = _targets(followed=given.repeat is None)
    if given.repeat:
        return _repeat(given.repeat, targets)
    names = given.targets or [*targets]
    if unknown := {*names} - {*targets}:
        parser.error(f"there is no target {min(unknown)}; the targets are {', '.join(targets)}")
    seed = random.randrange(2**31) if given.seed is None else given.seed
    print(f"seed {seed}, {'coverage-guided' if atheris else 'at random'}", flush=True)
    for folder in ("findings", "now", "corpus"):
        (FOLDER / folder).mkdir(parents=True, exist_ok=True)
    before, runs = {*_findings()}, 0
    at_once = min(len(names), os.cpu_count() or 1) if hasattr(os, "fork") else 1
    seconds = given.seconds * at_once / len(names)
    with ThreadPoolExecutor(at_once) as pool:
        for line in pool.map(lambda name: _searched(name, targets[name], seconds, seed), names):
            print(line, flush=True)
            runs += int(line.split()[1].replace(",", ""))
    found = sorted({*_findings()} - before)
    for path in found:
        print(f"\n{path}\n{path.with_suffix('.txt').read_text(encoding='utf-8')[-6_000:]}")
        print(f"to repeat: {sys.executable} -m fuzz.run --repeat {path}")
        if path.stat().st_size <= 2_000:
            print(f"its bytes: {path.read_bytes()!r}")
    print(f"{len(found)} findings")
    _keep(seed, given.seconds, len(names), runs, len(found))
    return int(bool(found))


def _keep(seed: int, seconds: float, targets: int, runs: int, findings: int) -> None:
    """What docs/reliability.py says of the run."""
    kept = {"day": dt.date.today().isoformat(), "seed": seed, "minutes": round(seconds / 60), "targets": targets}
    (FOLDER / "last.json").write_text(json.dumps(kept | {"inputs": runs, "findings": findings}), encoding="utf-8")


def _targets(followed: bool) -> dict[str, Any]:
    """The targets by name; followed: whether atheris is to see which lines of mrr_xl an input reaches."""
    if atheris and followed:
        with redirect_stderr(io.StringIO()), atheris.instrument_imports(include=["mrr_xl"]):  # it says each module
            from fuzz.targets import TARGETS
    else:
        from fuzz.targets import TARGETS
    return TARGETS


def _findings() -> list[Path]:
    return [*(FOLDER / "findings").glob("*.bin")]


def _searched(name: str, target: Any, seconds: float, seed: int) -> str:
    """Search for all of the time, also where an input ends the process."""
    runs, begun, ended, starts = 0, time.monotonic(), 1, 0
    while ended and starts < 20 and (left := seconds - (time.monotonic() - begun)) > (2 if starts else 0):
        log = FOLDER / "now" / f"{name}.log"
        ended, _ = _in_a_process(log, lambda: search(name, target, left, seed + starts), left)  # noqa: B023
        text = log.read_text(encoding="utf-8", errors="replace")
        runs += sum(map(int, _RUNS.findall(text)))
        if ended and _again(name, target):
            path = FOLDER / "findings" / f"{name}-ended-{seed + starts}"
            shutil.copyfile(FOLDER / "now" / name, path.with_suffix(".bin"))
            path.with_suffix(".txt").write_text(f"the process ended with {ended}:\n{_told(text)}\n", encoding="utf-8")
        starts += 1
    return f"{name:<12}{runs:>12,} runs{time.monotonic() - begun:>8.0f} s"


def _again(name: str, target: Any) -> bool:
    """Whether the input that ended a process does so again, or takes too long without others beside it."""
    data = (FOLDER / "now" / name).read_bytes()
    ended, took = _in_a_process(FOLDER / "now" / f"{name}-again.log", lambda: tried(target, data), LONGEST_SECONDS)
    return bool(ended) or took > LONGEST_SECONDS


def _told(log: str) -> str:
    """What libFuzzer says of the end, without the frames of C that follow."""
    return log[max(0, log.rfind("==") - 2_000) :][:4_000]


def _in_a_process(log: Path, run: Any, seconds: float) -> tuple[int, float]:
    """Run in a copy of this process: how it ended, and its seconds of work; where there is no fork, in this one."""
    if not hasattr(os, "fork"):
        with log.open("w", encoding="utf-8") as file:
            before, sys.stderr = sys.stderr, file
            try:
                run()
            finally:
                sys.stderr = before
        return 0, 0.0
    child = os.fork()
    if not child:
        file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, 1)
        os.dup2(file, 2)
        status = 1
        try:
            run()
            status = 0
        finally:
            os._exit(status)
    until = time.monotonic() + seconds + _LATE
    while not (ended := os.wait4(child, os.WNOHANG))[0]:
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        time.sleep(0.1)
    return os.waitstatus_to_exitcode(ended[1]), ended[2].ru_utime + ended[2].ru_stime


def _repeat(path: Path, targets: dict[str, Any]) -> int:
    finding = tried(targets[path.name.partition("-")[0]], path.read_bytes())
    print("it gives a result or a sentence" if finding is None else finding.says)
    return int(finding is not None)


if __name__ == "__main__":
    sys.exit(main())
