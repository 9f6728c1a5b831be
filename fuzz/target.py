"""What is fuzzed: bytes → what they stand for → a check that holds for all of it."""

from __future__ import annotations

import hashlib
import traceback
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mrr_xl.errors import MrrError, MrrWarning


@dataclass(frozen=True)
class Target:
    """One kind of input.

    read: what an input's bytes stand for; a finding shows it. check: raises MrrError where the input is a user's
    mistake, and nothing else. seeds: small inputs to begin with. words: what a mutation may put in.
    """

    read: Callable[[bytes], Any]
    check: Callable[[Any], object]
    seeds: Callable[[], Iterable[bytes]]
    words: tuple[str, ...] = ()
    longest: int = 2_000


@dataclass(frozen=True)
class Finding:
    """An input that raised what it may not raise. key: the same for those that fail at the same place."""

    data: bytes
    key: str
    says: str


def tried(target: Target, data: bytes) -> Finding | None:
    """What is wrong with how an input is answered; None if it gives a result or a sentence."""
    given: Any = "what can't be read"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", MrrWarning)
        try:
            given = target.read(data)
            target.check(given)
        except MrrError as mistake:
            return None if _is_a_sentence(str(mistake)) else _finding(data, given, mistake)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a panic of a library in Rust is not an Exception
            return _finding(data, given, error)
    return None


def _is_a_sentence(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text and len(text) < 5_000


def _finding(data: bytes, given: Any, error: BaseException) -> Finding:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/mrr_xl/" in frame.filename.replace("\\", "/")] or frames[-1:]
    place = f"{type(error).__name__} {ours[-1].filename}:{ours[-1].lineno} {frames[-1].filename}:{frames[-1].lineno}"
    says = "".join(traceback.format_exception(error))
    return Finding(data, hashlib.sha256(place.encode()).hexdigest()[:12], f"{says}\nThe input: {repr(given)[:3_000]}\n")
