"""How long a call takes inside xlwings Lite: first, repeated, and with a function that only counts the rows."""

from __future__ import annotations

import time
from typing import Any

from lite import python_values, workbook_module
from xlwings import server


@server.func
@server.arg("data", "raw")
def count_rows(data):  # type: ignore[no-untyped-def]  # a type hint would be a converter
    return len(data)


async def main(requests: Any) -> list[float]:
    """requests: three of the same table; seconds of the first, of the second for another month, and of the bare one.

    Each includes making Python's values of Excel's, as Lite does for every call.
    """
    module = workbook_module()
    module.count_rows = count_rows  # type: ignore[attr-defined]
    seconds = []
    for item in requests:
        begin = time.perf_counter()
        await server.custom_functions_call(python_values(item), module=module)
        seconds.append(time.perf_counter() - begin)
    return seconds
