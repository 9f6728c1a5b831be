"""Arrays of a report of ours that grew with their answers, until a program that knows fixed areas alone saved them."""

from __future__ import annotations

from mrr_xl.calculator.parsing import Call, Tree, parsed
from mrr_xl.calculator.texts import Texts
from mrr_xl.metrics import REGISTRY
from mrr_xl.xlsx.spills import add_metadata
from mrr_xl.xlsx.workbook import Workbook

_CHOOSING = ("IF", "IFERROR")


def let_tables_grow(workbook: Workbook) -> None:
    """Let array formulas whose answer is a table of ours grow, where no formula of the workbook does.

    The report's rows of months stay in the areas that they have.
    """
    if workbook.package.related("sheetMetadata"):
        return
    texts = Texts(workbook)
    tables = [(name, at) for name, at in texts if at.area and _gives_a_table(parsed(texts[name, at]))]
    for name, at in tables:
        sheet = workbook.sheet(name)
        workbook.package.touched.add(sheet.part)
        sheet.cell(at.row, at.column).set("cm", "1")
    if tables:
        add_metadata(workbook)


def _gives_a_table(formula: Tree) -> bool:
    if len(formula) != 1 or not isinstance(formula[0], Call):
        return False
    name, arguments = formula[0]
    if name.upper() in _CHOOSING:
        return any(map(_gives_a_table, arguments))
    return formula[0].ours and REGISTRY[name.upper()].kind == "table"
