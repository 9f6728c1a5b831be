"""The text of docs/functions.md, and of the table of functions in the README."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mrr_xl.functions.pages import SHARED, Page, grouped, page_of
from mrr_xl.metrics import REGISTRY

INTRODUCTION = """\
# The functions

An argument in brackets can be left out. This page is generated from the code by `docs/build.py`; `mrr-xl functions NRR`
shows the part about a function in the terminal.

"""
COMMON = """

## Shared arguments

- `data` is a range **with its header row**, ideally an Excel table: `Subscriptions[#All]`. Whole columns such as `A:H`
  work, too. Its columns are found by their names, in any order: see
  [definitions.md](definitions.md#what-a-table-looks-like). A cell with [`MRR_LEDGER`](#mrr_ledger) stands for the range
  that it has read.
- `month` is a date (any day of the month) or a text such as `"2024-03"`; if left out, it is the last month reported, as
  [`MRR_LAST_MONTH`](#mrr_last_month) gives it. It can be a range: the result then has the same shape, so one array
  formula fills a row of a report. In the functions that return a table it is one month.
- `where` says which lines to count, by any column: `"plan=Pro; region<>US"`. If left out, all of them count. See
  [where](definitions.md#where-a-part-of-the-ledger).
- `settings` are the rules that are not to be the default: a range of two columns, the rule and its value, or a text
  such as `"as_of=month_start; period=quarter"`. See [the settings](definitions.md#the-settings).
- `rates` is a range with the columns currency, month (if the rates change) and rate: what one unit is worth in the
  reporting currency. If left out, the amounts must be of one currency. See [currencies](definitions.md#currencies).

Movements are signed: contraction and churn are 0 or negative. With the setting `period`, "the month" below is the
quarter or year that `month` stands for; see [periods](definitions.md#periods).

## Errors

- `#N/A`: the figure is undefined, such as growth over an opening of 0, or the month is after the last one reported. An
  undefined figure is never 0.
- `#VALUE!`: the data or an argument can't be read: a wrong date, a column that is not there, a word that is not known.
  [`MRR_CHECKS`](#mrr_checks) over the same data gives the row, the column and how to fix it.
- `#NAME?`: the spreadsheet program does not have the functions. See [hosts.md](hosts.md).

## Examples

Each function has an example, and a test computes it in a workbook. Copy its table, paste it into cell A1 of an empty
sheet, and type the formula into a cell to the right of it or below. If your spreadsheet separates arguments with
semicolons, write `;` for `,`. Results are rounded to 4 decimals. In Python, `data` is the same table as a frame or a
file.
"""


def functions_page() -> str:
    parts = [INTRODUCTION, functions_table(""), COMMON]
    for question, metrics in grouped().items():
        parts.append(f"\n## {question}\n")
        parts += [f"\n{entry(page_of(metric))}\n" for metric in metrics]
    return "".join(parts)


def functions_table(place: str = "docs/functions.md") -> str:
    """A row for each question, with the functions that answer it."""
    lines = ["| Question | Functions |", "|---|---|"]
    for question, metrics in grouped().items():
        names = ", ".join(f"[`{metric.name}`]({place}#{metric.name.lower()})" for metric in metrics)
        lines.append(f"| {question} | {names} |")
    return "\n".join(lines)


def entry(page: Page) -> str:
    """The section of a function."""
    parts = [f"### {page.name}", page.summary, f"**Syntax**: `{page.syntax}`", arguments(page)]
    parts.append(f"**Returns** {page.returns}." if not page.columns else f"**Returns** {page.returns}:")
    if page.columns:
        rows = [[column.heads, linked(column.what), column.unit] for column in page.columns]
        parts.append(table([["Column", "What it is", "Unit"], *rows]))
    parts.append("**Remarks**\n\n" + "\n".join(f"- {linked(remark)}" for remark in page.remarks))
    parts += ["**Example**", table(page.sheet), *result(page)]
    also = ", ".join(f"[`{name}`](#{name.lower()})" for name in page.related)
    parts.append(f"**See also**: {also}")
    return "\n\n".join(parts)


def arguments(page: Page) -> str:
    rows = [["Argument", "What it is", "Form", "If left out"]]
    shared = [told.name for told in page.arguments if told.name in ("where", "settings", "rates")]
    for told in page.arguments:
        name = f"`{told.name}`" if told.name not in SHARED else f"[`{told.name}`](#shared-arguments)"
        if told.name not in shared:
            rows.append([name, linked(told.what), told.form.replace("MRR_LEDGER", "`MRR_LEDGER`"), told.default])
    if shared:
        names = ", ".join(f"`{name}`" for name in shared)
        what = {"where": "which lines to count", "settings": "the rules", "rates": "the exchange rates"}
        said = ", ".join(what[name] for name in shared)
        rows.append([f"[{names}](#shared-arguments)", said, "ranges or texts", "see there"])
    return table(rows)


def result(page: Page) -> list[str]:
    """The formula, what it gives, how that comes about, and the call in Python."""
    if len(page.result) == 1:
        shown = [table([["Formula", "Result"], [f"`{page.formula}`", page.result[0][0]]])]
    else:
        more = [f"… and {page.more} rows more."] if page.more else []
        shown = [f"`{page.formula}` gives", table(page.result), *more]
    python = f"In Python: `{page.python}`." if page.python else ""
    return [*shown, *filter(None, [" ".join(filter(None, [page.by_hand, python]))])]


def table(rows: Sequence[Sequence[str]]) -> str:
    head, *others = [[text.replace("|", "\\|") for text in row] for row in rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *others])


def linked(text: str) -> str:
    """A text whose functions and pages are links, but for those in a formula."""
    parts = re.split("(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else _linked(part) for part in parts)


def _linked(text: str) -> str:
    text = text.replace("docs/definitions.md", "[definitions.md](definitions.md)")
    text = re.sub(r"(?<![\w#])(#N/A|#VALUE!)", r"`\1`", text)
    return re.sub(
        r"\bMRR_[A-Z0-9_]+\b",
        lambda name: f"[`{name[0]}`](#{name[0].lower()})" if name[0] in REGISTRY else name[0],
        text,
    )
