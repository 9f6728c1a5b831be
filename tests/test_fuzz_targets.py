"""The targets of `make fuzz` still say what they mean: their seeds, and a few inputs more, give no finding."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from fuzz.search import inputs
from fuzz.target import Target, tried
from fuzz.targets import TARGETS
from mrr_xl import MrrError


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_of_a_target_give_a_result_or_a_sentence(name: str) -> None:
    for data in itertools.islice(TARGETS[name].seeds(), 12):
        finding = tried(TARGETS[name], data)
        assert finding is None, finding.says


@pytest.mark.parametrize("name", ["dates", "json", "ods"])
def test_inputs_at_random_do_where_there_is_no_atheris(name: str) -> None:
    found = []

    @settings(
        max_examples=20, derandomize=True, deadline=None, phases=[Phase.generate], suppress_health_check=[*HealthCheck]
    )
    @given(inputs(TARGETS[name]))
    def once(data: bytes) -> None:
        found.append(tried(TARGETS[name], data))

    once()
    assert len(found) >= 20 and not any(found)


def test_anything_but_a_sentence_is_a_finding() -> None:
    def check(given: bytes) -> None:
        raise {b"value": MrrError("row 2 is wrong"), b"none": MrrError()}.get(given, KeyError(given))

    target = Target(bytes, check, lambda: [b"value"])
    assert tried(target, b"value") is None
    one, other = tried(target, b"none"), tried(target, b"x")
    assert one is not None and other is not None and one.key != other.key
    assert "KeyError: b'x'" in other.says and "The input: b'x'" in other.says
