"""The command that prints SQL."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from mrr_xl.cli.group import data_options, main
from mrr_xl.cli.help import examples
from mrr_xl.cli.terminal import say
from mrr_xl.errors import MrrError
from mrr_xl.settings import Settings


@main.command(
    **examples(
        "mrr-xl sql subscriptions.csv --dialect snowflake",
        "mrr-xl sql warehouse.duckdb#subscriptions --dialect duckdb --changes",
    )
)
@click.option("--dialect", metavar="DATABASE", help="Whose SQL, such as snowflake or duckdb.")
@click.option(
    "--table",
    metavar="TABLE",
    help="What stands behind FROM, such as \"{{ ref('subscriptions') }}\"; by default DATA's name.",
)
@click.option("--changes", is_flag=True, help="The change log, a row for each customer and change, not the movements.")
@partial(data_options, period=False, style=False)
def sql(
    data: str,
    dialect: str | None,
    table: str | None,
    changes: bool,
    where: str | None,
    settings: Settings,
    rates: str | None,
    **reading: Any,
) -> None:
    """The movements as one SELECT, to compute them where the data is; amounts are whole millionths.

    DATA is the table itself or a part of it, such as a CSV file: its columns and words are those that the SQL knows.
    It is read as mrr-xl movements reads it. For dbt: mrr-xl sql subscriptions.csv --dialect snowflake --table "{{
    ref('subscriptions') }}" > models/mrr_movements.sql
    """
    from mrr_xl.metrics.evaluate import warn
    from mrr_xl.rollforward.book import open_book
    from mrr_xl.sources.how import How
    from mrr_xl.sql import statement, table_of
    from mrr_xl.sql.dialects import DIALECTS

    if dialect is None:
        raise MrrError(f"say with --dialect whose SQL it is to be: {', '.join(DIALECTS)}")

    table = table_of(data) if table is None else table
    book = open_book(data, where, settings, rates, How.of(reading))
    warn(book)
    for line in statement(book, table, dialect, changes).splitlines():
        say(line)
