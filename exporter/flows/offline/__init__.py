"""Captures and raw datagrams in, the account's totals as a report out; and captures sent again."""
