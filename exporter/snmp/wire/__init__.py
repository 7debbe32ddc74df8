"""SNMP on the wire: values in, bytes out, and back; datagrams over one socket. Knows no device."""
