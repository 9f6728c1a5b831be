"""The sheet Unit economics: what a customer is worth, and what it costs to win one."""

from __future__ import annotations

from typing import Any

from mrr_xl.report import style
from mrr_xl.report.formulas import MARGIN, UNDEFINED, Lookup, arithmetic, rule
from mrr_xl.report.sheets import monthly, movements
from mrr_xl.report.sheets.monthly import HEADER_ROW, Row

NAME = "Unit economics"
_INPUTS, _WORTH, _EFFICIENCY = "Your inputs", "Per customer", "Efficiency"


def rows(plain: bool = False) -> tuple[Row, ...]:
    """The rows of the sheet. plain: where no function of ours is called."""

    def linked(key: str) -> str:
        return f"{movements.NAME}!{{c}}{movements.row_numbers()[key]}"

    net_new = movements.row_numbers()["MRR_NET_NEW"]
    last_three = f"{movements.NAME}!{{c2}}{net_new}:{{c}}{net_new}"
    quarter_before = "{c5}{spend}:{c3}{spend}"
    gross_margin = MARGIN if plain else rule("gross_margin")
    ltv_cac = arithmetic("MRR_LTV_CAC", plain, ltv="{c}{MRR_LTV}", cac="{c}{cac}")
    payback = arithmetic(
        "MRR_CAC_PAYBACK", plain, spend="{c}{spend}", new_mrr="{c}{new_mrr}", gross_margin=gross_margin
    )
    magic = arithmetic("MRR_MAGIC_NUMBER", plain, net_new_mrr=f"SUM({last_three})", spend=f"SUM({quarter_before})")
    magic = f'IF(COUNT({quarter_before})<3,"",{magic})'
    if not plain:  # a column may be a quarter itself; of a year there is no magic number
        of_quarters = arithmetic("MRR_MAGIC_NUMBER", plain, net_new_mrr=linked("MRR_NET_NEW"), spend="{c1}{spend}")
        of_quarters = f'IF({{c1}}{{spend}}="","",{of_quarters})'
        magic = f'IF(Period_months=1,{magic},IF(Period_months=3,{of_quarters},""))'
    last_burn = "{c2}{burn}:{c}{burn}"
    burn = arithmetic("MRR_BURN_MULTIPLE", plain, net_burn=f"SUM({last_burn})", net_new_mrr=f"SUM({last_three})")
    burn = f'IF(COUNT({last_burn})<3,"",{burn})'
    if not plain:  # of a longer period, both are in its column
        of_period = arithmetic("MRR_BURN_MULTIPLE", plain, net_burn="{c}{burn}", net_new_mrr=linked("MRR_NET_NEW"))
        burn = f'IF(Period_months=1,{burn},IF({{c}}{{burn}}="","",{of_period}))'
    rule_of_40 = arithmetic("MRR_RULE_OF_40", plain, growth="{c}{MRR_GROWTH_YOY}", margin="{c}{margin}")
    undefined = UNDEFINED if plain else "NA()"
    if_spend, if_margin = (f'IF(OR({{c}}{HEADER_ROW}="",{{c}}{{{key}}}=""),""' for key in ("spend", "margin"))
    with_month = f'IF({{c}}{HEADER_ROW}="","",'
    return (
        Row(_INPUTS, "Sales and marketing spend", "spend", unit="money", is_input=True),
        Row(_INPUTS, "Profit margin of the last twelve months", "margin", unit="rate", is_input=True),
        Row(_INPUTS, "Net burn: cash out less cash in", "burn", unit="money", is_input=True),
        Row(_WORTH, "New MRR", "new_mrr", linked("MRR_NEW"), "money", is_link=True),
        Row(_WORTH, "New customers", "new_customers", linked("MRR_NEW_CUSTOMERS"), "count", is_link=True),
        Row(_WORTH, "Average MRR per customer (ARPA)", "MRR_ARPA"),
        Row(_WORTH, "Average MRR of a new customer", "MRR_ASP"),
        Row(_WORTH, "Lifetime value (LTV)", "MRR_LTV"),
        Row(_WORTH, "Cost to win a customer (CAC)", "cac",
            f"{if_spend},IF({{c}}{{new_customers}}=0,{undefined},{{c}}{{spend}}/{{c}}{{new_customers}}))", "money"),
        Row(_WORTH, "LTV ÷ CAC", "ltv_cac", f"{if_spend},{ltv_cac})", "ratio"),
        Row(_WORTH, "CAC payback (months)", "payback",
            f"{if_spend},{payback})", "number"),
        Row(_EFFICIENCY, "Magic number", "magic",
            f"{with_month}{magic})", "number", reach=5),
        Row(_EFFICIENCY, "Burn multiple", "burn_multiple", f"{with_month}{burn})", "ratio", reach=2),
        Row(_EFFICIENCY, "MRR growth over twelve months", "MRR_GROWTH_YOY"),
        Row(_EFFICIENCY, "Growth + margin (rule of 40)", "rule_of_40",
            f"{if_margin},{rule_of_40})", "rate"),
    )  # fmt: skip


def add(workbook: Any, months: int, lookup: Lookup | None = None) -> Any:
    sheet = workbook.create_sheet(NAME)
    inputs = "Fill in the blue cells of the columns as they stand; the gross margin is a rule on Settings."
    style.title(sheet, NAME, f"What a customer is worth, compared with what it costs to win one. {inputs}")
    monthly.add_months(sheet, months, by_period=lookup is None)
    monthly.add_rows(sheet, rows(lookup is not None), months, lookup)
    monthly.view(sheet, months, NAME)
    sheet.sheet_properties.tabColor = style.LIGHT_TAB
    return sheet
