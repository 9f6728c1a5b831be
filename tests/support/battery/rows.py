"""All formulas of one value."""

from __future__ import annotations

from support.battery import Row
from support.battery.money import DAYS, MONEY
from support.battery.numbers import NUMBERS, STATISTICS
from support.battery.sums import LOOK_UPS, SUMS
from support.battery.texts import TEXTS

ROWS: list[Row] = [*SUMS, *LOOK_UPS, *MONEY, *DAYS, *TEXTS, *NUMBERS, *STATISTICS]
