"""One target for some seconds: coverage-guided by atheris (libFuzzer) where it is there, else at random by Hypothesis.

Findings are written to FOLDER/findings as they come; the input that is being tried stands in FOLDER/now/NAME, for the
case that it ends the process or never ends.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fuzz.target import Target, tried

try:
    import atheris
except ImportError:
    atheris = None

FOLDER = Path(".fuzz")
#: What an input of a few kilobytes may take.
LONGEST_SECONDS, MOST_MEGABYTES = 10, 3_000


def search(name: str, target: Target, seconds: float, seed: int) -> None:
    """Try inputs for so long. With atheris it does not return: the process ends, with 0 if no input ended it before."""
    now = os.open(FOLDER / "now" / name, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    found: set[str] = set()

    def once(data: bytes) -> None:
        os.lseek(now, 0, os.SEEK_SET)
        os.write(now, data)
        os.ftruncate(now, len(data))
        if (finding := tried(target, data)) is None or finding.key in found:
            return
        found.add(finding.key)
        path = FOLDER / "findings" / f"{name}-{finding.key}"
        path.with_suffix(".txt").write_text(finding.says, encoding="utf-8", errors="backslashreplace")
        path.with_suffix(".bin").write_bytes(finding.data)

    (_by_coverage if atheris else _at_random)(once, name, target, seconds, seed)


def _by_coverage(once: Callable[[bytes], None], name: str, target: Target, seconds: float, seed: int) -> None:
    kept = FOLDER / "corpus" / name
    kept.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds()):
        (kept / f"seed-{number}").write_bytes(data)
    given: dict[str, Any] = {
        "max_total_time": max(1, int(seconds)), "seed": seed % 2**32 or 1, "timeout": LONGEST_SECONDS,
        "rss_limit_mb": MOST_MEGABYTES, "max_len": target.longest, "print_final_stats": 1,
        "artifact_prefix": FOLDER / "now" / f"{name}-", "verbosity": 0,
    }  # fmt: skip
    if target.words:
        given["dict"] = FOLDER / "corpus" / f"{name}.words"
        words = (word.encode("utf-8", "surrogatepass") for word in target.words)
        spelled = ("".join(f"\\x{byte:02x}" for byte in word) for word in words)
        given["dict"].write_text("".join(f'"{word}"\n' for word in spelled))
    atheris.Setup([sys.argv[0], *(f"-{key}={value}" for key, value in given.items()), str(kept)], once)
    atheris.Fuzz()


def _at_random(once: Callable[[bytes], None], name: str, target: Target, seconds: float, seed: int) -> None:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded

    until, runs, dice = time.monotonic() + seconds, 0, random.Random(seed)

    def limited(data: bytes) -> None:
        nonlocal runs
        begun = time.monotonic()
        if begun < until:
            runs += 1
            once(data[: target.longest])
            assert time.monotonic() - begun < LONGEST_SECONDS

    quietly = settings(
        max_examples=500, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    while time.monotonic() < until:
        seeded(dice.randrange(2**32))(quietly(given(inputs(target))(limited)))()
    print(f"stat::number_of_executed_units: {runs}", file=sys.stderr)


def inputs(target: Target) -> Any:
    """Hypothesis' strategy of inputs: bytes at random, and seeds of which some places are replaced or left out."""
    from hypothesis import strategies as st

    pieces = st.binary(max_size=8)
    if target.words:
        pieces |= st.sampled_from([word.encode("utf-8", "surrogatepass") for word in target.words])
    edits = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 12), pieces), max_size=6)

    def edited(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
        for place, length, piece in changes:
            at = place % (len(data) + 1)
            data = data[:at] + piece + data[at + length :]
        return data

    return st.binary(max_size=400) | st.builds(edited, st.sampled_from([*target.seeds()]), edits)
