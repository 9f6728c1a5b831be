"""Damaged templates: filled, or refused in a sentence; and nothing is written then."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from fuzz.target import Target
from fuzz.targets.packed import _XML, unzipped, workbook, zipped
from mrr_xl.errors import MrrError
from mrr_xl.filling.fill import fill

_DATA = pd.DataFrame({"customer": ["Ada", "Bob"], "start": ["2024-01-10", "2024-02-01"], "mrr": [100.0, 50.0]})
_WORDS = (
    *_XML, "<f>MRR(Subscriptions[#All])</f>", '<f t="shared" si="0" ref="A1:A9">A1</f>', '<f t="array" ref="A1:B2">',
    "<mergeCells><mergeCell ref=\"A1:B2\"/></mergeCells>", '<definedName name="x">Sheet!A1</definedName>', "Target=",
    "<tableColumn/>", 'totalsRowCount="1"', 'headerRowCount="0"', "rId1", "<extLst/>", "count=\"0\"",
)  # fmt: skip


def _check(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        template, out = Path(folder) / "template.xlsx", Path(folder) / "out.xlsx"
        template.write_bytes(content)
        try:
            fill(template, _DATA, out)
        except MrrError:
            assert not out.exists()
            raise
        assert out.stat().st_size


def _seeds() -> Iterator[bytes]:
    headers, line = ["customer", "start", "mrr"], ["Old", "2020-01-01", 5]
    yield unzipped(workbook(headers, line))
    yield unzipped(workbook(headers, [*line, None, "=MRR(Subscriptions[#All])"]))


TARGETS = {"templates": Target(zipped, _check, _seeds, _WORDS, 10_000)}
