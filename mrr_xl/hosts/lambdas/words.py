"""The words of a ledger as LAMBDAs: names, numbers, days, intervals, statuses and kinds of charge."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from mrr_xl.date_texts import folded
from mrr_xl.errors import MrrError, cell, shown
from mrr_xl.ledger import amounts, pricing
from mrr_xl.ledger.ledger import Ledger
from mrr_xl.ledger.reading import SOURCE
from mrr_xl.months import AFTER_LAST_SERIAL, FIRST_SERIAL
from mrr_xl.sources.number_texts import is_nothing

#: The day of an end that is not there.
OPEN = 2_958_465


def _table(rows: Sequence[tuple[object, ...]]) -> str:
    """Rows as a constant of a formula."""
    lines = [",".join(f'"{item}"' if isinstance(item, str) else str(item) for item in row) for row in rows]
    return "{" + ";".join(lines) + "}"


def _intervals() -> list[tuple[object, ...]]:
    """A word, how many of its unit are billed at a time, and what one of them is of a month: above ÷ below."""
    rows: list[tuple[object, ...]] = []
    for word in [*pricing.UNIT_OF, "weeks", "days", "months", "years", "quarters", "once"]:
        share = pricing.share_of_month(word)
        rows.append((word, share.numerator, share.denominator))
    return rows


def _joined(word: str) -> str:
    return word.replace("_", "")


#: The states that the LAMBDAs tell apart: past due counts, what is unpaid has stopped like what is paused, and a trial
#: never was paid for.
_SAME = {amounts.PAST_DUE: amounts.COUNTED, amounts.UNPAID: amounts.PAUSED}
_SAME |= dict.fromkeys(amounts.TRIALS, amounts.NEVER)
_STATES = [(_joined(word), _SAME.get(state, state)) for state, words in amounts.STATUSES.items() for word in words]
_STATES += [
    (form, _SAME.get(state, state))
    for english, words in amounts.STATUSES_ABROAD.items()
    if (state := amounts.state_of(english)) is not None
    for word in words
    for form in dict.fromkeys([word.replace(" ", ""), folded(word).replace(" ", "")])
]
_KINDS = [(_joined(word), kind) for kind, words in amounts.KINDS.items() for word in words if word]

_INTERVALS = _intervals()

WORDS = {
    "LEDGER_INTERVALS": ("an interval, and its share of a month: above and below the line", _table(_INTERVALS)),
    "LEDGER_STATES": ("a status: 0 counts, 1 stopped for a while, 2 is over, 3 was never paid for", _table(_STATES)),
    "LEDGER_KINDS": ("the kinds of charge; only recurring ones count", _table(_KINDS)),
    "LEDGER_NAME": (
        "names without blanks around them; an error for a name whose blanks can't be told",
        """LAMBDA(cells,
        LET(
            said, SUBSTITUTE(cells & "", UNICHAR(160), " "),
            IF(ISNUMBER(FIND("  ", said)) + (CLEAN(said) <> said), VALUE("a name holds blanks that can't be told"),
            IF(IF(ISNUMBER(cells), ABS(cells) >= 1E15, FALSE), VALUE("a number is too long"), TRIM(said)))))""",
    ),
    "LEDGER_WORD": (
        "words without case, blanks, hyphens and underscores",
        'LAMBDA(cells, SUBSTITUTE(SUBSTITUTE(SUBSTITUTE(LOWER(TRIM(cells)), " ", ""), "_", ""), "-", ""))',
    ),
    "LEDGER_NUMBER": (
        "numbers of 0 or more; usual: what a blank cell is",
        """LAMBDA(cells, usual,
        IF(cells = "", usual, IF(ISNUMBER(cells), IF(cells < 0, VALUE("a number is negative"), cells),
        VALUE("a text is not a number"))))""",
    ),
    "LEDGER_DAY": (
        "days without the time of day; usual: what a blank cell is",
        f"""LAMBDA(cells, usual,
        IF(cells = "", usual, IF(ISNUMBER(cells),
        IF((cells >= {FIRST_SERIAL}) * (cells < {AFTER_LAST_SERIAL}), INT(cells), VALUE("not a day")),
        VALUE("a text is not a day"))))""",
    ),
    "LEDGER_SHARE": (
        "an interval's share of a month, above (1) or below (2) the line: month, Quarterly, 3 months ...",
        """LAMBDA(interval, part,
        LET(
            said, LOWER(TRIM(interval)),
            before, IFERROR(TEXTBEFORE(said, " "), ""),
            times, IFERROR(VALUE(before), 0),
            counted, (times >= 1) * (times = INT(times)) * (times < 10000000) * (times & "" = before),
            word, IF(counted, TEXTAFTER(said, " "), said),
            share, XLOOKUP(word, CHOOSECOLS(LEDGER_INTERVALS, 1), CHOOSECOLS(LEDGER_INTERVALS, 1 + part),
                VALUE("not a known interval")),
            IF(counted * (word = "once"), VALUE("not a known interval"),
            IF(counted * (part = 2), share * times, share))))""",
    ),
    "LEDGER_MILLIONTHS": (
        "a month's share of an amount in whole millionths, rounded half up",
        """LAMBDA(amount, above, below,
        LET(
            whole, INT(amount * 1000000 + 0.5),
            over, amount * 1000000 - whole,
            rest, IF(ABS(over) <= amount * (1000000 * 2 ^ -50), 0, over),
            parts, INT(whole / below),
            shared, (whole - parts * below) * above + rest * above,
            noise, whole * (2 ^ -50 * above / below),
            parts * above + INT(shared / below + (IF(noise > 0.0001, 0.0001, noise) + 0.5))))""",
    ),
}  # fmt: skip

#: The words that they know, as LEDGER_SHARE, LEDGER_STATE and LEDGER_COUNTED look for them.
_KNOWN_INTERVALS = frozenset(str(word) for word, *_ in _INTERVALS)
_KNOWN_STATES, _KNOWN_KINDS = frozenset(dict(_STATES)) | {""}, frozenset(dict(_KINDS)) | {""}
_COUNTED = re.compile(r"[1-9][0-9]{0,6} (.+)")


def refuse_other_words(ledger: Ledger) -> None:
    """Raises MrrError for the first interval, status or kind of charge of a ledger that the LAMBDAs don't know."""
    frame, read = ledger.frame, ledger.values
    if "interval" in read:
        lines: Any = frame.select(read["interval"].alias("word"))["word"].to_list()
        if "interval_count" in read:
            counts: Any = frame.select(read["interval_count"].alias("count"))["count"].to_list()
            lines = [pricing.counted_interval(word, int(count)) for word, count in zip(lines, counts)]
        _refuse(ledger, "interval", "interval", lines, _knows_interval, _interval_instead)
    for role, what, words in (("status", "status", _KNOWN_STATES), ("kind", "kind of charge", _KNOWN_KINDS)):
        if role in read:
            lines = frame[SOURCE + ledger.layout.roles[role]].to_list()
            _refuse(ledger, role, what, lines, partial(_knows_word, words), _word_instead)


def _refuse(
    ledger: Ledger,
    role: str,
    what: str,
    lines: Sequence[Any],
    knows: Callable[[str], bool],
    instead: Callable[[str], str],
) -> None:
    """Raises MrrError for the first of the lines' words that the LAMBDAs don't know; instead: what to write for it."""
    words = ["" if is_nothing(value) else str(value) for value in lines]
    if unknown := {word for word in dict.fromkeys(words) if not knows(word)}:
        place = next(place for place, word in enumerate(words) if word in unknown)
        row = ledger.frame["row"].to_list()[place] if ledger.has("row") else None
        where = cell(row, ledger.layout.roles[role], ledger.files)
        says = f"{where}: the LAMBDAs don't know the {what} {shown(words[place])}"
        raise MrrError(f"{says}; {instead(words[place])}, or use --functions xlwings")


def _trimmed(text: str) -> str:
    """A text as Excel trims it, in small letters: blanks alone, also those within that are doubled."""
    return " ".join(filter(None, text.split(" "))).lower()


def _knows_word(words: frozenset[str], word: str) -> bool:
    return _plain(word) in words


def _plain(word: str) -> str:
    return re.sub("[ _-]", "", _trimmed(word))


def _knows_interval(text: str) -> bool:
    """Whether LEDGER_SHARE knows an interval.

    >>> [_knows_interval(text) for text in ("Quarterly", "3 months", "half-yearly", "every 3 months", "03 months")]
    [True, True, False, False, False]
    """
    said = _trimmed(text)
    counted = _COUNTED.fullmatch(said)
    if counted:
        return counted[1] in _KNOWN_INTERVALS and counted[1] != "once"
    return said in _KNOWN_INTERVALS


def _interval_instead(word: str) -> str:
    """How an interval is written for the LAMBDAs.

    >>> _interval_instead("half-yearly"), _interval_instead("jährlich"), _interval_instead("einmalig")
    ("write '6 months'", "write 'year'", "write 'once'")
    >>> _interval_instead("fortnightly")
    "write '2 weeks'"
    """
    if not pricing.share_of_month(word):
        return "write 'once'"
    doubled, units = pricing.counted_interval(word, 2).split(" ")
    count = int(doubled) // 2
    return f"write '{units.removesuffix('s') if count == 1 else f'{count} {units}'}'"


def _word_instead(word: str) -> str:
    if not _plain(word) or amounts.spelled(word) == word.strip().lower():
        return "leave it blank"
    return f"write {shown(amounts.spelled(word))}"
