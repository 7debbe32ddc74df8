"""The libraries that speak SNMP, behind one interface: a Target in, a Session out."""
