"""The sheet functions as VBA, for Excel on Windows: what calls Python through xlwings, and the help texts.

Three modules. `xlwings_udfs` holds the functions under the name that xlwings' own *Import Functions* uses, so that
pressing it replaces them and never makes a second set. `mrr_cells` turns what Python answers into cells: real
#N/A and #VALUE! errors. `mrr_help` registers the help texts when the workbook opens, and shows the last mistakes.

An add-in has three more: `mrr_ribbon` is what its buttons call, `mrr_workbooks` mends the formulas of workbooks that
are opened, and the class `mrr_watch` is told by Excel when that is.
"""

from __future__ import annotations

from collections.abc import Iterable

from mrr_xl.hosts.vba import buttons, cells, help, workbooks
from mrr_xl.metrics import REGISTRY, Metric

FUNCTIONS, CELLS, HELP = "xlwings_udfs", "mrr_cells", "mrr_help"
RIBBON, WORKBOOKS, WATCH = "mrr_ribbon", "mrr_workbooks", "mrr_watch"
CLASSES = (WATCH,)
PYTHON_MODULE = "mrr_xl.udfs"
#: As Excel writes them for a class that only its own project knows.
_OF_A_CLASS = "".join(
    f"Attribute VB_{attribute} = False\n" for attribute in ("GlobalNameSpace", "Creatable", "PredeclaredId", "Exposed")
)


def modules(metrics: Iterable[Metric] | None = None, *, addin: bool = False) -> dict[str, str]:
    """The VBA modules of a workbook or an add-in by name, as text in ASCII with Windows line ends."""
    chosen = list(REGISTRY.values() if metrics is None else metrics)
    made = {
        FUNCTIONS: "\n".join(map(_function, chosen)),
        CELLS: cells.text(addin=addin),
        HELP: help.text(chosen, addin=addin),
    }
    if addin:
        made |= {RIBBON: buttons.TEXT, WORKBOOKS: workbooks.text(chosen), WATCH: workbooks.WATCH}
    return {name: _module(name, text) for name, text in made.items()}


def _module(name: str, body: str) -> str:
    attributes = f'Attribute VB_Name = "{name}"\n' + (_OF_A_CLASS if name in CLASSES else "")
    return f"{attributes}{body.strip()}\n".replace("\n", "\r\n")


def _function(metric: Metric) -> str:
    name, arguments = metric.name, metric.arguments
    signature = ", ".join(f"Optional {item}" if optional else item for item, optional in arguments.items())
    given = f'"{PYTHON_MODULE}", "{name}", Array({", ".join(arguments)}), ThisWorkbook, Application.Caller'
    return f"""Function {name}({signature})
    If InFunctionWizard() Then Exit Function
    On Error GoTo failed
    FindPython
    {name} = AsCells("{name}", XLPy.CallUDF({given}))
    Exit Function
failed:
    {name} = Mistake("{name}", Err.Description)
End Function
"""
