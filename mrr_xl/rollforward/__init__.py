"""Ledger → Changes → Movements: how an opening rolls forward to its closing. A Book holds these for one ledger."""
