"""Which of a table's old lines are still there among the new ones: what was typed beside those stays with them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple


class Same(NamedTuple):
    """The number of an old line, and whether the new one is known to be identical in all that the data has."""

    old: int
    identical: bool


def same_lines(
    old: Callable[[int, int], Any],
    count: int,
    new: Mapping[int, Sequence[Any]],
    key: Sequence[int],
    exact: Collection[int] = (),
) -> dict[int, Same]:
    """New line → the old line that it is, both counted from 0.

    old: the value of an old line in a column; count: of the old lines. new: the values by column. key: the columns of
    the customer and the start, which tell a line where no other has the same; where several have, all columns have to
    be the same, and identical lines stand for each other in order as long as there are as many of them as before. Of
    one that is left over on both sides nothing has to be. exact: the old lines that are compared in any case.

    >>> lines = [["Ada", 1.0, 50.0], ["Bob", 2.0, 9.0]]
    >>> new = {0: ["Bob", "Ada"], 1: [2, 1], 2: [9, 60]}
    >>> same_lines(lambda line, column: lines[line][column], 2, new, [0, 1], exact=[0, 1])
    {0: Same(old=1, identical=True), 1: Same(old=0, identical=False)}
    """

    def was(line: int, columns: Iterable[int] = new) -> Hashable:
        return tuple(old(line, column) for column in columns)

    def now(line: int, columns: Iterable[int] = new) -> Hashable:
        return tuple(_as_read(new[column][line]) for column in columns)

    lines = range(max(map(len, new.values()), default=0))
    before = _grouped(range(count), lambda line: was(line, key))
    found: dict[int, Same] = {}
    for value, those in _grouped(lines, lambda line: now(line, key)).items():
        earlier = before.get(value, [])
        if len(those) == len(earlier) == 1:
            line, number = those[0], earlier[0]
            found[line] = Same(number, number in exact and was(number) == now(line))
        elif earlier:
            found |= _paired(_grouped(earlier, was), _grouped(those, now))
    return found


def _paired(before: Mapping[Hashable, list[int]], now: Mapping[Hashable, list[int]]) -> Iterator[tuple[int, Same]]:
    """The lines of one customer and start, of which some are identical."""
    left_before, left_now = [], []
    for values in {**before, **now}:
        numbers, lines = before.get(values, []), now.get(values, [])
        if len(numbers) == len(lines):
            yield from ((line, Same(number, True)) for number, line in zip(numbers, lines))
        else:
            left_before += numbers
            left_now += lines
    if len(left_before) == len(left_now) == 1:
        yield left_now[0], Same(left_before[0], False)


def _grouped(lines: Iterable[int], by: Callable[[int], Hashable]) -> dict[Hashable, list[int]]:
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for line in lines:
        groups[by(line)].append(line)
    return groups


def _as_read(value: Any) -> Any:
    """A value as it is read back from its cell."""
    if isinstance(value, bool):
        return str(int(value))
    return float(value) if isinstance(value, (int, float)) else value
