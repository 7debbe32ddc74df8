"""Run inside ``unshare --user --map-root-user --net``: the agent on the real kernel before, in and after a night.

Only the agent's clock is a test's; what the class holds is read from the kernel.
"""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from ledgers import CITY, at_night, ledger
from shaped_machine import OFFICES, interfaces

from shaping.agent import Agent
from shaping.config import Config
from shaping.drivers.base import Site
from shaping.drivers.linux import kernel
from shaping.drivers.linux.nft import Interfaces
from shaping.registry import driver_of

DAY, NIGHT = (625_000, 2_500_000), (125_000, 250_000)
CLOCKS = ("2026-11-23T20:40", "2026-11-23T21:00", "2026-11-24T00:30", "2026-11-24T05:00", "2026-11-28T22:00")


def main() -> None:
    interfaces()
    state = Path(sys.argv[1])
    config = Config(inventory=state, uplink="isp-utama", tracker="http://127.0.0.1:9", token="env:TOKEN", state=state)
    body = at_night(ledger(1, **dict.fromkeys(OFFICES, DAY)), [0, 1, 2, 3, 4], **dict.fromkeys(OFFICES, NIGHT))
    agent = Agent(config, CITY, driver_of("linux", Site(CITY, "isp-utama", state)))
    print(json.dumps([held(agent, body, clock) for clock in CLOCKS]))


def held(agent: Agent, body: Any, clock: str) -> list[int]:
    """The ceiling of the second office's class, and how many operations it took."""
    moment = datetime.fromisoformat(f"{clock}+07:00").timestamp()
    agent.clock = lambda: moment
    plan = agent.round(body)
    return [kernel.read(Interfaces("wan", "lan")).classes["lan"][0x11].ceil, len(plan.operations)]


if __name__ == "__main__":
    main()
