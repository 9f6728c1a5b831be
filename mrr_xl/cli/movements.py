"""The command movements, and the months that commands take."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mrr_xl.cli.group import data_options, main, not_an_input
from mrr_xl.cli.help import examples
from mrr_xl.cli.sparkline import draw_closing
from mrr_xl.cli.terminal import TABLE, print_table, say
from mrr_xl.errors import MrrError
from mrr_xl.settings import Settings

if TYPE_CHECKING:
    from mrr_xl.rollforward.book import Book

from_option = click.option(
    "--from",
    "start",
    metavar="MONTH|SYSTEM",
    multiple=True,
    help="The first month to show, such as 2024-01; or the billing system that DATA comes from, such as stripe.",
)
to_option = click.option("--to", metavar="MONTH", help="The last month to show.")


def first_month(start: tuple[str, ...]) -> tuple[str | None, str | None]:
    """What --from says: the first month, and the billing system."""
    from mrr_xl.sources.billing import SYSTEMS

    systems = [name for name in start if name.strip().lower() in SYSTEMS]
    first = [month for month in start if month not in systems]
    if len(systems) > 1 or len(first) > 1:
        raise MrrError("--from is given twice; give one month, and one billing system")
    return first[0] if first else None, systems[0] if systems else None


@main.command(
    **examples(
        "mrr-xl movements subscriptions.csv --from 2025-01 --to 2025-06",
        'mrr-xl movements subscriptions.csv --where "plan=Team" --period quarter --format csv',
        "mrr-xl movements subscriptions.csv --plot movements.png",
    )
)
@from_option
@to_option
@click.option(
    "--plot",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw them, too: a picture that ends in .png or .svg.",
)
@partial(data_options, system=False)
def movements(
    data: str,
    start: tuple[str, ...],
    to: str | None,
    plot: Path | None,
    where: str | None,
    settings: Settings,
    rates: str | None,
    style: str,
    **reading: Any,
) -> None:
    """Opening, new, expansion, contraction, churn and closing, month by month; csv and json have every count.

    With --period quarter or another one, a row is the difference between the period's ends, customer by customer; csv
    and json have the sums of its months beside it, as gross_new and so on.
    """
    from mrr_xl.metrics.checks import problems
    from mrr_xl.metrics.evaluate import warn
    from mrr_xl.rollforward.book import open_book, presented
    from mrr_xl.sources.how import How

    first, system = first_month(start)
    if plot is not None:
        _refuse_as_picture(plot, data, rates)
    book = open_book(data, where, settings, rates, How.of(reading | {"system": system}))
    book.once(problems)  # first, as a database gives the movements along with them
    table = presented(book, first, to)
    warn(book)
    if table.empty:
        say(f"mrr-xl: {_why_empty(book)}", err=True)
    if plot is not None:
        from mrr_xl.report.picture import kind_of, picture
        from mrr_xl.xlsx.writing import write_whole

        write_whole(picture(table, kind_of(plot)), plot)
        say(f"wrote {plot}", err=True)
    if style == TABLE:  # as wide as a terminal
        counts = [name for name in table.columns if name.endswith("_customers")]
        more = [name for name in table.columns if name.startswith("gross_")]
        table = table.drop(columns=[*counts, *more, "net_new"]).assign(customers=table["closing_customers"])
        table = table.drop(columns="month") if "period" in table else table
    print_table(table, style)
    if style == TABLE:
        draw_closing(list(table["closing"]))


def _why_empty(book: Book) -> str:
    """What to say of a table without a row."""
    from mrr_xl.months import month_label
    from mrr_xl.rollforward.bridge import step

    if step(book.settings) == 1:
        return "no line counts in any month reported; mrr-xl check says why"
    return (
        f"there is no {book.settings.period.replace('_', ' ')} to show yet: the last complete one ends in "
        f"{month_label(book.through)}, and no line counts up to then; leave out --period to see the months since, and "
        "use mrr-xl check to see what was left out"
    )


def _refuse_as_picture(plot: Path, *inputs: str | None) -> None:
    """Raise MrrError before anything is computed where a picture can't have this name."""
    from mrr_xl.report.picture import kind_of
    from mrr_xl.xlsx.writing import target_of

    kind_of(plot)
    target_of(plot)
    not_an_input(plot, *inputs)
