"""The VBA that mends the functions in workbooks as Excel opens them, for an add-in.

Excel binds a function's name when a formula is entered. In a file that was not written by Excel the name is bound to
nothing, and the cell shows #NAME? once it is computed, until the formula is entered again
(https://support.microsoft.com, KB 945828). A workbook that Excel saved holds the path of the add-in as a link; for
another user the add-in is elsewhere (KB 817578).
"""

from __future__ import annotations

from collections.abc import Iterable

from mrr_xl import cell_errors
from mrr_xl.metrics import Metric
from mrr_xl.version import AUTHOR

#: A class, as only an object can be told of Excel's events.
WATCH = """
Option Explicit

Public WithEvents Watched As Application

Private Sub Watched_WorkbookOpen(ByVal Wb As Workbook)
    Mend Wb
End Sub

'A function itself may not change anything; when Excel has computed all, this may.
Private Sub Watched_AfterCalculate()
    ReadIfAsked
End Sub
"""


def text(metrics: Iterable[Metric]) -> str:
    """The module's text for these functions."""
    # MRR_ stands for all that begin with it.
    names = dict.fromkeys("MRR_" if metric.name.startswith("MRR_") else f"{metric.name}(" for metric in metrics)
    return _TEXT.replace("<names>", ", ".join(f'"{name}"' for name in names))


_TEXT = f"""
Option Explicit
Option Private Module

Private watch As mrr_watch
Private lastRead As Date

'Excel may have opened workbooks before the add-in.
Public Sub WatchWorkbooks()
    Dim book As Workbook
    Set watch = New mrr_watch
    Set watch.Watched = Application
    For Each book In Application.Workbooks
        Mend book
    Next book
End Sub

'Nothing of it need be saved: it is done again when the workbook is opened again.
Public Sub Mend(ByVal book As Workbook)
    Dim sheet As Worksheet, byUs As Boolean, changed As Boolean
    If book Is ThisWorkbook Then Exit Sub
    On Error Resume Next
    changed = Not book.Saved
    RedirectLinks book
    byUs = book.BuiltinDocumentProperties("Last Author").Value = "{AUTHOR}"
    For Each sheet In book.Worksheets
        EnterAgain sheet, byUs
    Next sheet
    If Not changed Then book.Saved = True
End Sub

Private Sub RedirectLinks(ByVal book As Workbook)
    Dim links As Variant, link As Variant
    links = book.LinkSources(1)
    If IsEmpty(links) Then Exit Sub
    On Error Resume Next
    For Each link In links
        If IsElsewhere(link) Then book.ChangeLink link, ThisWorkbook.FullName, 1
    Next link
End Sub

Public Function IsElsewhere(ByVal link As String) As Boolean
    Dim name As String
    name = Mid$(link, InStrRev(Replace(link, "/", "\\"), "\\") + 1)
    IsElsewhere = LCase$(name) = LCase$(ThisWorkbook.Name) And LCase$(link) <> LCase$(ThisWorkbook.FullName)
End Function

'The formulas that show #NAME?, or nothing as they were never computed; all of ours in a workbook that nobody has saved
'since mrr_xl wrote it, as a name there is bound to nothing, too, and the figures that were written hide it. Macros of
'the workbook that follow its changes are not run.
Private Sub EnterAgain(ByVal sheet As Worksheet, ByVal byUs As Boolean)
    Dim cell As Range, mode As Long, drawn As Boolean, told As Boolean
    If Not HasOurs(sheet) Then Exit Sub
    mode = Application.Calculation
    drawn = Application.ScreenUpdating
    told = Application.EnableEvents
    On Error GoTo left
    Application.Calculation = -4135
    Application.ScreenUpdating = False
    Application.EnableEvents = False
    For Each cell In sheet.Cells.SpecialCells(-4123)
        If IsOurs(cell.Formula) Then
            If byUs Then
                Enter cell
            ElseIf IsError(cell.Value) Then
                If cell.Value = CVErr({cell_errors.NAME.vba}) Then Enter cell
            ElseIf IsEmpty(cell.Value) Then
                Enter cell
            End If
        End If
    Next cell
left:
    Application.EnableEvents = told
    Application.ScreenUpdating = drawn
    Application.Calculation = mode
End Sub

Private Function HasOurs(ByVal sheet As Worksheet) As Boolean
    Dim name As Variant
    For Each name In Array(<names>)
        If Not HasOurs Then HasOurs = Not sheet.Cells.Find(name, LookIn:=-4123, LookAt:=2, MatchCase:=False) Is Nothing
    Next name
End Function

Private Function IsOurs(ByVal formula As String) As Boolean
    Dim name As Variant
    For Each name In Array(<names>)
        If InStr(1, formula, name, 1) > 0 Then IsOurs = True
    Next name
End Function

'As if F2 and Enter were pressed; an array's formula in its first cell. A protected sheet keeps its #NAME?.
'An Excel that spills nothing has no SpillParent, and would refuse to compile it of a Range.
Private Sub Enter(ByVal cell As Object)
    Dim first As Object
    On Error Resume Next
    If cell.HasArray Then
        Set first = cell.CurrentArray.Cells(1, 1)
        If first.Address <> cell.Address Then Exit Sub
        If cell.CurrentArray.Count > 1 And Not IsSpilled(cell) Then
            cell.CurrentArray.FormulaArray = cell.FormulaArray
            Exit Sub
        End If
    ElseIf IsSpilled(cell) Then
        If cell.SpillParent.Address <> cell.Address Then Exit Sub
    End If
    EnterFormula cell, FormulaOf(cell)
End Sub

'Excel before 2021 spills nothing.
Private Function IsSpilled(ByVal cell As Object) As Boolean
    On Error Resume Next
    IsSpilled = cell.HasSpill
End Function

Private Function FormulaOf(ByVal cell As Object) As String
    FormulaOf = cell.Formula
    On Error Resume Next
    FormulaOf = cell.Formula2
End Function

'Where formulas spill, Formula would put an @ before a function. Asked for by name only when it runs, Formula2 keeps
'no macro from running in an Excel that has none.
Public Sub EnterFormula(ByVal cells As Object, ByVal formula As String)
    On Error GoTo none
    cells.Formula2 = formula
    Exit Sub
none:
    cells.Formula = formula
End Sub

Public Sub ReadIfAsked()
    If AskedForUnknown Then ReadLedgersAgain
    AskedForUnknown = False
End Sub

'The texts of MRR_LEDGER mean nothing to a Python that was started since. Once a minute at most: a text that somebody
'has typed stays unknown. All is computed, as Range.Dirty works on the active sheet only.
Private Sub ReadLedgersAgain()
    Dim book As Workbook, sheet As Worksheet, found As Boolean
    If Now - lastRead < TimeSerial(0, 1, 0) Then Exit Sub
    lastRead = Now
    On Error Resume Next
    For Each book In Application.Workbooks
        For Each sheet In book.Worksheets
            If Not found Then _
                found = Not sheet.Cells.Find("MRR_LEDGER(", LookIn:=-4123, LookAt:=2, MatchCase:=False) Is Nothing
        Next sheet
    Next book
    If found Then Application.CalculateFull
End Sub
"""
