Attribute VB_Name = "xlwings_udfs"
Function MRR(data, Optional month, Optional where, Optional settings, Optional rates)
    If InFunctionWizard() Then Exit Function
    On Error GoTo failed
    FindPython
    MRR = AsCells("MRR", XLPy.CallUDF("mrr_xl.udfs", "MRR", Array(data, month, where, settings, rates), ThisWorkbook, Application.Caller))
    Exit Function
failed:
    MRR = Mistake("MRR", Err.Description)
End Function

Function MRR_MONTHLY(amount, Optional interval, Optional quantity, Optional discount)
    If InFunctionWizard() Then Exit Function
    On Error GoTo failed
    FindPython
    MRR_MONTHLY = AsCells("MRR_MONTHLY", XLPy.CallUDF("mrr_xl.udfs", "MRR_MONTHLY", Array(amount, interval, quantity, discount), ThisWorkbook, Application.Caller))
    Exit Function
failed:
    MRR_MONTHLY = Mistake("MRR_MONTHLY", Err.Description)
End Function
Attribute VB_Name = "mrr_help"
Option Explicit

'Excel forgets what arguments mean when a workbook closes.
Sub Auto_Open()
    Dim changed As Boolean
    changed = Not ThisWorkbook.Saved
    On Error Resume Next
    Describe "MRR", _
        "The monthly recurring revenue at the end of the month.", Array( _
        "the subscriptions with their header row, such as Subscriptions[#All]", _
        "a month, or a range of months; if left out, the last month reported", _
        "which lines to count, such as ""plan=Pro; region<>US""; if left out, all of them", _
        "a range of two columns, the rule and its value; or a text such as as_of=month_start", _
        "a range of currency, [month] and rate: what one unit is worth in the reporting currency")
    Describe "MRR_MONTHLY", _
        "What a price is worth per month: amount x quantity x (1 - discount), shared out over its interval.", Array( _
        "the price for one interval", _
        "day, week, month, quarter, year, or a count such as 3 months; if left out, month", _
        "how many units are paid for; if left out, 1", _
        "the recurring discount as a fraction, 0.2 for 20 %; if left out, 0")
    If Not changed Then ThisWorkbook.Saved = True
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
