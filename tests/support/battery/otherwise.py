"""Formulas that the engine computes otherwise than Excel: each keeps the value that it had, and is named."""

from __future__ import annotations

from typing import Any

#: Formula, Excel's value, what the sentence says of it.
OTHERWISE: list[tuple[str, Any, str]] = [
    ("SUMPRODUCT(SUBTOTAL(109,OFFSET(F!A2,ROW(F!A2:A5)-ROW(F!A2),0)))", 50, "OFFSET to several places"),
    ("SUMPRODUCT(SUBTOTAL(103,OFFSET(F!A2,ROW(F!A2:A5)-2,0))*(F!A2:A5>10))", 1, "OFFSET to several places"),
    ("SUMPRODUCT(N(OFFSET(D!D2,{0,1,2},0)))", 450, "OFFSET to several places"),
    ('SUMPRODUCT(SUMIF(INDIRECT({"Jan","Feb","Mar"}&"!A1"),">0"))', 600, "INDIRECT of several places"),
    ('SUM(INDIRECT("Sales[Units]"))', 60, "INDIRECT of a table"),
    ('_xlfn.TEXTSPLIT("abc","")', "#VALUE!", "TEXTSPLIT without a delimiter"),
    ("SUBTOTAL(9,OFFSET(F!A2,0,0,4))", 50, "SUBTOTAL of cells that a function gives"),
    ("PHONETIC(D!B2)", "Ada Ltd", "PHONETIC"),
    ("_xlfn.LAMBDA(_xlpm.a,_xlop.b,IF(_xlfn.ISOMITTED(_xlop.b),_xlpm.a,0))(5)", 5, "ISOMITTED"),
    ('_xlfn.MINIFS(E!A1:A8,E!A1:A8,">0",E!A1:A8,"<5")', 1, "MINIFS"),
    ("_xlfn.FORMULATEXT(E!A2)", "=1/0", "FORMULATEXT"),
    ('GETPIVOTDATA("Amount",D!A1)', "#REF!", "GETPIVOTDATA"),
    ('CELL("address",D!B2)', "D!$B$2", "CELL"),
    ('INFO("numfile")', 11, "INFO"),
]
