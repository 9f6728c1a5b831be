"""SQL as a compiler writes it → SQL as a person would: no names of tables that stand alone, no brackets twice."""

from __future__ import annotations

import re
from typing import Any

import sqlglot
from sqlglot import exp

from mrr_xl.sql.dialects import Dialect

REFUSED = "mrr_xl_refused"  #: the function that fails with a sentence, until its dialect is known
#: From the loosest to the tightest.
_TIES: tuple[tuple[type[exp.Expression], ...], ...] = (
    (exp.Or,),
    (exp.And,),
    (exp.Not,),
    (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.In, exp.Between, exp.Like),
    (exp.Add, exp.Sub, exp.DPipe),
    (exp.Mul, exp.Div, exp.IntDiv, exp.Mod),
    (exp.Neg,),
)
PLAIN_NAME = re.compile(r"[a-z_][a-z0-9_]*")
#: Words that some database keeps for itself, among those that name a column.
_WORDS = (
    "all and any array as asc at by case cast check collate column constraint create cross current default delete desc "
    "distinct do else end except exists false fetch for foreign from full grant group having if in inner insert "
    "intersect interval into is join lateral left like limit merge natural new no not null of offset on or order outer "
    "over partition primary qualify references right row rows select set some start table then to trailing true union "
    "unique unnest update user using value values when where window with"
)
RESERVED = frozenset(_WORDS.split())


def parsed(sql: str, dialect: Dialect) -> exp.Expression:
    """A SELECT as Ibis writes it, made readable."""
    tree: Any = sqlglot.parse_one(sql, read=dialect.sqlglot)
    tree = tree.transform(_without_guards, copy=False)
    tree = tree.transform(lambda node: _whole(node, dialect), copy=False)
    tree = tree.transform(_trim, copy=False)
    tree = tree.transform(lambda node: _refused(node, dialect), copy=False)
    for select in tree.find_all(exp.Select):
        _unqualified(select)
    tree = tree.transform(_flat, copy=False).transform(
        _flat, copy=False
    )  # first the parts of a union, then what is made of them
    for select in list(tree.find_all(exp.Select)):
        _filtered(select)
    for select in list(tree.find_all(exp.Select)):  # from the outermost one inwards
        _pruned(select)
    tree = tree.transform(_one_case, copy=False)
    return tree.transform(bare, copy=False)


def _inside(node: Any) -> Any:
    while isinstance(node, exp.Paren):
        node = node.this
    return node


def _without_guards(node: Any) -> Any:
    """Without what guards against a blank or a division by 0 where there can be none."""
    if isinstance(node, exp.Case) and len(node.args["ifs"]) == 1 and node.this is None:
        test, then = (_inside(node.args["ifs"][0].args[name]) for name in ("this", "true"))
        default = node.args.get("default")
        if default is None or isinstance(default, exp.Null):
            if isinstance(test, exp.NEQ) and _is_number(test.expression, "0"):
                return then.transform(_without_guards)
            if isinstance(then, exp.Window) and _is_not_null(test):
                return then.transform(_without_guards)
            if _is_not_null(test) and _tested(test) == then:
                return then.transform(_without_guards)
        if isinstance(then, exp.Null) and isinstance(test, exp.Is) and isinstance(test.expression, exp.Null):
            return _inside(default).transform(_without_guards)  # of a blank, IN is blank by itself
    if isinstance(node, exp.Mod) and isinstance(_inside(node.this), exp.Add):
        first = _inside(_inside(node.this).this)  # nothing is below 0
        if isinstance(first, exp.Mod) and _inside(first.expression) == _inside(node.expression):
            return first.transform(_without_guards)
    if (
        isinstance(node, exp.Add)
        and isinstance(_inside(node.this), exp.Mul)
        and _is_number(_inside(node.this).expression, "0")
    ):
        return node.expression.transform(_without_guards)
    if isinstance(node, exp.Coalesce):
        first = _inside(node.this)
        if isinstance(first, (exp.Sum, exp.Extract, exp.Is, exp.Year, exp.Month, exp.Day, exp.DayOfMonth)):
            return first
        if isinstance(first, exp.Or) and all(isinstance(part, (exp.Is, exp.EQ)) for part in first.flatten()):
            return exp.paren(first)
    if isinstance(node, exp.Not) and isinstance(_inside(node.this), exp.Not):
        return _inside(_inside(node.this).this)
    if isinstance(node, exp.Mul) and any(_is_number(node.expression, one) for one in ("1", "1.0")):
        return node.this.transform(_without_guards)
    if isinstance(node, exp.Ordered):
        return _inside(node.this) if not node.args.get("desc") else node
    if isinstance(node, exp.Window):
        order = node.args.get("order")
        if order is None or all(isinstance(_inside(each), exp.Null) for each in order.expressions):
            node.set("order", None)
            node.set("spec", None)
    return node


def _is_number(node: Any, text: str) -> bool:
    return isinstance(_inside(node), exp.Literal) and _inside(node).this == text


def _tested(test: Any) -> Any:
    """What is not blank, in a test of that."""
    return _inside(_inside(test.this).this) if isinstance(test, exp.Not) else _inside(test.this)


def _is_not_null(test: Any) -> bool:
    if isinstance(test, exp.Not):
        test = _inside(test.this)
        return isinstance(test, exp.Is) and isinstance(test.expression, exp.Null)
    return isinstance(test, exp.Is) and isinstance(_inside(test.expression), exp.Not)


def without_trim(tree: Any, columns: frozenset[str]) -> Any:
    """A tree in which those columns are not trimmed, as they are already, blank texts being ''."""

    def plain(node: Any) -> Any:
        if isinstance(node, exp.Trim) and isinstance(_inside(node.this), exp.Coalesce):
            column = _inside(_inside(node.this).this)
            if isinstance(column, exp.Column) and column.name in columns:
                return column
        return node

    return tree.transform(plain, copy=False)


def _trim(node: Any) -> Any:
    """Blanks that are taken off both ends of a text by a pattern, as TRIM."""
    if isinstance(node, exp.RegexpReplace) and "\u3000" in node.args["expression"].name:
        return exp.Trim(this=node.this)
    return node


def _refused(node: Any, dialect: Dialect) -> Any:
    """What fails, in the words of the dialect."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == REFUSED:
        sentence = node.expressions[0].sql(dialect.sqlglot)
        return sqlglot.parse_one(dialect.refused.format(sentence=sentence), read=dialect.sqlglot)
    return node


def _whole(node: Any, dialect: Dialect) -> Any:
    """A division of whole numbers, which Ibis makes through fractions: those are exact up to 2**53 only."""
    if not (isinstance(node, exp.Cast) and isinstance(_inside(node.this), exp.Floor)):
        return node
    divided = _inside(_inside(node.this).this)
    if isinstance(divided, exp.Div):
        above, below = _inside(divided.this), _inside(divided.expression)
        if isinstance(above, exp.Cast) and above.is_type("double"):
            above = _inside(above.this)
    elif isinstance(divided, exp.Anonymous) and divided.name.lower() == "ieee_divide":
        above, below = map(_inside, divided.expressions)
    else:
        return node
    parts = {name: exp.paren(part.copy()).sql(dialect.sqlglot) for name, part in (("a", above), ("b", below))}
    divided = sqlglot.parse_one(dialect.whole.format(**parts), read=dialect.sqlglot)
    return divided.transform(lambda inner: _whole(inner, dialect) if inner is not divided else inner)


def _source(select: Any) -> Any:
    source = select.args.get("from_") or select.args.get("from")
    return source and source.this


def _flat(node: Any) -> Any:
    """A SELECT of columns from a SELECT that gives them, and more, as that one."""
    if not isinstance(node, exp.Select) or not set(_given(node)) <= {"expressions", "from_", "from"}:
        return node
    source = _source(node)
    if not (isinstance(source, exp.Subquery) and isinstance(source.this, (exp.Select, exp.Union))):
        return node
    inner = source.this
    selects = [inner] if isinstance(inner, exp.Select) else list(inner.find_all(exp.Select))
    wanted = [column.name for column in node.expressions]
    if node.is_star:
        return inner.transform(_flat)
    if not all(isinstance(column, exp.Column) for column in node.expressions):
        return node
    if any(select.args.get("distinct") or wanted != _kept(select, wanted) for select in selects):
        return node
    for select in selects:
        select.set("expressions", [each for each in select.expressions if each.alias_or_name in wanted])
    return inner.transform(_flat)


def _pruned(select: Any) -> None:
    """A SELECT from another one, without the columns of that one at which it does not look."""
    source = _source(select)
    if not isinstance(source, exp.Subquery) or select.is_star:
        return
    inner = source.this
    if not isinstance(inner, exp.Select) or inner.is_star or inner.args.get("group") or inner.args.get("distinct"):
        return
    own = {column.name for column in select.find_all(exp.Column) if column.parent_select is select}
    inner.set("expressions", [each for each in inner.expressions if each.alias_or_name in own])


def _kept(select: Any, wanted: list[str]) -> list[str]:
    return [each.alias_or_name for each in select.expressions if each.alias_or_name in wanted]


def _filtered(select: Any) -> None:
    """A SELECT from the rows that another one leaves, with the condition of that one."""
    inner = _source(select)
    if not isinstance(inner, exp.Subquery) or not isinstance(inner.this, exp.Select) or not inner.this.is_star:
        return
    inner = inner.this
    if set(_given(inner)) <= {"expressions", "from_", "from", "where"} and not select.args.get("joins"):
        _source(select).replace(_source(inner))
        if inner.args.get("where"):
            select.where(inner.args["where"].this, copy=False)


def _given(node: Any) -> list[str]:
    return [name for name, value in node.args.items() if value]


def _one_case(node: Any) -> Any:
    """A CASE whose last word is another one, as one."""
    if isinstance(node, exp.Case) and node.this is None:
        default = _inside(node.args.get("default"))
        while isinstance(default, exp.Case) and default.this is None:
            for branch in default.args["ifs"]:
                node.append("ifs", branch)
            node.set("default", default.args.get("default"))
            default = _inside(node.args.get("default"))
    return node


def _unqualified(select: Any) -> None:
    """A SELECT from one table without the name of that table before each column."""
    source = select.args.get("from_") or select.args.get("from")
    if source is None or select.args.get("joins") or select.args.get("laterals"):
        return
    name = source.this.alias_or_name
    for column in select.find_all(exp.Column):
        if column.table == name and column.parent_select is select:
            column.set("table", None)
    if isinstance(source.this, exp.Table):
        source.this.set("alias", None)


def _tie(node: Any) -> int:
    return next((tie for tie, kinds in enumerate(_TIES) if isinstance(node, kinds)), len(_TIES))


def bare(node: Any) -> Any:
    """Without brackets that change nothing, and without quotes around names that need none."""
    if isinstance(node, exp.Identifier) and node.args.get("quoted"):
        if PLAIN_NAME.fullmatch(node.this):
            node.set("quoted", node.this in RESERVED)
        return node
    if not isinstance(node, exp.Paren):
        return node
    inner, parent = _inside(node), node.parent
    while isinstance(parent, exp.Paren):
        parent = parent.parent
    own, outer = _tie(inner), _tie(parent)
    if isinstance(inner, exp.Query):
        return node
    loose = own < outer < len(_TIES)
    at_right = own == outer < len(_TIES) and node.arg_key == "expression" and not isinstance(inner, (exp.And, exp.Or))
    if loose or at_right or (own == outer == 3):
        return exp.paren(inner.transform(bare), copy=False)
    return inner.transform(bare)


def written(tree: Any, dialect: Dialect) -> str:
    """A tree as text, one thought a line."""
    base: Any = type(sqlglot.Dialect.get_or_raise(dialect.sqlglot).generator())

    class Lines(base):  # type: ignore[misc]
        def paren_sql(self, expression: exp.Paren) -> str:
            inner = self.sql(expression, "this")
            return f"({inner})" if "\n" not in inner else str(super().paren_sql(expression))

    return str(Lines(pretty=True, dialect=dialect.sqlglot, max_text_width=100, comments=False).generate(tree))
