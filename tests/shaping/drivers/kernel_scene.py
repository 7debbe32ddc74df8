"""Run inside ``unshare --user --map-root-user --net``: two veth pairs, then what the test asks for, as JSON."""

import json
import subprocess
import sys
from typing import Any

from inventory.reading import read_city
from shaping.agent import Agent
from shaping.config import Config
from shaping.drivers.linux import kernel
from shaping.errors import ShapingError


def main() -> None:
    state, story, ledgers = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    for name in ("wan", "lan"):
        subprocess.run(["ip", "link", "add", name, "type", "veth", "peer", "name", f"{name}-far"], check=True)
        subprocess.run(["ip", "link", "set", name, "up"], check=True)
    config = Config(
        inventory="inventory/example/city.yaml",
        uplink="isp-utama",
        tracker="http://127.0.0.1:9",
        token="env:X",
        state=state,
    )  # type: ignore[arg-type]  # pydantic reads the path
    print(json.dumps(STORIES[story](Agent(config, read_city(config.inventory)), ledgers)))


def turn(agent: Agent, body: Any) -> int:
    agent.wanted = agent.compile(body)
    plan = agent.plan()
    kernel.apply(plan, agent.wanted.map, agent.interfaces)
    return len(plan.operations) + len(plan.fresh) + plan.map_changes


def applied(agent: Agent, ledgers: list[Any]) -> Any:
    done = [turn(agent, body) for body in ledgers]
    assert agent.wanted is not None
    again = agent.plan()
    state = kernel.read(agent.interfaces)
    minor = agent.wanted.minors["dinkes"]
    return {
        "done": done,
        "again": len(again.operations),
        "map": again.map_changes,
        "ceil": state.classes["lan"][minor].ceil,
    }


def foreign(agent: Agent, ledgers: list[Any]) -> Any:
    subprocess.run(["tc", "qdisc", "add", "dev", "lan", "root", "handle", "1:", "htb"], check=True)
    try:
        turn(agent, ledgers[0])
    except ShapingError as error:
        return str(error)
    return ""


def drifted(agent: Agent, ledgers: list[Any]) -> Any:
    turn(agent, ledgers[0])
    command = [
        "tc",
        "class",
        "change",
        "dev",
        "lan",
        "parent",
        "1eb:1",
        "classid",
        "1eb:10",
        "htb",
        "rate",
        "1mbit",
        "ceil",
        "1mbit",
    ]
    subprocess.run(command, check=True)
    plan = agent.plan()
    turn(agent, ledgers[0])
    return {"found": [op.after.minor for op in plan.operations if op.after], "left": len(agent.plan().operations)}


def panicked(agent: Agent, ledgers: list[Any]) -> Any:
    turn(agent, ledgers[0])
    removed = kernel.panic(agent.interfaces)
    left = kernel.read(agent.interfaces)
    return {"removed": sorted(removed), "classes": sum(map(len, left.classes.values())), "map": left.map is None}


STORIES = {"applied": applied, "foreign": foreign, "drifted": drifted, "panicked": panicked}

if __name__ == "__main__":
    main()
