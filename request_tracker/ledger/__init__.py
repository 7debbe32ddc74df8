"""The ledger of allocations: append-only, chained, the only way a rate changes."""
