"""The module of the benchmark: ten devices with a module of 200 values, one ``snmp.yml`` for both exporters.

Our server answers it as it answers any module of an office's own file, so that both walk the same columns of the same
agents in the same round and give the same page.
"""

import socket
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from exporter.snmp.device import objects as c
from exporter.snmp.drop_in.if_mib_columns import COLUMNS
from exporter.snmp.testing.bench_children import Farm, free, ours, scripted
from exporter.snmp.testing.bench_city import V2C
from exporter.snmp.testing.farm import addresses
from exporter.snmp.testing.peer import AUTH, configuration, snmp_exporter
from exporter.snmp.testing.scraping import AT_ONCE, Cost, ScrapeSubject, measured

DEVICES, ROWS = 10, 25
# Eight columns of 25 rows are 200 values; names come beside them, as labels.
VALUES = (c.IF_ADMIN, c.IF_OPER, *c.FAULTS, *c.OCTETS_64)
# Ten devices are soon read: each is asked ten times in a round, so that what it costs is more than a tick of the clock.
_TIMES = 10
SCRAPES = DEVICES * _TIMES


def module_costs(rounds: int) -> tuple[Cost, Cost]:
    """Our cost and the peer's for the module of 200 values."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="lebarpita-bench-")))
        interfaces = [f"e{n}" for n in range(1, ROWS + 1)]
        farm = Farm(free(socket.SOCK_DGRAM), list(addresses(DEVICES)), interfaces)
        stack.enter_context(scripted(farm))
        columns = [column for column in COLUMNS if column.oid in VALUES]
        # The looked-up names are walked as the generator of snmp_exporter writes it.
        walk = (*VALUES, c.IF_NAME, c.IF_ALIAS, c.IF_DESCR)
        http = free(socket.SOCK_STREAM)
        peer = stack.enter_context(snmp_exporter(folder, http, configuration(V2C, columns, walk)))
        child, page = stack.enter_context(ours(farm, V2C, modules=folder / "snmp.yml"))
        url = f"http://127.0.0.1:{http}/snmp?module=if_mib&auth={AUTH}&target="
        own = ScrapeSubject(child.pid, page.replace("target=", "module=if_mib&target="), _times(farm.agents))
        other = ScrapeSubject(peer.pid, url, _times([f"{address}:{farm.port}" for address in farm.agents]))
        own_cost, peer_cost = measured((own, other), rounds, AT_ONCE)
    return own_cost, peer_cost


def _times(targets: list[str]) -> list[str]:
    return targets * _TIMES
