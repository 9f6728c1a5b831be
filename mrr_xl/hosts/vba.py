"""The sheet functions as VBA, for Excel on Windows: what calls Python through xlwings, and the help texts.

Three modules. `xlwings_udfs` holds the functions under the name that xlwings' own *Import Functions* uses, so that
pressing it replaces them and never makes a second set. `mrr_cells` turns what Python answers into cells: real
#N/A and #VALUE! errors. `mrr_help` registers the help texts when the workbook opens, and shows the last mistakes. An
add-in has a fourth, for its ribbon, and sentences of its own, as nobody sees its sheets.
"""

from __future__ import annotations

from collections.abc import Iterable

from mrr_xl import cell_errors
from mrr_xl.functions.sheet_functions import NOT_AVAILABLE
from mrr_xl.hosts import ribbon, vba_help
from mrr_xl.hosts.excel import MISTAKE
from mrr_xl.metrics import REGISTRY, Metric

FUNCTIONS, CELLS, HELP, RIBBON = "xlwings_udfs", "mrr_cells", "mrr_help", "mrr_ribbon"
PYTHON_MODULE = "mrr_xl.udfs"


def modules(metrics: Iterable[Metric] | None = None, *, addin: bool = False) -> dict[str, str]:
    """The VBA modules of a workbook or an add-in by name, as text in ASCII with Windows line ends."""
    chosen = list(REGISTRY.values() if metrics is None else metrics)
    cells = _CELLS
    for place, expression in (_IN_AN_ADDIN if addin else _IN_A_WORKBOOK).items():
        cells = cells.replace(f"<{place}>", expression)
    made = {
        FUNCTIONS: _module(FUNCTIONS, "\n".join(map(_function, chosen))),
        CELLS: _module(CELLS, cells),
        HELP: _module(HELP, vba_help.text(chosen, addin=addin)),
    }
    return {**made, RIBBON: _module(RIBBON, ribbon.CALLBACKS)} if addin else made


def _module(name: str, body: str) -> str:
    return f'Attribute VB_Name = "{name}"\n{body.strip()}\n'.replace("\n", "\r\n")


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


_AGAIN = "run mrr-xl addin excel --install from a Python that has mrr_xl, then restart Excel"
#: How a mistake is mended, as VBA: a workbook's settings are on a sheet, an add-in's are hidden.
_IN_A_WORKBOOK = {
    "other path": '''"beside Interpreter_Win on the sheet xlwings.conf, enter the full path of python.exe, " & _
        "without quotes"''',
    "other xlwings": """"this workbook needs xlwings " & XLWINGS_VERSION & ", which Python does not have: " & _
            "check the path beside Interpreter_Win on the sheet xlwings.conf, and run there: " & _
            "pip install xlwings==" & XLWINGS_VERSION""",
    "no library": '"the Python named on the sheet xlwings.conf has no mrr_xl; install it there"',
    "no start": '"Python did not start: check the path beside Interpreter_Win on the sheet xlwings.conf"',
}
_IN_AN_ADDIN = {
    "other path": f'"{_AGAIN}"',
    "other xlwings": f'''"the add-in needs xlwings " & XLWINGS_VERSION & ", which its Python does not have: " & _
            "{_AGAIN}"''',
    "no library": f'"the Python of the add-in has no mrr_xl: {_AGAIN}"',
    "no start": f'"Python did not start: {_AGAIN}"',
}

_CELLS = f"""
Option Explicit
Option Private Module

Private kept As Collection

'What Python answered, as Excel takes it: #N/A as the error it is, blanks blank.
Public Function AsCells(ByVal name As String, ByVal answer As Variant) As Variant
    Dim r As Long, c As Long, cells() As Variant
    Select Case Dimensions(answer)
    Case 0
        AsCells = AsCell(answer)
        If VarType(answer) = vbString Then
            If InStr(answer, "{MISTAKE}") = 1 Then AsCells = Mistake(name, Mid$(answer, {len(MISTAKE) + 1}))
        End If
    Case 1
        ReDim cells(LBound(answer) To UBound(answer))
        For c = LBound(answer) To UBound(answer)
            cells(c) = AsCell(answer(c))
        Next c
        AsCells = cells
    Case Else
        ReDim cells(LBound(answer, 1) To UBound(answer, 1), LBound(answer, 2) To UBound(answer, 2))
        For r = LBound(answer, 1) To UBound(answer, 1)
            For c = LBound(answer, 2) To UBound(answer, 2)
                cells(r, c) = AsCell(answer(r, c))
            Next c
        Next r
        AsCells = cells
    End Select
End Function

Private Function AsCell(ByVal value As Variant) As Variant
    AsCell = value
    If IsNull(value) Or IsEmpty(value) Then
        AsCell = ""
    ElseIf VarType(value) = vbString Then
        If value = "{NOT_AVAILABLE}" Then AsCell = CVErr({cell_errors.NA.vba})
    End If
End Function

Private Function Dimensions(ByVal answer As Variant) As Long
    Dim last As Long
    If Not IsArray(answer) Then Exit Function
    Dimensions = 1
    On Error GoTo done
    last = UBound(answer, 2)
    Dimensions = 2
done:
End Function

'#VALUE!, with the sentence in the Immediate window and in the list that the macro MRR_mistakes shows.
Public Function Mistake(ByVal name As String, ByVal description As String) As Variant
    Dim said As String
    said = Place() & name & ": " & Sentence(description)
    Debug.Print said
    If kept Is Nothing Then Set kept = New Collection
    If kept.Count >= 20 Then kept.Remove 1
    kept.Add said
    Mistake = CVErr({cell_errors.VALUE.vba})
End Function

'The latest first: a message box cuts off what is too long for it.
Public Function Mistakes() As String
    Dim said As Variant
    Mistakes = "There was no mistake since the workbook was opened."
    If kept Is Nothing Then Exit Function
    Mistakes = ""
    For Each said In kept
        Mistakes = said & vbCrLf & vbCrLf & Mistakes
    Next said
End Function

Private Function Place() As String
    On Error Resume Next
    If TypeName(Application.Caller) = "Range" Then
        Place = Application.Caller.Worksheet.Name & "!" & Application.Caller.Address(False, False) & " "
    End If
End Function

'xlwings waits two minutes for a Python that is not there. A name without a folder is for Windows to find.
Public Sub FindPython()
    Dim path As String
    path = GetConfig("INTERPRETER_WIN", "")
    If path = "" Then path = GetConfig("INTERPRETER", "pythonw")
    If path = "python" Or path = "pythonw" Then Exit Sub
    If FileExists(path) Or FileExists(path & ".exe") Then Exit Sub
    Err.Raise 1000, Description:="there is no Python at " & path & ": " & _
        <other path>
End Sub

Private Function Sentence(ByVal description As String) As String
    #If Mac Then
        Sentence = "xlwings' functions need Excel on Windows"
        Exit Function
    #End If
    If InStr(description, "xlwings64-") + InStr(description, "xlwings32-") > 0 Then
        Sentence = <other xlwings>
    ElseIf InStr(description, "No module named 'mrr_xl'") > 0 Then
        Sentence = <no library>
    ElseIf InStr(description, "COM server") > 0 Then
        Sentence = <no start>
    Else
        Sentence = WentWrong(description)
    End If
End Function

'A traceback ends with what went wrong, on lines that are not indented. xlwings' DLL drops its heading and turns the
'lines round. Any other text is kept, on one line.
Private Function WentWrong(ByVal description As String) As String
    Dim lines As Variant, said As String, i As Long, inOrder As Boolean
    description = Replace(Replace(description, vbCrLf, vbLf), vbCr, vbLf)
    inOrder = InStr(description, "Traceback") = 1 Or InStr(description, "Unexpected Python Error") = 1
    lines = Split(description, vbLf)
    For i = 0 To UBound(lines)
        said = lines(IIf(inOrder, UBound(lines) - i, i))
        If Left$(said, 1) <> " " Then
            WentWrong = Trim$(said & " " & WentWrong)
        ElseIf WentWrong <> "" Then
            Exit For
        End If
    Next i
    If InStr(description, vbLf & "  File ") = 0 Then WentWrong = Trim$(Replace(description, vbLf, " "))
End Function

'While the function wizard is open Excel calls a function at every key; Python is not asked then.
Public Function InFunctionWizard() As Boolean
    On Error Resume Next
    InFunctionWizard = Not Application.CommandBars("Standard").Controls(1).Enabled
End Function
"""
