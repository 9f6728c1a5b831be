"""Excel on Windows for real: xlwings' DLL starts Python, and COM carries every call, with ranges as objects."""

from __future__ import annotations

from typing import Any

from mrr_xl import cell_errors
from mrr_xl.hosts.excel import MISTAKE
from support.calls import AREAS, Area, Call, plain
from support.excel_com import cells, excel
from support.variants import MISSING


def answers(calls: list[Call]) -> list[Any]:
    """Every call's answer in the common form."""
    with excel() as host:
        return [plain(shown(host.call(call.function, *map(_argument, call.arguments)))) for call in calls]


def _argument(item: Any) -> Any:
    if item is None:
        return MISSING
    if not isinstance(item, Area):
        return item
    rows = AREAS[item.name]
    return cells(rows if len(rows) > 1 or len(rows[0]) > 1 else rows[0][0])


def shown(answer: Any) -> Any:
    """A mistake is #VALUE! in the cell: the VBA makes it of the sentence."""
    return cell_errors.VALUE.text if isinstance(answer, str) and answer.startswith(MISTAKE) else answer
