"""Every disputed rule, its default, and what else it may be."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from mrr_xl.errors import MrrError, nearest, shown
from mrr_xl.months import first_day, is_month, month_label
from mrr_xl.presets import PRESETS
from mrr_xl.rule_kinds import KINDS, MOST, Kind, factor_text


@dataclass(frozen=True)
class Rule:
    """A disputed rule: its default, what else it may be, and what it decides."""

    name: str
    default: Any
    kind: Kind
    doc: str
    choices: tuple[str, ...] = ()

    @property
    def allowed(self) -> str:
        """What the rule may be, in words."""
        return f"one of {', '.join(self.choices)}" if self.kind == "choice" else KINDS[self.kind][0]

    def read(self, value: object) -> Any:
        """The rule's value from what a user gives. Raises MrrError."""
        try:
            if self.kind != "choice":
                return KINDS[self.kind][1](value)
            text = f"{value:g}" if isinstance(value, float) else str(value).strip().lower()
            return self.choices[self.choices.index(text)]
        except ValueError:
            sentence = f"setting {self.name} cannot be {shown(value)}; it must be {self.allowed}"
            raise MrrError(sentence, nearest(str(value), self.choices)) from None
        except OverflowError:
            raise MrrError(
                f"setting {self.name} cannot be {shown(value)}; it must be {self.allowed}, up to {MOST:,}"
            ) from None

    def in_cell(self, value: Any) -> Any:
        """A value of the rule as a cell has it: None, a text, a number, or a month's first day."""
        if self.kind == "month" and value is not None:
            return first_day(value)
        if value is None or self.kind == "factor":
            return self.text(value) or None
        return 0 if value == "0" else value  # as it is when it is chosen from a list

    def text(self, value: Any) -> str:
        """A value of the rule as a user writes it; blank for none."""
        if value is None:
            return "unlimited" if self.kind == "days or unlimited" else ""
        if self.kind == "factor":
            return factor_text(value)
        return month_label(value) if self.kind == "month" else str(value)


def _rule(default: object, kind: Kind, doc: str, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata={"kind": kind, "doc": doc, "choices": choices})


class Factors(NamedTuple):
    """How many days and weeks a month has."""

    day: Fraction = Fraction(365, 12)
    week: Fraction = Fraction(52, 12)


FACTORS = Factors()

#: What a figure can be of, and how many months that are.
LENGTHS = {
    "month": 1, "quarter": 3, "year": 12, "fiscal_quarter": 3, "fiscal_year": 12, "last_twelve_months": 12,
}  # fmt: skip
FISCAL, TRAILING_YEAR = ("fiscal_quarter", "fiscal_year"), "last_twelve_months"


@dataclass(frozen=True)
class Settings:
    """The rules that the sources disagree on; the defaults are those of docs/definitions.md.

    >>> Settings.of({"as_of": "month_start", "grace_days": "7"})  # doctest: +ELLIPSIS
    Settings(as_of='month_start', end_date='exclusive', reactivation_days=None, grace_days=7, ...)
    >>> Settings.of({"as_of": "noon"})
    Traceback (most recent call last):
    ...
    mrr_xl.errors.MrrError: setting as_of cannot be 'noon'; it must be one of month_end, month_start, any_day
    """

    as_of: str = _rule(
        "month_end",
        "choice",
        "As-of point: a subscription counts in a month if it runs past its last day, on its first day, or on any day.",
        ("month_end", "month_start", "any_day"),
    )
    end_date: str = _rule(
        "exclusive",
        "choice",
        "What an end date is: the first day without service, or the last paid day.",
        ("exclusive", "inclusive"),
    )
    reactivation_days: int | None = _rule(
        None, "days or unlimited", "A customer away for more days than this comes back as new, not as a reactivation."
    )
    grace_days: int = _rule(
        0,
        "days",
        "A gap in service of at most this many days does not count: the MRR before it runs on until service resumes.",
    )
    through: int | None = _rule(
        None, "month", "The last month reported. Blank: the latest month of the data that is over."
    )

    grain: str = _rule(
        "customer",
        "choice",
        "Grain: whose MRR moves. With customer, a second subscription is expansion; with subscription, each counts; "
        "with parent, all customers of one parent count as one.",
        ("customer", "subscription", "parent"),
    )
    netting: str = _rule(
        "net",
        "choice",
        "Netting: one net movement per customer and month, or every day's change counted separately.",
        ("net", "gross"),
    )
    churn_on: str = _rule(
        "end",
        "choice",
        "When MRR is lost: at the end of service, or on the day in the column cancelled (or_end: if there is one).",
        ("end", "cancelled", "cancelled_or_end"),
    )
    discounts: str = _rule(
        "net",
        "choice",
        "Whether MRR is after discounts, before them, or after those only that have no end (forever).",
        ("net", "ignore", "forever"),
    )
    usage: str = _rule(
        "exclude",
        "choice",
        "Whether usage charges count as MRR.",
        ("exclude", "include"),
    )
    status: str = _rule(
        "auto",
        "choice",
        "Whether a status is the whole line's (line) or today's, so that what was paid before counts (snapshot).",
        ("auto", "line", "snapshot"),
    )
    ignore: str | None = _rule(None, "columns", "Columns that look as if they mattered to the MRR and do not.")
    retention_months: int = _rule(12, "months", "How many months NRR, GRR and logo (customer) retention look back.")
    timezone: str | None = _rule(None, "zone", "The time zone in which timestamps with an offset become dates.")
    gross_margin: float = _rule(1, "fraction", "The gross margin used in a customer's lifetime value.")
    day: Fraction = _rule(FACTORS.day, "factor", "How many days a month has, for prices per day or so many days.")
    week: Fraction = _rule(FACTORS.week, "factor", "How many weeks a month has, for prices per week.")
    past_due_days: int | None = _rule(
        None, "days or unlimited", "For how many days a line still counts after it became past due."
    )
    paused: str = _rule("0", "choice", "What a line is worth while it is paused: 0, or its price.", ("0", "counted"))
    preset: str | None = dataclasses.field(
        default=None,
        init=False,  # `of` gives it, with the rules that it stands for
        compare=False,
        metadata={
            "kind": "choice",
            "doc": "A tool whose rules hold if not set otherwise.",
            "choices": tuple(PRESETS),
        },
    )
    period: str = _rule(
        "month",
        "choice",
        "Period: what a figure is of. Movements are the difference between a period's ends, customer by customer.",
        tuple(LENGTHS),
    )
    fiscal_year_begins: int = _rule(
        1, "month of a year", "The month in which a fiscal year begins, such as 4 for April."
    )

    def __post_init__(self) -> None:
        for name, rule in RULES.items():
            value = getattr(self, name)
            if value is not rule.default and not (rule.kind == "month" and is_month(value)):
                object.__setattr__(self, name, rule.read(value))

    @property
    def factors(self) -> Factors:
        return Factors(self.day, self.week)

    @classmethod
    def of(cls, given: Mapping[str, object] | Settings | None) -> Settings:
        """Settings from texts, cells or Python values, as a user gives them; blanks keep the default."""
        if isinstance(given, Settings):
            return given
        if given is not None and not isinstance(given, Mapping):
            meant = 'a dict such as {"as_of": "month_start"}, or each rule as a keyword'
            raise MrrError(f"settings can't be read from {shown(given)}; give {meant}")
        values = read_rules(given or {})
        tool = values.pop("preset", None)
        settings = cls(**{name: RULES[name].read(text) for name, text in PRESETS.get(tool, {}).items()} | values)
        object.__setattr__(settings, "preset", tool)
        return settings

    def text(self, name: str) -> str:
        """A setting's value as a user writes it."""
        return RULES[name].text(getattr(self, name))


def given_once(settings: Any, rules: Mapping[str, Any]) -> Any:
    """What a caller gives, as a dict or Settings or as keywords. Raises MrrError where it is both."""
    # What can be no settings, such as a frame, may be neither true nor false.
    is_given = bool(settings) if isinstance(settings, (Mapping, Sequence, bool)) else settings is not None
    if is_given and rules:
        raise MrrError(f"settings are given twice, as settings and as {', '.join(rules)}; give them in one place")
    return settings if is_given else rules


def given_twice(name: str) -> MrrError:
    """What is wrong where two values are given for a setting, of which only one can hold."""
    return MrrError(f"the setting {name} is given twice; give it once")


def rule_name(written: object) -> str:
    """A rule's name, however a user writes it.

    >>> rule_name(" Grace days")
    'grace_days'
    """
    return str(written).strip().lower().replace(" ", "_").replace("-", "_")


def read_rules(given: Mapping[str, object]) -> dict[str, Any]:
    """The rules that a user gives, by name, blanks left out. Raises MrrError."""
    values: dict[str, Any] = {}
    for key, value in given.items():
        name = rule_name(key)
        if name not in RULES:
            raise MrrError(f"{shown(key)} is not a setting; the settings are {', '.join(RULES)}", nearest(name, RULES))
        if value is not None and str(value).strip():
            if name in values:
                raise given_twice(name)
            values[name] = RULES[name].read(value)
    return values


#: The rules by name, in the order in which they are shown.
RULES: dict[str, Rule] = {
    rule.name: Rule(rule.name, rule.default, **rule.metadata) for rule in dataclasses.fields(Settings)
}
