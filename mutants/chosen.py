"""Which tests a mutant is tried against, and in which order: those that may kill it first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from made import Mutant
from reached import Reached, words, words_of_tests


@dataclass(frozen=True)
class Words:
    """What the tests talk about."""

    by_test: dict[str, set[str]]
    rare: dict[str, float]  # one over the number of tests that have the word
    new: set[str]

    @classmethod
    def of(cls, tests: Iterable[str], kept: Path) -> Words:
        by_test = words_of_tests(tests)
        times = Counter(word for some in by_test.values() for word in some)
        known = set(json.loads(kept.read_text()) if kept.exists() else by_test)
        kept.write_text(json.dumps(sorted(by_test)))
        rare = {word: 1 / time for word, time in times.items() if time < len(by_test) / 5}
        return cls(by_test, rare, by_test.keys() - known)


def most_different_first(reached: Reached) -> dict[str, int]:
    """A place for each test: one that reaches many lines which those before it do not, in little time, comes early."""
    lines: dict[Any, int] = {}
    reach = {
        test: sum({1 << lines.setdefault(tuple(each), len(lines)) for each in of["lines"]})
        for test, of in reached.items()
    }
    order: dict[str, int] = {}
    left, seen = set(reach), 0
    while left:
        worth = {test: (reach[test] & ~seen).bit_count() / (reached[test]["seconds"] + 0.05) for test in left}
        best = max(worth, key=lambda test: (worth[test], test))
        if not worth[best] and seen:
            seen = 0  # all lines are reached once: begin anew with those that are left
            continue
        order[best] = len(order)
        left.remove(best)
        seen |= reach[best]
    return order


def tests_for(mutant: Mutant, by_line: dict[Any, set[str]], order: dict[str, int], said: Words) -> list[str]:
    """The tests that reach a mutant's statement, else its function, else its module.

    First come those that are new since the last run, those of its own file, and those that use the same rare words as
    the statement, such as a setting's name.
    """
    module, function = mutant.module, mutant.function
    tests = {test for text in mutant.statement for test in by_line.get((module, function, text), ())}
    tests = tests or by_line.get((module, function), set()) or by_line.get(module, set())
    folder, _, name = module.removeprefix("mrr_xl/").rpartition("/")
    own = (f"{module}::", f"tests/{folder}/test_{name}::")
    asked = {word: said.rare[word] for word in words(" ".join(mutant.statement)) if word in said.rare}
    near = {test: round(sum(asked.get(word, 0) for word in said.by_test[test] & asked.keys()), 3) for test in tests}
    return sorted(tests, key=lambda test: (test not in said.new, not test.startswith(own), -near[test], order[test]))


def within(seconds: float, tests: list[str], reached: Reached) -> list[str]:
    """As many of the tests as can be run in some seconds, those that take long last."""
    chosen, spent = [], 0.0
    for test in sorted(tests, key=lambda test: reached[test]["seconds"] > seconds / 5):
        if spent + reached[test]["seconds"] <= seconds:
            chosen.append(test)
            spent += reached[test]["seconds"]
    return chosen or sorted(tests, key=lambda test: reached[test]["seconds"])[:1]


def rounds(tests: list[str], killers: Counter[str]) -> list[tuple[str, list[str]]]:
    """Files with the tests to run, those that killed a neighbour first."""
    first = sorted((test for test in tests if killers[test]), key=lambda test: -killers[test])[:3]
    files: dict[str, list[str]] = {}
    for test in tests:
        if test not in first:
            files.setdefault(test.partition("::")[0], []).append(test)
    return [*((test.partition("::")[0], [test]) for test in first), *files.items()]
