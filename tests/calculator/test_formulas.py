"""Formulas that finance people write, each with the value that Excel documents or that the line beside it works out.

A page named in brackets is Microsoft's page of that function, whose example it is: https://support.microsoft.com/office,
"Excel functions (alphabetical)". Numbers are compared to the digits that stand here.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from mrr_xl.calculator.calculate import calculate
from mrr_xl.xlsx.spills import let_grow
from mrr_xl.xlsx.workbook import read_workbook

#: A sheet D of six charges: day, customer, plan, amount, paid (days 45,306 = 15 January 2024 and so on).
CHARGES = """
Day        | Customer   | Plan | Amount | Paid
2024-01-15 | Ada Ltd    | Pro  | 100    | yes
2024-01-31 | Bob GmbH   | Team | 250    | no
2024-02-10 | Ada Ltd    | Pro  | 100    | yes
2024-02-29 | Cleo Ltd   | Free | 0      | yes
2024-03-05 | Bob GmbH   | Team | 250    | yes
2024-12-31 | Dora & Co  | Pro  | 120    | no
"""
DAYS = [45306, 45322, 45332, 45351, 45356, 45657]

#: Formula, value, source. {…} is an array formula in one cell (Ctrl+Shift+Enter), any other as Excel 2019 wrote it.
ONE_CELL: list[tuple[str, Any, str]] = [
    # Sums over conditions; D2:D7 are the amounts 100, 250, 100, 0, 250, 120.
    ("SUMPRODUCT((MONTH(D!A2:A7)=2)*D!D2:D7)", 100, "February: 100 + 0"),
    ("SUMPRODUCT((YEAR(D!A2:A7)=2024)*(MONTH(D!A2:A7)<=3)*D!D2:D7)", 700, "all but 120"),
    ('SUMPRODUCT(--(LEFT(D!B2:B7,3)="Ada"),D!D2:D7)', 200, "100 + 100"),
    ('SUMPRODUCT(--ISNUMBER(SEARCH("ltd",D!B2:B7)),D!D2:D7)', 200, "100 + 100 + 0"),
    ('SUMPRODUCT((D!C2:C7="Pro")+(D!C2:C7="Team"))', 5, "three and two lines"),
    ("SUMPRODUCT(1/COUNTIF(D!B2:B7,D!B2:B7))", 4, "Ada, Bob, Cleo, Dora"),
    ('SUMPRODUCT(SUMIFS(D!D2:D7,D!C2:C7,{"Pro","Team"}))', 820, "320 + 500"),
    ('SUM(SUMIFS(D!D2:D7,D!C2:C7,{"Pro","Free"}))', 320, "320 + 0"),
    ('SUMIFS(D!D2:D7,D!A2:A7,">="&DATE(2024,2,1),D!A2:A7,"<="&EOMONTH(DATE(2024,2,1),0))', 100, "February"),
    ('SUMIFS(D!D:D,D!B:B,"*ltd*")', 200, "a wildcard, and the case does not matter"),
    ('SUMIFS(D!D2:D7,D!B2:B7,"<>Bob GmbH",D!E2:E7,"yes")', 200, "100 + 100 + 0"),
    ('SUMIF(D!C2:C7,"Pro",D!D2)', 320, "[SUMIF] the sum range takes the size of the range"),
    ('COUNTIFS(D!C2:C7,"Pro",D!D2:D7,">100")', 1, "120"),
    ('COUNTIF(D!B2:B7,"???? *")', 2, "Cleo Ltd and Dora & Co"),
    ('AVERAGEIFS(D!D2:D7,D!E2:E7,"yes")', 112.5, "(100 + 100 + 0 + 250) / 4"),
    ('MAXIFS(D!D2:D7,D!C2:C7,"Pro")', 120, "of 100, 100, 120"),
    ('MINIFS(D!D2:D7,D!D2:D7,">0")', 100, "the least that is not 0"),
    ("SUMPRODUCT(LARGE(D!D2:D7,{1,2,3}))", 620, "250 + 250 + 120"),
    ("{SUM(IF(D!C2:C7=\"Pro\",IF(D!E2:E7=\"yes\",D!D2:D7)))}", 200, "100 + 100"),
    ("{MAX(IF(D!B2:B7=\"Ada Ltd\",D!A2:A7))}", 45332, "10 February"),
    ("{AVERAGE(IF(D!D2:D7<>0,D!D2:D7))}", 164, "820 / 5"),
    # Look-ups.
    ('INDEX(D!D2:D7,MATCH("Cleo Ltd",D!B2:B7,0))', 0, "the fourth amount"),
    ("{INDEX(D!B2:B7,MATCH(1,(D!C2:C7=\"Team\")*(D!E2:E7=\"yes\"),0))}", "Bob GmbH", "the fifth line"),
    ("{INDEX(D!B2:B7,SMALL(IF(D!C2:C7=\"Pro\",ROW(D!C2:C7)-1),3))}", "Dora & Co", "the third line of plan Pro"),
    ('VLOOKUP("Bob*",D!B2:D7,3,FALSE)', 250, "a wildcard finds the second line"),
    ("VLOOKUP(DATE(2024,2,20),D!A2:D7,2,TRUE)", "Ada Ltd", "the last day up to 20 February"),
    ('IFERROR(VLOOKUP("Zed",D!B2:D7,3,FALSE),"none")', "none", "#N/A"),
    ('INDEX(D!D2:D7,MATCH(1,INDEX((D!C2:C7="Team")*(D!E2:E7="yes"),0),0))', 250, "without Ctrl+Shift+Enter"),
    ('SUMPRODUCT(MAX((D!C2:C7="Pro")*D!A2:A7))', 45657, "the last day of plan Pro"),
    ('COUNT(FIND({"a","o"},"Dora"))', 2, "both letters"),
    ('SUM(COUNTIF(D!C2:C7,{"Pro","Free"}))', 4, "three and one"),
    ('LOOKUP(9.9E+307,D!D2:D7)', 120, "the last number"),
    ('LOOKUP(45340,D!A2:A7,D!C2:C7)', "Pro", "the last day up to 18 February"),
    ('LOOKUP(2,1/(D!B2:B7="Ada Ltd"),D!A2:A7)', 45332, "the last line of a customer"),
    ('_xlfn.XLOOKUP("Dora & Co",D!B2:B7,D!D2:D7,"none")', 120, "exact by default"),
    ('_xlfn.XLOOKUP("Ada Ltd",D!B2:B7,D!A2:A7,,0,-1)', 45332, "from the last one back"),
    ('_xlfn.XLOOKUP(200,D!D2:D7,D!B2:B7,"none",-1)', "Dora & Co", "or the next smaller: 120"),
    ("_xlfn.XMATCH(250,D!D2:D7)", 2, "the second line"),
    ('SUM(OFFSET(D!D1,1,0,MATCH("Free",D!C2:C7,0)))', 450, "the first four amounts"),
    ('SUM(INDIRECT("D!D"&2&":D"&4))', 450, "100 + 250 + 100"),
    ("CHOOSE(2,\"2nd\",\"3rd\",\"4th\")", "3rd", "the second value"),
    # Money over time.
    ("PMT(8%/12,10,10000)", -1037.03, "[PMT]"),
    ("PMT(8%/12,10,10000,0,1)", -1030.16, "[PMT] payments at the beginning"),
    ("PMT(6%/12,18*12,0,50000)", -129.08, "[PMT] saving for 18 years"),
    ("PV(0.08/12,12*20,500)", -59777.15, "[PV]"),
    ("FV(0.06/12,10,-200,-500,1)", 2581.40, "[FV]"),
    ("NPER(0.12/12,-100,-1000,10000,1)", 59.6738657, "[NPER]"),
    ("RATE(4*12,-200,8000)", 0.0077, "[RATE] 0.77 % a month"),
    ("IPMT(0.1/12,1,3*12,8000)", -66.67, "[IPMT]"),
    ("PPMT(0.1/12,1,2*12,2000)", -75.62, "[PPMT]"),
    ("CUMIPMT(0.09/12,30*12,125000,13,24,0)", -11135.23213, "[CUMIPMT]"),
    ("CUMPRINC(0.09/12,30*12,125000,13,24,0)", -934.1071234, "[CUMPRINC]"),
    ("NPV(10%,-10000,3000,4200,6800)", 1188.44, "[NPV]"),
    ("NPV(8%,{8000,9200,10000,12000,14500})-40000", 1922.06, "[NPV]"),
    ("IRR({-70000,12000,15000,18000,21000})", -0.021, "[IRR] after four years"),
    ("IRR({-70000,12000,15000,18000,21000,26000})", 0.087, "[IRR] after five years"),
    ("XNPV(0.09,{-10000,2750,4250,3250,2750},{39448,39508,39751,39859,39904})", 2086.65, "[XNPV]"),
    ("XIRR({-10000,2750,4250,3250,2750},{39448,39508,39751,39859,39904},0.1)", 0.3733625, "[XIRR]"),
    ("MIRR({-120000,39000,30000,21000,37000,46000},10%,12%)", 0.1261, "[MIRR] 12.61 %"),
    ("EFFECT(0.0525,4)", 0.0535427, "[EFFECT]"),
    ("NOMINAL(0.053543,4)", 0.05250032, "[NOMINAL]"),
    ("SLN(30000,7500,10)", 2250, "[SLN]"),
    ("SYD(30000,7500,10,1)", 4090.91, "[SYD]"),
    ("DB(1000000,100000,6,1,7)", 186083.33, "[DB]"),
    ("DDB(2400,300,10,1,2)", 480, "[DDB]"),
    ("(820/200)^(1/5)-1", 0.32604, "a yearly growth rate"),
    # Days.
    ("EDATE(DATE(2011,1,15),1)", 40589, "[EDATE] 15 February 2011"),
    ("EDATE(DATE(2024,1,31),1)", 45351, "the last day of February, 29"),
    ("EOMONTH(DATE(2011,1,1),-3)", 40482, "[EOMONTH] 31 October 2010"),
    ("NETWORKDAYS(DATE(2012,10,1),DATE(2013,3,1))", 110, "[NETWORKDAYS]"),
    ("NETWORKDAYS(DATE(2012,10,1),DATE(2013,3,1),DATE(2012,11,22))", 109, "[NETWORKDAYS] with a holiday"),
    ("WORKDAY(DATE(2008,10,1),151)", 39933, "[WORKDAY] 30 April 2009"),
    ("YEARFRAC(DATE(2012,1,1),DATE(2012,7,30))", 0.58055556, "[YEARFRAC] 30/360"),
    ("YEARFRAC(DATE(2012,1,1),DATE(2012,7,30),1)", 0.57650273, "[YEARFRAC] actual"),
    ("YEARFRAC(DATE(2012,1,1),DATE(2012,7,30),3)", 0.57808219, "[YEARFRAC] of 365"),
    ('DATEDIF(DATE(2001,6,1),DATE(2002,8,15),"D")', 440, "[DATEDIF]"),
    ('DATEDIF(DATE(2001,6,1),DATE(2002,8,15),"YD")', 75, "[DATEDIF] without the years"),
    ('DATEDIF(DATE(2023,1,31),DATE(2024,3,1),"M")', 13, "thirteen whole months"),
    ("WEEKNUM(DATE(2012,3,9),2)", 11, "[WEEKNUM] weeks from Monday"),
    ("WEEKDAY(DATE(2008,2,14),2)", 4, "[WEEKDAY] a Thursday"),
    ("DATE(2024,2+1,0)", 45351, "the day before the first of March"),
    ("DATE(1900,2,29)", 60, "a day that Excel keeps, and the calendar does not"),
    ("MONTH(0)", 1, "day 0 is in January 1900"),
    ('DATEVALUE("2024-02-29")', 45351, "ISO text"),
    # Texts.
    ('TEXT(1234.567,"$#,##0.00")', "$1,234.57", "[TEXT]"),
    ('TEXT(0.285,"0.0%")', "28.5%", "[TEXT]"),
    ('TEXT(4.34,"# ?/?")', "4 1/3", "[TEXT]"),
    ('TEXT(12200000,"0.00E+00")', "1.22E+07", "[TEXT]"),
    ('TEXT(1234567898,"[<=9999999]###-####;(###) ###-####")', "(123) 456-7898", "[TEXT] a condition"),
    ('TEXT(1234,"0000000")', "0001234", "[TEXT]"),
    ('TEXT(-1250,"#,##0;(#,##0);–")', "(1,250)", "the section of negative numbers"),
    ('TEXT(0,"#,##0;(#,##0);–")', "–", "the section of 0"),
    ('TEXT(1250000,"[>=1000000]0.00,,""M"";[>=1000]0.0,""K"";0")', "1.25M", "conditions and thousands cut off"),
    ('TEXT(45351,"d mmm yyyy")', "29 Feb 2024", "a date"),
    ('TEXT(45351,"mmmm")&" "&TEXT(45351,"ddd")', "February Thu", "names of month and day"),
    ('TEXT(1.5,"[h]:mm")', "36:00", "hours beyond a day"),
    ('DOLLAR(1234.567,-2)', "$1,200", "[DOLLAR]"),
    ('FIXED(1234.567,1,TRUE)', "1234.6", "[FIXED]"),
    ('SUBSTITUTE("Quarter 1, 2011","1","2",3)', "Quarter 1, 2012", "[SUBSTITUTE]"),
    ('MID("INV-2024-007",5,4)+0', 2024, "a text that counts as a number"),
    ('TRIM(RIGHT(SUBSTITUTE("a/b/c","/",REPT(" ",50)),50))', "c", "what follows the last slash"),
    ('_xlfn.TEXTJOIN(", ",TRUE,"a","","b")', "a, b", "[TEXTJOIN] blanks left out"),
    ('PROPER("2-way street")', "2-Way Street", "[PROPER]"),
    ('VALUE("$1,000")', 1000, "[VALUE]"),
    ('"1"+"2"', 3, "texts that look like numbers are added"),
    ('EXACT("word","Word")', False, "[EXACT]"),
    ('"abc"="ABC"', True, "= does not tell capitals"),
    # Rounding, and numbers that binary fractions can't hold.
    ("ROUND(2.15,1)", 2.2, "[ROUND]"),
    ("ROUND(-1.475,2)", -1.48, "[ROUND]"),
    ("ROUND(21.5,-1)", 20, "[ROUND]"),
    ("ROUND(1.005,2)", 1.01, "as written, not as stored"),
    ("MROUND(10,3)", 9, "[MROUND]"),
    ("CEILING(-2.5,-2)", -4, "[CEILING]"),
    ("FLOOR(-2.5,-2)", -2, "[FLOOR]"),
    ("MOD(-3,2)", 1, "[MOD]"),
    ("INT(-8.9)", -9, "[INT]"),
    ('IF(0.1+0.2=0.3,"equal","not")', "equal", "Excel compares 15 digits"),
    ("0.5-0.4-0.1", 0, "and a last difference of nearly 0 is 0"),
    ("-2^2", 4, "the sign is bound before the power"),
    ("10%%", 0.001, "a percentage of a percentage"),
    # Statistics.
    ("PERCENTILE({1,3,2,4},0.3)", 1.9, "[PERCENTILE]"),
    ("QUARTILE({1,2,4,7,8,9,10,12},1)", 3.5, "[QUARTILE]"),
    ("STDEV({1345,1301,1368,1322,1310,1370,1318,1350,1303,1299})", 27.46391572, "[STDEV]"),
    ("CORREL({3,2,4,5,6},{9,7,12,15,17})", 0.997054486, "[CORREL]"),
    ("SLOPE({2,3,9,1,8,7,5},{6,5,11,7,5,4,4})", 0.305555556, "[SLOPE]"),
    ("FORECAST(30,{6,7,9,15,21},{20,28,31,38,40})", 10.607253, "[FORECAST]"),
    ("RANK(250,D!D2:D7)", 1, "two share the first place"),
    ("AGGREGATE(14,6,D!D2:D7/(D!C2:C7=\"Pro\"),2)", 100, "the second largest, errors left out"),
    ("SUBTOTAL(9,D!D2:D7)", 820, "all lines"),
    ("COUNTBLANK(D!F2:F7)", 6, "an empty column"),
    # Choices.
    ('IF(AND(D!D2>50,OR(D!C2="Pro",D!C2="Team")),"big","small")', "big", "100 and Pro"),
    ('_xlfn.IFS(D!D5>0,"paid",D!D5=0,"free")', "free", "0"),
    ('_xlfn.SWITCH(D!C3,"Pro",1,"Team",2,3)', 2, "Team"),
    ("IFERROR(1/0,\"–\")", "–", "#DIV/0!"),
    ("1/0", "#DIV/0!", "[Excel's errors]"),
    ('MATCH("Zed",D!B2:B7,0)', "#N/A", "not found"),
    ('"a"+1', "#VALUE!", "no number"),
    ("SQRT(-1)", "#NUM!", "[SQRT]"),
    ("_xlfn.LET(_xlpm.x,SUM(D!D2:D7),_xlpm.n,COUNT(D!D2:D7),_xlpm.x/_xlpm.n)", 136.67, "820 / 6"),
    ("_xlfn.LAMBDA(_xlpm.x,_xlpm.x+1)(4)", 5, "called where it is written"),
    ("{SUM(_xlfn._xlws.FILTER(D!D2:D7,D!C2:C7=\"Team\"))}", 500, "250 + 250"),
    ("SUM(_xlfn.SEQUENCE(4,1,1,2))", 16, "1 + 3 + 5 + 7"),
    ("_xlfn.REDUCE(0,D!D2:D7,_xlfn.LAMBDA(_xlpm.a,_xlpm.b,_xlpm.a+_xlpm.b))", 820, "a sum"),
    ("COUNTA(_xlfn.UNIQUE(D!B2:B7))", 4, "four customers"),
]  # fmt: skip

#: Formulas whose answer takes several cells (Excel 365), and those cells.
SPILLED: list[tuple[str, list[list[Any]]]] = [
    ('_xlfn._xlws.FILTER(D!B2:D7,D!C2:C7="Team")', [["Bob GmbH", "Team", 250], ["Bob GmbH", "Team", 250]]),
    ("_xlfn.UNIQUE(D!C2:C7)", [["Pro"], ["Team"], ["Free"]]),
    ("_xlfn._xlws.SORT(_xlfn.UNIQUE(D!D2:D7),,-1)", [[250], [120], [100], [0]]),
    ("_xlfn.SORTBY(D!B2:B4,D!D2:D4,-1)", [["Bob GmbH"], ["Ada Ltd"], ["Ada Ltd"]]),
    ('SUMIFS(D!D2:D7,D!C2:C7,_xlfn.UNIQUE(D!C2:C7))', [[320], [500], [0]]),
    ("_xlfn.SEQUENCE(2,3)", [[1, 2, 3], [4, 5, 6]]),
    ("EOMONTH(DATE(2024,1,1),_xlfn.SEQUENCE(1,3,0))", [[45322, 45351, 45382]]),
    ("TRANSPOSE(D!D2:D4)", [[100, 250, 100]]),
    ("_xlfn.TAKE(D!B2:C7,2)", [["Ada Ltd", "Pro"], ["Bob GmbH", "Team"]]),
    ("_xlfn.VSTACK(D!C2:C3,\"all\")", [["Pro"], ["Team"], ["all"]]),
    ('_xlfn._xlws.FILTER(D!D2:D7,D!D2:D7>1000)', [["#CALC!"]]),
]  # fmt: skip

#: Plain formulas over ranges, as Excel 2019 and before wrote them, in the cells F2 to F7 of the sheet D: each takes the
#: cell of its own row. [Implicit intersection operator]
INTERSECTING: list[tuple[str, list[Any]]] = [
    ("D2:D7*2", [200, 500, 200, 0, 500, 240]),
    ("D2:D7", [100, 250, 100, 0, 250, 120]),
    ('IF(D2:D7>100,"big","small")', ["small", "big", "small", "small", "big", "big"]),
    ("D3:D7", ["#VALUE!", 250, 100, 0, 250, 120]),
    ("VLOOKUP(C2:C7,C$2:D$7,2,FALSE)", [100, 250, 100, 0, 250, 100]),
]


def test_there_are_many() -> None:
    assert len(ONE_CELL) + len(SPILLED) + len(INTERSECTING) >= 140


@pytest.fixture(scope="module")
def computed() -> dict[str, Any]:
    """What every formula gives, all in one workbook: by formula a value, rows of values, or a column."""
    book = openpyxl.Workbook()
    data = book.active
    data.title = "D"
    for row, line in enumerate(CHARGES.strip().splitlines(), 1):
        for column, text in enumerate(line.split("|"), 1):
            data.cell(row, column).value = text.strip()
        if row > 1:
            data.cell(row, 1).value, data.cell(row, 4).value = DAYS[row - 2], float(line.split("|")[3])
    for column, (formula, _) in enumerate(INTERSECTING, 8):
        for row in range(2, 8):
            data.cell(row, column).value = f"={formula}"
    single, spilled = book.create_sheet("One"), book.create_sheet("Spilled")
    for row, (formula, _, _) in enumerate(ONE_CELL, 1):
        is_array = formula.startswith("{") and formula.endswith("}")
        array = ArrayFormula(f"A{row}:A{row}", f"={formula[1:-1]}")
        single.cell(row, 1).value = array if is_array else f"={formula}"
    for number, (formula, _) in enumerate(SPILLED):
        place = f"A{20 * number + 1}"
        spilled[place] = ArrayFormula(place, f"={formula}")
    content = BytesIO()
    book.save(content)
    workbook = read_workbook(content.getvalue())
    let_grow(workbook)
    computed = calculate(workbook)
    assert computed.sentences == []
    values: dict[str, dict[tuple[int, int], Any]] = {name: {} for name in workbook.sheets}
    for (name, _), cells in computed.values.items():
        values[name] |= cells
    found: dict[str, Any] = {formula: values["One"][row, 1] for row, (formula, _, _) in enumerate(ONE_CELL, 1)}
    for number, (formula, rows) in enumerate(SPILLED):
        top, spilled_cells = 20 * number + 1, values["Spilled"]
        mine = {place: value for place, value in spilled_cells.items() if top <= place[0] < top + 20}
        found[formula] = [
            [mine.pop((top + down, 1 + right), "nothing") for right in range(len(line))]
            for down, line in enumerate(rows)
        ]
        assert not mine
    for column, (formula, _) in enumerate(INTERSECTING, 8):
        found[f"@{formula}"] = [values["D"][row, column] for row in range(2, 8)]
    return found


@pytest.mark.parametrize(("formula", "value", "source"), ONE_CELL, ids=[formula for formula, _, _ in ONE_CELL])
def test_a_formula_gives_what_excel_gives(formula: str, value: Any, source: str, computed: dict[str, Any]) -> None:
    if isinstance(value, (bool, str)):
        assert computed[formula] == value
    else:
        digits = len(f"{value}".partition(".")[2]) if isinstance(value, float) else 9
        assert computed[formula] == pytest.approx(value, rel=0, abs=0.51 * 10**-digits)


@pytest.mark.parametrize(("formula", "rows"), SPILLED, ids=[formula for formula, _ in SPILLED])
def test_an_answer_takes_as_many_cells_as_it_needs(
    formula: str, rows: list[list[Any]], computed: dict[str, Any]
) -> None:
    assert computed[formula] == rows


@pytest.mark.parametrize(("formula", "column"), INTERSECTING, ids=[formula for formula, _ in INTERSECTING])
def test_a_plain_formula_over_a_range_takes_the_cell_of_its_row(
    formula: str, column: list[Any], computed: dict[str, Any]
) -> None:
    assert computed[f"@{formula}"] == column
