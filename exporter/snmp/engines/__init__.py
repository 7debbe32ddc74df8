"""The libraries that speak SNMP, behind one interface: an SnmpTarget in, a Session out."""
