"""The movements as a picture for a slide or a page: the closing MRR, and below it what moved it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mrr_xl.errors import MrrError
from mrr_xl.report.charts import COLOURS, GRID, LINE
from mrr_xl.report.style import MUTED

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".png", ".svg")
_WIDTH, _HEIGHT, _DOTS = 10, 5.6, 160  #: inches, and dots for each
_LABELS = 13  #: months for whose names there is room


def kind_of(path: str | Path) -> str:
    """Which kind of picture a file is to be. Raises MrrError."""
    kind = Path(path).suffix.lower()
    if kind not in KINDS:
        raise MrrError(f"{Path(path).name} must end in {' or '.join(KINDS)}")
    return kind


def picture(table: pd.DataFrame, kind: str) -> bytes:
    """A picture of movements, as mrr_xl.movements gives them: the file's bytes, the same for the same figures.

    kind: .png or .svg, in which texts stay texts. Raises MrrError where matplotlib is missing or there is no month.
    """
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
        from matplotlib.ticker import FuncFormatter
    except ImportError:
        raise MrrError("pictures are drawn by matplotlib; install it with pip install 'mrr-xl[plot]'") from None
    if table.empty:
        raise MrrError("there is no month to draw; mrr-xl check says why")
    names = [str(name) for name in table["period" if "period" in table else "month"]]
    title = f"MRR, {names[0]} to {names[-1]}" if len(names) > 1 else f"MRR, {names[0]}"
    with rc_context({"svg.hashsalt": "mrr_xl", "svg.fonttype": "none", "font.size": 9}):
        figure = Figure(figsize=(_WIDTH, _HEIGHT), layout="constrained")
        closing, moved = figure.subplots(2, sharex=True, height_ratios=(3, 4))
        figure.suptitle(title, x=0.01, ha="left", fontsize=13, color=f"#{LINE}")
        closing.plot(range(len(names)), table["closing"].astype(float), color=f"#{LINE}", marker="o", markersize=3)
        closing.set_ylim(bottom=0)
        _stack(moved, table)
        each = -(-len(names) // _LABELS)
        shown = range((len(names) - 1) % each, len(names), each)  # the last one has its name
        moved.set_xticks([*shown], [names[at] for at in shown])
        for axes, label in ((closing, "closing MRR"), (moved, "movements")):
            axes.set_ylabel(label, color=f"#{MUTED}")
            axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))
            axes.tick_params(colors=f"#{MUTED}", length=0)
            axes.grid(axis="y", color=f"#{GRID}")
            axes.set_axisbelow(True)
            axes.axhline(0, color=f"#{MUTED}", linewidth=0.8)
            for side in axes.spines.values():
                side.set_visible(False)
        figure.legend(loc="outside lower center", ncols=len(COLOURS), frameon=False)
        file, about = io.BytesIO(), {"Date": None, "Title": title} if kind == ".svg" else {"Title": title}
        figure.savefig(file, format=kind[1:], dpi=_DOTS, metadata=about)
    return file.getvalue()


def _stack(axes: Any, table: pd.DataFrame) -> None:
    """The movements that there are, stacked up and down from zero."""
    up, down = [0.0] * len(table), [0.0] * len(table)
    for name, colour in COLOURS.items():
        column = name.removeprefix("MRR_").lower()
        values = [float(value) for value in table[column]] if column in table else []
        if not any(values):
            continue
        below = [high if value > 0 else low for value, high, low in zip(values, up, down)]
        label = "exchange rates" if column == "fx" else column
        axes.bar(range(len(table)), values, bottom=below, color=f"#{colour}", width=0.65, label=label)
        up = [high + max(value, 0) for value, high in zip(values, up)]
        down = [low + min(value, 0) for value, low in zip(values, down)]
