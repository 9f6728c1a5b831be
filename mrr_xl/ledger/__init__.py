"""Table → Ledger: one row per subscription period, checked, priced per month and converted."""
