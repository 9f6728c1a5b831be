"""A book as one SELECT."""

from __future__ import annotations

from typing import Any

import ibis
import sqlglot
from sqlglot import exp

from mrr_xl.ledger.reading import SOURCE
from mrr_xl.months import Month, day_of, month_label
from mrr_xl.rollforward.book import Book
from mrr_xl.rollforward.changes import MOVEMENTS
from mrr_xl.rollforward.movements import COUNTED, CUSTOMERS, STAYING
from mrr_xl.rollforward.snapshot import is_snapshot, last_day, past_due_is_todays
from mrr_xl.settings import RULES
from mrr_xl.sql.dialects import Dialect
from mrr_xl.sql.floors import floors, used_of_given
from mrr_xl.sql.readable import PLAIN_NAME, bare, parsed, without_trim, written
from mrr_xl.sql.typed import AS_IT_IS, DATE, GIVEN, NUMBER, TEXT, kinds_of, refuse_what_is_no_sql, typed

_TYPES = {DATE: "DATE", NUMBER: "DOUBLE"}


def select(book: Book, table: str, target: Dialect, log: bool) -> str:
    """What mrr_xl.sql.statement gives. Raises MrrError."""
    refuse_what_is_no_sql(book)
    lines = typed(book, ibis.duckdb.connect())
    steps = floors(lines, book.settings, book.through)
    kinds = kinds_of(book.ledger)
    parts = {GIVEN: _given(used_of_given(steps["lines"]), kinds, target)}
    parts |= {name: _step(step, lines.layout.roles, kinds, target) for name, step in steps.items()}
    _in_words(parts["changes"])
    if not log:
        parts |= _movements(book.through, book.settings.netting == "gross", target)
    last = _log(target) if log else _last(target)
    for name, part in parts.items():
        last = last.with_(name, part)
    if target.sqlglot == "snowflake":
        _upper(last)
    text = written(last, target).replace(_TABLE, table)
    return f"{_header(book)}\n{text}\n"


_TABLE = "mrr_xl_table"


def _given(headers: list[str], kinds: dict[str, str], dialect: Dialect) -> Any:
    columns = []
    for header in headers:
        kind = kinds[header]
        typed_: exp.Expression = exp.column(header, quoted=True)
        if kind != AS_IT_IS:
            typed_ = exp.cast(typed_, _TYPES.get(kind, "TEXT"))
        if kind == TEXT:
            typed_ = exp.Trim(this=exp.func("COALESCE", typed_, exp.Literal.string("")))
        columns.append(exp.alias_(typed_, header, quoted=True))
    return _quotes(exp.select(*columns).from_(_TABLE), dialect)


def _step(step: Any, roles: dict[str, str], kinds: dict[str, str], dialect: Dialect) -> Any:
    tree = parsed(str(ibis.to_sql(step.unbind(), dialect=dialect.ibis)), dialect)
    trimmed = {header for header, kind in kinds.items() if kind == TEXT}
    tree = without_trim(tree, frozenset({*trimmed, *(SOURCE + header for header in trimmed)}))
    names = {SOURCE + header: f"given_{header}" for header in kinds}
    names |= {SOURCE + header: f"given_{role}" for role, header in roles.items()}
    for identifier in tree.find_all(exp.Identifier):
        if identifier.this in names:
            identifier.set("this", names[identifier.this])
    return _quotes(tree, dialect)


def _quotes(tree: Any, dialect: Dialect) -> Any:
    return tree.transform(bare)


def _in_words(changes: Any) -> None:
    """The movements in the change log by their names."""
    case = next(alias.this for alias in changes.expressions if alias.alias == "movement")
    for branch in case.args["ifs"]:
        branch.set("true", exp.Literal.string(MOVEMENTS[int(branch.args["true"].this)]))
    case.set("default", exp.Literal.string(MOVEMENTS[int(case.args["default"].this)]))


def _date(dialect: Dialect) -> str:
    year = dialect.whole.format(a="month", b="12")
    number = "MOD(month, 12) + 1"
    return dialect.date.format(year=year, number=number)


def _sql(text: str, dialect: Dialect) -> Any:
    tree = sqlglot.parse_one(text, read=dialect.sqlglot)
    for identifier in tree.find_all(exp.Identifier):
        identifier.set("quoted", True)
    return _quotes(tree, dialect)


def _movements(through: Month, several: bool, dialect: Dialect) -> dict[str, Any]:
    """The months, the sums of each of them, and what they add up to."""
    sums = [f"SUM(CASE WHEN movement = '{name}' THEN after - before ELSE 0 END) AS {name}" for name in MOVEMENTS]
    for name, counted in COUNTED.items():
        one = f"DISTINCT CASE WHEN movement = '{name}' THEN customer END"
        if not (several and name in STAYING):
            one = f"CASE WHEN movement = '{name}' THEN 1 END"
        sums.append(f"COUNT({one}) AS {counted}_customers")
    came = "new_customers + reactivated_customers - churned_customers"
    total = " + ".join(MOVEMENTS)
    over = "OVER (ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)"
    return {
        "months": _sql(dialect.months.format(through=through), dialect),
        "sums": _sql(
            f"SELECT months.month, {', '.join(sums)} FROM months LEFT JOIN changes ON changes.month = months.month "
            "GROUP BY months.month",
            dialect,
        ),
        "movements": _sql(
            f"SELECT *, {total} AS net_new, SUM({total}) {over} AS closing, {came} AS net_customers, "
            f"SUM({came}) {over} AS closing_customers FROM sums",
            dialect,
        ),
    }


def _upper(tree: Any) -> None:
    """Names as Snowflake keeps those that were written without quotes."""
    for identifier in tree.find_all(exp.Identifier):
        if identifier.args.get("quoted") and PLAIN_NAME.fullmatch(identifier.this):
            identifier.set("this", identifier.this.upper())
    for lateral in tree.find_all(exp.Lateral):
        lateral.args["alias"].set("columns", None)


def _last(dialect: Dialect) -> Any:
    amounts = ["closing - net_new AS opening", *MOVEMENTS, "closing", "net_new"]
    customers = ["closing_customers - net_customers AS opening_customers", *CUSTOMERS[1:]]
    columns = []
    for each in (*amounts, *customers):
        value, _, name = each.partition(" AS ")
        columns.append(f"CAST({value} AS BIGINT) AS {name or value}")
    return _sql(f"SELECT {_date(dialect)} AS month, {', '.join(columns)} FROM movements", dialect)


def _log(dialect: Dialect) -> Any:
    return _sql(
        f"SELECT customer, {_date(dialect)} AS month, CAST(before AS BIGINT) AS before, "
        "CAST(after AS BIGINT) AS after, movement FROM changes",
        dialect,
    )


def _header(book: Book) -> str:
    """What is fixed in the SQL, as comments."""
    settings, ledger = book.settings, book.ledger
    changed = [name for name in RULES if name not in ("through", "preset")]
    rules = [f"{name} {settings.text(name)}" for name in changed if getattr(settings, name) != RULES[name].default]
    lines = [
        "Made by mrr-xl sql; print it anew when the rules, the words of a column or the last month change.",
        f"Through {month_label(book.through)}. Rules: {', '.join(rules) or 'the defaults'}.",
        "Amounts are whole millionths. A month is year * 12 + month - 1, a day is month * 32 + day of the month.",
        "A line that mrr-xl would refuse, or a word that it has not seen, makes the query fail.",
    ]
    if ledger.has("state"):
        of_today = is_snapshot(ledger, settings) or past_due_is_todays(ledger, settings)
        day = f"those of the day of the export, {day_of(last_day(ledger)):%Y-%m-%d}"
        lines.append(f"Statuses are {day if of_today else 'those of the whole line'}.")
    if ledger.rates.latest:
        lines.append(f"Rates: {', '.join(f'{name} {rate:g}' for name, rate in ledger.rates.latest.items())}.")
    return "\n".join(f"-- {line}" for line in lines)
