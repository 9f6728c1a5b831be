"""Questions to the lines of a ledger; a database answers all that are open in one query."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import narwhals.stable.v2 as nw

from mrr_xl.answers import NOTE, OK, Answer
from mrr_xl.ledger.frames import Frame
from mrr_xl.rollforward.book import Book


@dataclass(frozen=True)
class Question:
    """A small frame of whole numbers and texts, and what is said to its rows: an answer, a next question, nothing."""

    frame: Frame
    say: Callable[[list[tuple[Any, ...]]], Asked]


Asked = Answer | Question | None


def settled(asked: Sequence[Asked], book: Book) -> list[Answer]:
    """The answers to what is asked of a book's lines."""
    answers = list(asked)
    while waiting := [place for place, item in enumerate(answers) if isinstance(item, Question)]:
        questions: list[Any] = [answers[place] for place in waiting]
        for place, question, rows in zip(waiting, questions, book.asked([question.frame for question in questions])):
            answers[place] = question.say(rows)
    return [answer for answer in answers if answer is not None and not isinstance(answer, Question)]


def following(asked: Question, then: Callable[[Answer], Asked]) -> Question:
    """A question whose answer leads to another one, or to what is to be said instead."""

    def say(rows: list[tuple[Any, ...]]) -> Asked:
        answer = asked.say(rows)
        if isinstance(answer, Question):
            return following(answer, then)
        return None if answer is None else then(answer)

    return Question(asked.frame, say)


def note(check: str, frame: Frame, sentence: str, result: str = NOTE) -> Question:
    """How many lines a frame has and the row of the first: none is OK."""
    row = nw.col("row").min() if "row" in frame.columns else nw.lit(None, dtype=nw.Int64)
    return Question(
        frame.select(nw.len().alias("lines"), row.alias("row")), partial(counted_lines, check, sentence, result)
    )


def counted_lines(check: str, sentence: str, result: str, rows: list[tuple[Any, ...]]) -> Answer:
    """The answer of lines that are counted; rows: their number, and the row of the first where that is known."""
    ((lines, first),) = rows
    if not lines:
        return check, OK, 0, None, "none"
    return check, result, int(lines), None if first is None else int(first), sentence
