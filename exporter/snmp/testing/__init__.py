"""Doubles and benchmarks of the SNMP part: scripted agents, farms of them, and the peer they are compared with."""
