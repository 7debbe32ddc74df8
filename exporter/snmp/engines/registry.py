"""The SNMP engines an office can choose from, by the name in the configuration."""

from exporter.snmp.engines.direct_engine import DirectEngine
from exporter.snmp.engines.easysnmp_engine import EasySession
from exporter.snmp.engines.gufo_engine import GufoSession
from exporter.snmp.engines.interface import Engine, Session, SnmpTarget


def _with_net_snmp(engine: Engine) -> Engine:
    """The engine, with net-snmp's library for the targets that it alone can ask: a context of SNMP v3, or TCP."""

    def session(target: SnmpTarget) -> Session:
        return EasySession(target) if target.context or target.transport == "tcp" else engine(target)

    return session


ENGINES: dict[str, Engine] = {
    "direct": _with_net_snmp(DirectEngine()),
    "gufo": _with_net_snmp(GufoSession),
    "easysnmp": EasySession,
}
DEFAULT = "direct"
