"""The status lane of the benchmark: the states of all ports of a farm every second, as a share of one core."""

import asyncio
import time
from collections.abc import Sequence

from exporter.snmp.device.objects import IF_OPER, SYS_UPTIME
from exporter.snmp.engines.interface import Login, SnmpTarget
from exporter.snmp.engines.registry import DEFAULT, ENGINES

# What the share is given for.
DEVICES = 500


async def _lane(agents: Sequence[str], port: int, interfaces: int, login: Login, seconds: int) -> float:
    oids = [SYS_UPTIME, *(f"{IF_OPER}.{n}" for n in range(1, interfaces + 1))]
    sessions = [ENGINES[DEFAULT](SnmpTarget(address, address, login, port)) for address in agents]
    # Once before the clock starts, so that what a session does only once is not counted.
    await asyncio.gather(*(session.get(oids) for session in sessions))
    loop = asyncio.get_running_loop()
    began, spent = loop.time(), time.process_time()
    for second in range(seconds):
        answers = await asyncio.gather(*(session.get(oids) for session in sessions))
        if any(len(answer) != len(oids) for answer in answers):
            raise RuntimeError("bench: a state was not read")
        await asyncio.sleep(max(0.0, began + second + 1 - loop.time()))
    share = (time.process_time() - spent) / seconds
    for session in sessions:
        session.close()
    return share


def status_share(agents: Sequence[str], port: int, interfaces: int, login: Login, seconds: int = 5) -> float:
    """The share of one core for 500 devices, in proportion to the devices there are."""
    return asyncio.run(_lane(agents, port, interfaces, login, seconds)) * DEVICES / len(agents)
