"""The VBA as it runs, in an interpreter that is not Excel's, and as another library reads it from a file."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from pyopenvba.apps.excel import ExcelApplication

from mrr_xl.hosts import vba

_SERVER = """
Public Function CallUDF(script, fname, args, book, caller)
    Dim rows(0 To 1, 0 To 1) As Variant
    rows(0, 0) = "customer": rows(0, 1) = "#N/A": rows(1, 0) = Null: rows(1, 1) = 3
    Select Case fname
    Case "MRR": CallUDF = 160.5
    Case "ARR": CallUDF = "#N/A"
    Case "MRR_NEW": CallUDF = Array(1, "#N/A", Null, "#NAME")
    Case "MRR_MOVEMENTS": CallUDF = rows
    Case "MRR_OPENING": CallUDF = IsMissing(args(1))
    Case "MRR_CHURN": CallUDF = "#VALUE! 'soon' is not a month; write it as 2024-03"
    Case "MRR_FX": CallUDF = Null
    Case "MRR_HHI": Err.Raise 1000, Description:=args(0)
    Case "new_report"
        Debug.Print script & " " & fname & " " & args(0).Address(False, False) & " " & args(1) & " " & args(2)
        CallUDF = args(1) & "\\report.xlsx"
        If args(1) = "mistaken" Then CallUDF = "#VALUE! row 2, column Amount: no"
    Case "show_help"
        Debug.Print script & " " & fname & " " & args(0)
        CallUDF = "functions.html"
    Case Else: Err.Raise 1000, Description:=fname & " " & args(0)
    End Select
End Function
"""
_XLWINGS = """
Public Const XLWINGS_VERSION As String = "0.0.1"
Public started As Boolean
Public interpreter As String
Function XLPy() As Object
    started = True
    Set XLPy = New Server
End Function
Function GetConfig(configKey As String, Optional default As String = "") As String
    GetConfig = default
    If configKey = "INTERPRETER_WIN" Then GetConfig = interpreter
End Function
Function FileExists(ByVal FileSpec As String) As Boolean
    FileExists = FileSpec = "C:\\My Python\\python.exe"
End Function
Function Shown(path) As Variant
    interpreter = path
    Shown = MRR(1)
End Function
Function WasStarted() As Boolean
    WasStarted = started
End Function
"""
_OPTIONS = """
Public described As String
Sub MacroOptions(Macro, Description, Category, ArgumentDescriptions)
    described = described & Category & "|" & Macro & "|" & Description & "|" & Join(ArgumentDescriptions, "|") & vbLf
End Sub
Function Told() As String
    Told = described
End Function
Sub ShowError()
    Range("B2").Value = CVErr(2015)
End Sub
"""
#: What the interpreter lacks of Excel, and what stands in for it.
_LACKING = {
    'Application.CommandBars("Standard").Controls(1).Enabled': "True",
    "Application.Caller": 'Range("B2")',
    "WithEvents ": "",
    "Application.MacroOptions": "MacroOptions",
}


def application(replaced: dict[str, str], *, addin: bool = False) -> Any:
    """An Excel with the modules of a workbook or of the add-in. replaced: texts of theirs, by what they stand for."""
    app = ExcelApplication()
    app.add_workbook()
    for name, text in vba.modules(addin=addin).items():
        for found, stand_in in (_LACKING | replaced).items():
            text = text.replace(found, stand_in)
        app.add_module(text, name=name, kind="class" if name in vba.CLASSES else "standard")
    app.add_module(_XLWINGS, name="xlwings")
    app.add_module(_OPTIONS, name="options")
    app.add_module(_SERVER, name="Server", kind="class")
    app.run("ShowError")
    return app


def shown(value: Any) -> Any:
    if isinstance(value, list):
        return [shown(item) for item in value]
    return str(value) if type(value).__name__ == "VBAErrorValue" else value


def as_vba(text: str) -> str:
    quoted = '"' + text.replace('"', '""') + '"'
    return quoted.replace("\r", '" & vbCr & "').replace("\n", '" & vbLf & "')


def extracted(path: Path) -> dict[str, str]:
    """The modules as oletools reads them, which knows nothing of the library that wrote them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from oletools.olevba import VBA_Parser

        parser = VBA_Parser(str(path))
        try:
            return {name: code for _, _, name, code in parser.extract_macros()}
        finally:
            parser.close()
