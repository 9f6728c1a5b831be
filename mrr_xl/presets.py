"""The rules of other tools, as far as they differ from the defaults; docs/tools.md has the source of each."""

from __future__ import annotations

#: Tool → rule → value, as a user writes it.
PRESETS: dict[str, dict[str, str]] = {
    "chartmogul": {"netting": "gross", "paused": "counted"},  # the chart MRR Movements; netting=net for the net chart
    "stripe": {"netting": "gross", "churn_on": "cancelled_or_end", "discounts": "forever"},
    "baremetrics": {"past_due_days": "30"},
    "profitwell": {},  # what it publishes are the defaults
    "maxio": {  # Advanced Billing, formerly Chargify
        "grain": "subscription",
        "netting": "gross",
        "churn_on": "cancelled_or_end",
        "reactivation_days": "90",
        "paused": "counted",
    },
    "dbt_playbook": {"as_of": "month_start"},
    "paddle": {"day": "30", "week": "4.33", "churn_on": "cancelled_or_end", "discounts": "ignore"},
    "recurly": {"day": "30"},
    "chargebee": {"grain": "subscription"},
    "zuora": {"week": "30/7", "discounts": "ignore"},  # gross MRR; discounts=net for net MRR
    "polar": {"paused": "counted"},
    "lago": {"week": "4.33", "discounts": "ignore"},
    "posthog": {"grain": "subscription", "reactivation_days": "0"},
    "dbt_stripe": {"grain": "subscription", "discounts": "ignore", "paused": "counted"},  # its contracted MRR
}
