"""The add-in's ribbon tab: its description, and the VBA that its buttons call.

The description is a part of the file, as [MS-CUSTOMUI] (https://learn.microsoft.com/openspecs/office_standards/
ms-customui) has it, in the version that Excel reads since 2010. Its pictures are Office's own.
"""

from __future__ import annotations

PART = "customUI/customUI14.xml"
CONTENT_TYPE = "application/xml"
RELATIONSHIP = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"

CUSTOM_UI = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<customUI xmlns="http://schemas.microsoft.com/office/2009/07/customui">
  <ribbon>
    <tabs>
      <tab id="MrrTab" label="MRR" keytip="YM">
        <group id="MrrData" label="Data">
          <button id="MrrCheckData" label="Check data" size="large" imageMso="DataValidation" keytip="C"
            onAction="mrr_ribbon.CheckData" screentip="Check data"
            supertip="What is wrong in the table under the cursor, on a new sheet (MRR_CHECKS)."/>
          <button id="MrrWhyValue" label="Why #VALUE!" size="large" imageMso="ErrorChecking" keytip="W"
            onAction="mrr_ribbon.WhyValue" screentip="Why #VALUE!"
            supertip="The last mistakes, each with its cell."/>
        </group>
        <group id="MrrFunctions" label="Functions">
          <button id="MrrHelp" label="Help" size="large" imageMso="FunctionWizard" keytip="H"
            onAction="mrr_ribbon.ShowHelp" screentip="Help"
            supertip="The function in the selected cell and its arguments; in an empty cell, all functions."/>
          <button id="MrrRestartPython" label="Restart Python" size="large" imageMso="Refresh" keytip="R"
            onAction="mrr_ribbon.RestartPython" screentip="Restart Python"
            supertip="Start Python anew, such as after an upgrade, and compute every open workbook again."/>
        </group>
      </tab>
    </tabs>
  </ribbon>
</customUI>
"""

CALLBACKS = """
Option Explicit

Public Sub WhyValue(ByVal control As IRibbonControl)
    MRR_mistakes
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

'Without a cell, such as on a chart's sheet, there is no function to help with.
Public Sub ShowHelp(ByVal control As IRibbonControl)
    On Error GoTo failed
    ActiveCell.FunctionWizard
    Exit Sub
failed:
    Tell "Select a cell first, with a function or without."
End Sub

'Excel before 2021 has no Formula2. Asked for by name only when it runs, it keeps no macro from running there.
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
    Tell "Select a cell of the table first."
    Exit Sub
too_old:
    Tell "This Excel has no formulas that spill. Select a few columns and rows, type " & checks & _
        " and press Ctrl+Shift+Enter."
    Exit Sub
failed:
    Tell "The checks can't be written: " & Err.Description
End Sub

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
