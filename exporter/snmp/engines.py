"""The SNMP engines an office can choose from, by the name in the configuration."""

from exporter.snmp.direct_engine import DirectEngine
from exporter.snmp.easysnmp_engine import EasySession
from exporter.snmp.engine import Engine
from exporter.snmp.gufo_engine import GufoSession

ENGINES: dict[str, Engine] = {"direct": DirectEngine(), "gufo": GufoSession, "easysnmp": EasySession}
DEFAULT = "direct"
