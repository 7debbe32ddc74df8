"""The drop-in for snmp_exporter: module=if_mib, the same names and values."""
