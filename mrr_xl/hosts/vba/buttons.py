"""The VBA that the ribbon's buttons call."""

from __future__ import annotations

from mrr_xl.hosts.excel import MISTAKE

#: What the buttons ask Python for is in mrr_xl.report.buttons.
_PYTHON = "mrr_xl.report.buttons"

TEXT = f"""
Option Explicit

'What the menu of mistakes showed when it was opened.
Private listed As Collection

Public Sub NewReport(ByVal control As IRibbonControl)
    Dim data As Range, book As Workbook, folder As String, path As String
    On Error GoTo nothing_selected
    Set data = SelectedData()
    On Error GoTo failed
    Set book = data.Worksheet.Parent
    folder = book.path
    'A workbook that was never saved has no folder, one in the cloud none on this computer.
    If folder = "" Or InStr(folder, "://") > 0 Then folder = Application.DefaultFilePath
    path = Asked("new_report", Array(data, folder, book.Name))
    If path = "" Then Exit Sub
    Application.Workbooks.Open path
    If folder <> book.path Then Tell "The report is " & path
    Exit Sub
nothing_selected:
    Tell "Select a cell in the table first."
    Exit Sub
failed:
    Tell "The report can't be written: " & Err.Description
End Sub

'A row of months and, below it, a row for each figure. In such rows, further figures are put below.
Public Sub InsertFunction(ByVal control As IRibbonControl)
    Dim data As String, at As Range, area As Range, months As Range, figures As Variant, i As Long, book As Workbook
    figures = Split(control.Tag, ";")
    On Error GoTo nothing_selected
    Set book = ActiveCell.Worksheet.Parent
    Set months = MonthsAround(ActiveCell)
    If months Is Nothing Then
        data = Reference(SelectedData())
        Set at = ChosenCell()
        If at Is Nothing Then Exit Sub
        If at.Worksheet.Parent.FullName <> book.FullName Then
            Tell "Select a cell in the workbook of the table, " & book.Name & "."
            Exit Sub
        End If
        Set area = at.Resize(UBound(figures) + 2, 13)
    Else
        data = DataOf(months)
        Set at = months.Cells(1, 1).Offset(months.CurrentRegion.Rows.Count, -1)
        Set area = at.Resize(UBound(figures) + 1, 13)
    End If
    On Error GoTo failed
    If Application.WorksheetFunction.CountA(area) > 0 Then
        Tell "The figures need the cells " & area.Address(False, False) & ", and these are not all empty."
        Exit Sub
    End If
    If months Is Nothing Then
        Set months = at.Offset(0, 1).Resize(1, 12)
        WriteMonths months, data
        Set at = at.Offset(1, 0)
    End If
    For i = 0 To UBound(figures)
        WriteFigure at.Offset(i, 0), Split(figures(i), "|"), data, months
    Next i
    Exit Sub
nothing_selected:
    Tell "Select a cell in the table first."
    Exit Sub
failed:
    Tell "The figures can't be written: " & Err.Description
End Sub

'Application.InputBox gives False instead of a range where it is cancelled.
Private Function ChosenCell() As Range
    On Error Resume Next
    Set ChosenCell = Application.InputBox("The figures take thirteen columns: a name and twelve months. " & _
        "Select the cell where they begin, in the workbook of the table.", "MRR", Type:=8)
    If Not ChosenCell Is Nothing Then Set ChosenCell = ChosenCell.Cells(1, 1)
End Function

Private Sub WriteMonths(ByVal months As Range, ByVal data As String)
    EnterFormula months.Cells(1, 1), "=EDATE(MRR_LAST_MONTH(" & data & "),-11)"
    EnterFormula months.Offset(0, 1).Resize(1, 11), "=EDATE(" & months.Cells(1, 1).Address(False, False) & ",1)"
    months.NumberFormat = "yyyy-mm"
    months.Font.Bold = True
End Sub

'figure: the function, the name of the figure and its number format.
Private Sub WriteFigure(ByVal at As Range, ByVal figure As Variant, ByVal data As String, ByVal months As Range)
    Dim row As Range
    at.Value = figure(1)
    Set row = at.Offset(0, 1).Resize(1, 12)
    EnterFormula row, "=" & figure(0) & "(" & data & "," & months.Cells(1, 1).Address(True, False) & ")"
    row.NumberFormat = figure(2)
End Sub

'The months of the rows that InsertFunction has written around this cell.
Private Function MonthsAround(ByVal cell As Range) As Range
    Dim top As Range
    Set top = cell.CurrentRegion.Rows(1)
    If top.Columns.Count <> 13 Then Exit Function
    If Not top.Cells(1, 2).Formula Like "=EDATE(MRR_LAST_MONTH(*),-11)" Then Exit Function
    Set MonthsAround = top.Offset(0, 1).Resize(1, 12)
End Function

Private Function DataOf(ByVal months As Range) As String
    Dim formula As String
    formula = months.Cells(1, 1).Formula
    DataOf = Mid$(formula, Len("=EDATE(MRR_LAST_MONTH(") + 1)
    DataOf = Left$(DataOf, Len(DataOf) - Len("),-11)"))
End Function

Public Sub CheckData(ByVal control As IRibbonControl)
    Dim data As Range, sheet As Worksheet, first As Object, spills As Variant, checks As String
    On Error GoTo nothing_selected
    Set data = SelectedData()
    checks = "=MRR_CHECKS(" & Reference(data) & ")"
    On Error GoTo too_old
    Set first = data.Cells(1, 1)
    spills = first.Formula2
    On Error GoTo failed
    Set sheet = data.Worksheet.Parent.Worksheets.Add(After:=data.Worksheet)
    Set first = sheet.Range("A1")
    first.Formula2 = checks
    sheet.Columns.AutoFit
    Exit Sub
nothing_selected:
    Tell "Select a cell in the table first."
    Exit Sub
too_old:
    Tell "This version of Excel can't spill formulas. Select a few columns and rows, type " & checks & _
        " and press Ctrl+Shift+Enter."
    Exit Sub
failed:
    Tell "The checks can't be written: " & Err.Description
End Sub

'Excel asks for the menu each time that it is opened.
Public Sub ListMistakes(ByVal control As IRibbonControl, ByRef content As Variant)
    Dim mistake As Variant, number As Long, place As String, entries As String
    Set listed = Mistakes()
    For Each mistake In listed
        number = number + 1
        place = IIf(mistake(0) = "", "In no cell", mistake(0))
        entries = entries & "<button id='MrrMistake" & number & "' tag='" & number & "' label='" & _
            Escaped(place) & "' description='" & Escaped(mistake(1)) & "' onAction='mrr_ribbon.ShowMistake'/>"
    Next mistake
    If number = 0 Then
        entries = "<button id='MrrNoMistake' label='No cell shows a mistake.' enabled='false'/>"
    End If
    content = "<menu xmlns='http://schemas.microsoft.com/office/2009/07/customui' itemSize='large'>" & _
        entries & "</menu>"
End Sub

'An ampersand is doubled, as a single one marks a key.
Private Function Escaped(ByVal said As String) As String
    If Len(said) > 1000 Then said = Left$(said, 1000) & "..."
    said = Replace(Replace(said, "&", "&amp;&amp;"), "<", "&lt;")
    Escaped = Replace(Replace(said, ">", "&gt;"), "'", "&apos;")
End Function

Public Sub ShowMistake(ByVal control As IRibbonControl)
    Dim mistake As Variant
    mistake = listed(CLng(control.Tag))
    On Error Resume Next
    Application.Goto Application.Range(mistake(0))
    Tell mistake(1)
End Sub

Public Sub ShowHelp(ByVal control As IRibbonControl)
    Dim formula As String
    On Error Resume Next
    formula = ActiveCell.formula
    On Error GoTo failed
    Asked "show_help", Array(formula)
    Exit Sub
failed:
    Tell "The help can't be shown: " & Err.Description
End Sub

Public Sub RestartPython(ByVal control As IRibbonControl)
    On Error GoTo failed
    FindPython
    KillPy
    Application.CalculateFull
    Exit Sub
failed:
    Tell "Python was not restarted: " & Err.Description
End Sub

'What Python answers; where that is a mistake, its sentence is shown and the answer is nothing.
Private Function Asked(ByVal name As String, ByVal arguments As Variant) As String
    On Error GoTo failed
    FindPython
    Asked = XLPy.CallUDF("{_PYTHON}", name, arguments, ThisWorkbook, Nothing)
    If InStr(Asked, "{MISTAKE}") = 1 Then
        Tell Mid$(Asked, {len(MISTAKE) + 1})
        Asked = ""
    End If
    Exit Function
failed:
    Err.Raise 1000, Description:=Sentence(Err.Description)
End Function

'The table under the cursor, or the cells around it.
Private Function SelectedData() As Range
    If ActiveCell.ListObject Is Nothing Then
        Set SelectedData = ActiveCell.CurrentRegion
    Else
        Set SelectedData = ActiveCell.ListObject.Range
    End If
End Function

Private Function Reference(ByVal data As Range) As String
    If data.ListObject Is Nothing Then
        Reference = "'" & Replace(data.Worksheet.Name, "'", "''") & "'!" & data.Address
    Else
        Reference = data.ListObject.Name & "[#All]"
    End If
End Function

Private Sub Tell(ByVal said As String)
    MsgBox said, vbInformation, "MRR"
End Sub
"""
