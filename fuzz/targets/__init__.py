"""The targets by name."""

from fuzz.targets import cells, conditions, dates, files, limits, packed, rules, templates

TARGETS = (
    files.TARGETS
    | packed.TARGETS
    | dates.TARGETS
    | conditions.TARGETS
    | rules.TARGETS
    | cells.TARGETS
    | limits.TARGETS
    | templates.TARGETS
)
