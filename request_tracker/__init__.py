"""The tracker: requests, outages, SOPs as data, cases as events, and the ledger of allocations."""
