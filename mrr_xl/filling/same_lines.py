"""Which of a table's old lines are still there among the new ones: what was typed beside those stays with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple


class Same(NamedTuple):
    """The number of an old line, and whether the new one is identical in all that the data has."""

    old: int
    identical: bool


def same_lines(old: Sequence[Sequence[Any]], new: Mapping[int, Sequence[Any]], key: Sequence[int]) -> dict[int, Same]:
    """New line → the old line that it is, both counted from 0.

    old: the values of the old lines. new: by place in such a line, what is written there. key: the places of the
    customer and the start, which are enough where no two lines have the same. Identical lines stand for each other in
    order as long as there are as many of them as before.

    >>> same_lines([["Ada", 1.0, 50.0], ["Bob", 2.0, 9.0]], {0: ["Bob", "Ada"], 1: [2, 1], 2: [9, 60]}, [0, 1])
    {0: Same(old=1, identical=True), 1: Same(old=0, identical=False)}
    """
    lines = range(max(map(len, new.values()), default=0))
    found: dict[int, Same] = {}
    taken: set[int] = set()
    for places, identical in ((list(new), True), (list(key), False)):
        before = _grouped((number, [old[number][place] for place in places]) for number in range(len(old)))
        now = _grouped((line, [_as_read(new[place][line]) for place in places]) for line in lines)
        for values, numbers in now.items():
            earlier = before.get(values, [])
            if len(numbers) != len(earlier) or not any(value is not None for value in values):
                continue
            if not identical and (len(numbers) > 1 or numbers[0] in found or earlier[0] in taken):
                continue
            found |= {line: Same(number, identical) for line, number in zip(numbers, earlier)}
            taken |= set(earlier)
    return found


def _grouped(lines: Iterable[tuple[int, Sequence[Any]]]) -> dict[tuple[Any, ...], list[int]]:
    groups: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for number, values in lines:
        groups[tuple(values)].append(number)
    return groups


def _as_read(value: Any) -> Any:
    """A value as it is read back from its cell."""
    if isinstance(value, bool):
        return str(int(value))
    return float(value) if isinstance(value, (int, float)) else value
