"""The SNMP engines an office can choose from, by the name in the configuration."""

from exporter.snmp.engines.direct_engine import DirectEngine
from exporter.snmp.engines.easysnmp_engine import EasySession
from exporter.snmp.engines.gufo_engine import GufoSession
from exporter.snmp.engines.interface import Engine

ENGINES: dict[str, Engine] = {"direct": DirectEngine(), "gufo": GufoSession, "easysnmp": EasySession}
DEFAULT = "direct"
