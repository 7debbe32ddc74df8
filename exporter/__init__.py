"""SNMP, NetFlow, traps and 1-second reachability in; /metrics and outage alerts out. Decides no allocation."""
