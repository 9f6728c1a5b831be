"""Tables whose rows the engine does not get: what reads them shows #N/A or keeps its value, never a wrong figure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mrr_xl.calculator.kept import cells
from mrr_xl.calculator.references import names_of_rows, reads_rows
from mrr_xl.calculator.texts import FormulaCell, Texts
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.tables import Table
from mrr_xl.xlsx.workbook import Workbook

_NAMES = "|".join(sorted(REGISTRY, key=len, reverse=True))


def readers(workbook: Workbook, table: Table, texts: Texts, among: Iterable[FormulaCell]) -> list[FormulaCell]:
    """The formulas that read a table's rows by themselves, not by a call of our functions over the whole table."""
    names = names_of_rows(workbook, table)
    handed_over = re.compile(rf"\b({_NAMES})\s*\(\s*{re.escape(table.name)}\[#All\]", re.IGNORECASE)
    return [
        (name, at) for name, at in among if reads_rows(handed_over.sub(r"\1(0", texts[name, at]), name, table, names)
    ]


def not_there(table: Table, readers: Sequence[FormulaCell]) -> str:
    """The sentence for formulas over rows that are not in the sheet."""
    single = len(readers) == 1
    return (
        f"{cells(readers)} {'reads' if single else 'read'} the rows of table {table.name}, which are not in the sheet, "
        f"and {'shows' if single else 'show'} #N/A; only MRR functions over {table.name}[#All] can use them"
    )
