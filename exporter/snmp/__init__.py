"""SNMP in, a page of metrics out: one scrape is one poll of one device of the inventory."""
