"""The VBA that turns what Python answers into cells, and keeps why cells show #VALUE!."""

from __future__ import annotations

from mrr_xl import cell_errors
from mrr_xl.functions.handles import UNKNOWN
from mrr_xl.functions.sheet_functions import NOT_AVAILABLE
from mrr_xl.hosts.excel import MISTAKE


def text(*, addin: bool = False) -> str:
    """The module's text; the sentences of an add-in differ, as nobody sees its sheets."""
    text = _CELLS
    for place, expression in (_IN_AN_ADDIN if addin else _IN_A_WORKBOOK).items():
        text = text.replace(f"<{place}>", expression)
    return text


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

'A function over a cell of MRR_LEDGER did not know its text.
Public AskedForUnknown As Boolean

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

'#VALUE!, with the sentence in the Immediate window and among the mistakes, in place of an earlier one there.
Public Function Mistake(ByVal name As String, ByVal description As String) As Variant
    Dim cell As String, said As String
    cell = Place()
    said = name & ": " & Sentence(description)
    Debug.Print Trim$(cell & " " & said)
    If kept Is Nothing Then Set kept = New Collection
    On Error Resume Next
    kept.Remove cell & " " & name
    On Error GoTo 0
    If kept.Count >= 20 Then kept.Remove 1
    kept.Add Array(cell, said), cell & " " & name
    If InStr(description, "{UNKNOWN}") > 0 Then AskedForUnknown = True
    Mistake = CVErr({cell_errors.VALUE.vba})
End Function

'The cells that show a mistake, each with its sentence, the latest first.
Public Function Mistakes() As Collection
    Dim i As Long
    Set Mistakes = New Collection
    If kept Is Nothing Then Exit Function
    For i = kept.Count To 1 Step -1
        If StillShown(kept(i)(0)) Then Mistakes.Add kept(i)
    Next i
End Function

'Whether the cell is there and holds an error. A formula that no cell holds, such as a macro's, is always told.
Private Function StillShown(ByVal cell As String) As Boolean
    StillShown = cell = ""
    If StillShown Then Exit Function
    On Error Resume Next
    StillShown = IsError(Application.Range(cell).Cells(1, 1).Value)
End Function

Private Function Place() As String
    On Error Resume Next
    If TypeName(Application.Caller) = "Range" Then _
        Place = Application.Caller.Address(False, False, External:=True)
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

Public Function Sentence(ByVal description As String) As String
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
