"""The one error a user sees, and how sentences name things and write numbers."""

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_LONGEST = 4_000  #: characters of a sentence
_TOO_LONG = 1e15  #: what has no digits left to round, of the 15 that a spreadsheet knows


class MrrError(ValueError):
    """A user's mistake in one sentence: what is wrong, where, and how to fix it.

    >>> from mrr_xl import monthly
    >>> monthly(1200, "fortnite")
    Traceback (most recent call last):
    ...
    mrr_xl.errors.MrrError: 'fortnite' is not a known interval; write day, week, month, quarter or year, \
or a count of them such as '3 months'
    """

    def __init__(self, sentence: object = "", meant: Sequence[str] = ()) -> None:
        """meant: the names that may have been meant, as nearest gives them; a command asks whether it was they.

        others: what else is wrong in the same data, a mistake for each column and kind, and for each of several files
        that can't be read, where that is known.
        """
        # A name with a line end in it, of a file or a sheet, would part the sentence.
        text = re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", lambda found: repr(found[0])[1:-1], str(sentence))
        # What is wrong stands at the beginning and how to mend it at the end; a name may be a page long.
        super().__init__(text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1_000]} ... {text[-1_000:]}")
        self.meant = tuple(meant)
        self.others: tuple[MrrError, ...] = ()


def raise_first(mistakes: Sequence[MrrError]) -> None:
    """Raises the first of several mistakes, which tells the others; nothing where there are none."""
    if mistakes:
        first, *others = mistakes
        first.others = tuple(others)
        raise first from None


class MrrWarning(UserWarning):
    """Something in the data may make the figures wrong: each problem is a sentence, and what to do about it."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)

    def __reduce__(self) -> Any:
        return MrrWarning, (self.problems,)  # a copy would else be made of the text, letter by letter


def unexpected(error: BaseException) -> str:
    """An error that is no mistake of the user's, on one line.

    >>> unexpected(KeyError("Amount"))
    "KeyError: 'Amount'"
    """
    return " ".join(f"{type(error).__name__}: {error}".split())


def is_panic(error: BaseException) -> bool:
    """Whether a library in Rust, such as Polars or calamine, gave up; its error is not an Exception."""
    return type(error).__name__ == "PanicException"


def shown(value: object) -> str:
    """The user's value as it stands in an error: quoted, one line, at most 60 characters."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    text = str(value) if is_number else repr(str(value))
    return text if len(text) <= 60 else text[:56] + ("..." if is_number else "...'")


def in_figures(value: float, places: int = 2) -> str:
    """A number for people, rounded as a spreadsheet shows it: by its decimal digits, and not by its binary ones.

    >>> in_figures(1293.085), in_figures(-0.125), in_figures(0.8865 * 100, places=1)
    ('1,293.09', '-0.13', '88.7')
    """
    if not abs(value) < _TOO_LONG:
        return f"{value:,.{places}f}"
    digits = Decimal(f"{float(value):.15g}")
    return f"{digits.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Which of the known names somebody who writes `name` may have meant, the likeliest first; three at most.

    >>> nearest("churn rate", ["gross_churn_rate", "net_churn_rate", "arpa"]), nearest("asof", ["as_of", "end_date"])
    (('net_churn_rate', 'gross_churn_rate'), ('as_of',))
    """
    from difflib import get_close_matches

    alike: dict[str, str] = {}
    for each in known:
        alike.setdefault(_letters(each), each)
    return tuple(alike[letters] for letters in get_close_matches(_letters(name), alike, cutoff=0.7))


def _letters(name: str) -> str:
    return re.sub(r"[\s_-]+", "", name[:100]).lower()


def listed(names: Sequence[str], most: int) -> str:
    """The first of several names, and how many more there are.

    >>> listed(["Ada", "Bob", "Cyd"], 2)
    'Ada, Bob and 1 more'
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


#: Rows of several files are numbered through: row 5 of the second file is PER_FILE + 5.
PER_FILE = 2**32


class Labels(Sequence[str]):
    """The labels of a frame's rows, where the frame's own index is more than their number."""

    def __init__(self, labels: Sequence[Any]) -> None:
        self.labels = labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, place: Any) -> Any:
        label = self.labels[place]
        if isinstance(label, tuple):
            return f"({', '.join(map(_label, label))})"
        return _label(label)


def _label(label: Any) -> str:
    """A label as Python writes it; numpy has numbers of its own."""
    return shown(label.item() if hasattr(label, "item") else label)


def row_name(row: int, files: Sequence[str] = ()) -> str:
    """What a user calls a row, the header being row 1.

    files: where the rows are those of several files, their names; where they are those of a frame, their Labels.

    >>> row_name(5), row_name(PER_FILE + 5, ["february.csv", "march.csv"]), row_name(2, Labels([17]))
    ('row 5', 'row 5 of march.csv', 'row 2 (index 17)')
    """
    if isinstance(files, Labels):
        return f"row {row} (index {files[row - 2]})"
    number, within = divmod(row, PER_FILE)
    return f"row {within} of {files[number]}" if files else f"row {row}"


def cell(row: int | None, column: str, files: Sequence[str] = ()) -> str:
    """Where a bad value stands, the header being row 1; frames of a database have no rows to name."""
    return f"column {column}" if row is None else f"{row_name(row, files)}, column {column}"
