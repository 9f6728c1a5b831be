"""The VBA that registers the functions' help texts when Excel opens the file, and shows the last mistakes.

`Application.MacroOptions` refuses the macros of a hidden workbook, and an add-in is one: it is a plain workbook for
that moment.
"""

from __future__ import annotations

from collections.abc import Iterable

from mrr_xl.functions.sheet_functions import argument_help
from mrr_xl.metrics import Metric

_LONGEST_HELP = 255
#: VBA source has an 8-bit code page that depends on the computer, so it is kept to ASCII.
_PLAIN = str.maketrans({"×": "x", "÷": "/", "−": "-", "–": "-", "≤": "<=", "≥": ">=", "’": "'", "…": "..."})


def text(metrics: Iterable[Metric], *, addin: bool = False) -> str:
    """The module's text for these functions."""
    described = "\n".join(map(_described, metrics))
    told = f"{_SHOWN}\n{described}\n{_HIDDEN}" if addin else described
    return _HELP.replace("{described}", told).replace("{then}", "\n    WatchWorkbooks" if addin else "")


def _described(metric: Metric) -> str:
    texts = ", _\n        ".join(_quoted(help_text) for help_text in argument_help(metric).values())
    return f'    Describe "{metric.name}", _\n        {_quoted(metric.summary)}, Array( _\n        {texts})'


def _quoted(help_text: str) -> str:
    """A VBA string."""
    plain = help_text.translate(_PLAIN)[:_LONGEST_HELP].replace('"', '""')
    return f'"{plain}"'


_SHOWN = """\
    Application.ScreenUpdating = False
    ThisWorkbook.IsAddin = False"""
_HIDDEN = """\
    ThisWorkbook.IsAddin = True
    Application.ScreenUpdating = True"""

_HELP = """
Option Explicit

'Excel forgets what arguments mean when a workbook closes.
Sub Auto_Open()
    Dim changed As Boolean
    changed = Not ThisWorkbook.Saved
    On Error Resume Next
{described}
    If Not changed Then ThisWorkbook.Saved = True{then}
End Sub

Private Sub Describe(ByVal name As String, ByVal description As String, ByVal arguments As Variant)
    Application.MacroOptions Macro:="'" & Replace(ThisWorkbook.Name, "'", "''") & "'!" & name, _
        Description:=description, Category:="MRR", ArgumentDescriptions:=arguments
End Sub

'Why cells show #VALUE!: a message box cuts off what is too long for it, so the latest comes first.
Sub MRR_mistakes()
    Dim said As String, mistake As Variant
    For Each mistake In Mistakes()
        said = said & Trim$(mistake(0) & " " & mistake(1)) & vbCrLf & vbCrLf
    Next mistake
    If said = "" Then said = "No cell shows a mistake."
    MsgBox said, vbInformation, "MRR"
End Sub
"""
