"""Accounts, roles, sessions, delegations and API tokens. Knows no page and no case."""
