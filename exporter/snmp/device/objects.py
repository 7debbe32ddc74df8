"""The objects that are asked for, by their names in the MIBs (RFC 2863 IF-MIB, RFC 3418 SNMPv2-MIB)."""

SYS_UPTIME = "1.3.6.1.2.1.1.3.0"
IF_NUMBER = "1.3.6.1.2.1.2.1.0"
IF_TABLE_LAST_CHANGE = "1.3.6.1.2.1.31.1.5.0"
IF_STACK_STATUS = "1.3.6.1.2.1.31.1.2.1.3"

_IF = "1.3.6.1.2.1.2.2.1"
IF_INDEX = f"{_IF}.1"
IF_DESCR = f"{_IF}.2"
IF_TYPE = f"{_IF}.3"
IF_SPEED = f"{_IF}.5"
IF_ADMIN = f"{_IF}.7"
IF_OPER = f"{_IF}.8"
IF_LAST_CHANGE = f"{_IF}.9"
IF_IN_OCTETS = f"{_IF}.10"
IF_IN_UCAST = f"{_IF}.11"
IF_IN_DISCARDS = f"{_IF}.13"
IF_IN_ERRORS = f"{_IF}.14"
IF_OUT_OCTETS = f"{_IF}.16"
IF_OUT_UCAST = f"{_IF}.17"
IF_OUT_DISCARDS = f"{_IF}.19"
IF_OUT_ERRORS = f"{_IF}.20"

_X = "1.3.6.1.2.1.31.1.1.1"
IF_NAME = f"{_X}.1"
IF_HC_IN_OCTETS = f"{_X}.6"
IF_HC_IN_UCAST = f"{_X}.7"
IF_HC_IN_MULTICAST = f"{_X}.8"
IF_HC_IN_BROADCAST = f"{_X}.9"
IF_HC_OUT_OCTETS = f"{_X}.10"
IF_HC_OUT_UCAST = f"{_X}.11"
IF_HC_OUT_MULTICAST = f"{_X}.12"
IF_HC_OUT_BROADCAST = f"{_X}.13"
IF_HIGH_SPEED = f"{_X}.15"
IF_ALIAS = f"{_X}.18"
IF_DISCONTINUITY = f"{_X}.19"

# dot3StatsDuplexStatus (RFC 3635, EtherLike-MIB).
DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"

STATE = (IF_ADMIN, IF_OPER, IF_LAST_CHANGE, IF_HIGH_SPEED)
FAULTS = (IF_IN_ERRORS, IF_OUT_ERRORS, IF_IN_DISCARDS, IF_OUT_DISCARDS)
OCTETS_64 = (IF_HC_IN_OCTETS, IF_HC_OUT_OCTETS)
OCTETS_32 = (IF_IN_OCTETS, IF_OUT_OCTETS)
PACKETS_IN = (IF_HC_IN_UCAST, IF_HC_IN_MULTICAST, IF_HC_IN_BROADCAST)
PACKETS_OUT = (IF_HC_OUT_UCAST, IF_HC_OUT_MULTICAST, IF_HC_OUT_BROADCAST)
SELDOM = (IF_DESCR, IF_TYPE, IF_SPEED, IF_ALIAS, IF_DISCONTINUITY, DUPLEX, *OCTETS_64, *OCTETS_32)

# What a person is shown of a column: its name in the MIB (RFC 2863, RFC 3635).
NAME_OF = {
    IF_INDEX: "ifIndex",
    IF_DESCR: "ifDescr",
    IF_TYPE: "ifType",
    IF_SPEED: "ifSpeed",
    IF_ADMIN: "ifAdminStatus",
    IF_OPER: "ifOperStatus",
    IF_LAST_CHANGE: "ifLastChange",
    IF_IN_OCTETS: "ifInOctets",
    IF_IN_DISCARDS: "ifInDiscards",
    IF_IN_ERRORS: "ifInErrors",
    IF_OUT_OCTETS: "ifOutOctets",
    IF_OUT_DISCARDS: "ifOutDiscards",
    IF_OUT_ERRORS: "ifOutErrors",
    IF_NAME: "ifName",
    IF_HC_IN_OCTETS: "ifHCInOctets",
    IF_HC_OUT_OCTETS: "ifHCOutOctets",
    IF_HIGH_SPEED: "ifHighSpeed",
    IF_ALIAS: "ifAlias",
    IF_DISCONTINUITY: "ifCounterDiscontinuityTime",
    IF_STACK_STATUS: "ifStackStatus",
    DUPLEX: "dot3StatsDuplexStatus",
}
