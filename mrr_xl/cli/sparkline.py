"""A line of blocks, one for each month, under a table of movements on a terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

from mrr_xl.cli.terminal import on_terminal, say

_BLOCKS = "▁▂▃▄▅▆▇█"
_WIDTH = 20  #: columns of a terminal that the words beside the blocks take


def sparkline(figures: Sequence[float]) -> str:
    """A block for each figure, the lowest and the highest of them for the smallest and the largest.

    >>> sparkline([100, 150, 125, 240]), sparkline([5, 5])
    ('▁▃▂█', '▄▄')
    """
    low, high = min(figures), max(figures)
    if low == high:
        return _BLOCKS[3] * len(figures)
    return "".join(_BLOCKS[round((figure - low) / (high - low) * (len(_BLOCKS) - 1))] for figure in figures)


def draw_closing(closing: Sequence[float]) -> None:
    """Draw the closing MRR of the latest months for which there is room; nothing where it can't be seen."""
    shown = [float(figure) for figure in closing][-max(shutil.get_terminal_size().columns - _WIDTH, 2) :]
    if len(shown) < 2 or not on_terminal() or not _has_blocks():
        return
    say(f"closing  {sparkline(shown)}")


def _has_blocks() -> bool:
    try:
        _BLOCKS.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
