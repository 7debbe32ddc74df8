"""Writes ``tests/exporter/snmp/recordings``: every agent in the form of a family, as ``record`` reads it.

They are ours: no office's device stands behind them. Run it after an agent was changed or added, with ``tests``,
``tests/exporter/snmp`` and ``tests/exporter/snmp/profiles`` in PYTHONPATH.
A line ``# reading: METRIC|ITEM|VALUE`` is one sample that must come of it.
"""

import asyncio
from pathlib import Path

from device_families import FAMILIES, DeviceFamily
from snmp_scene import ENGINE, target

from exporter.snmp.recording.command import read_device
from exporter.snmp.recording.rows import recording_lines
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import device

# Everything that an agent may have: LLDP stands apart from the rest.
ROOTS = ("1.0.8802", "1.3.6.1")
FOLDER = Path(__file__).parents[1] / "recordings"
READING = "# reading: "


async def recording(name: str) -> str:
    """The file's text of that family, read from its agent over SNMP."""
    family: DeviceFamily = FAMILIES[name]
    scripted = ScriptedAgent({**device(()), **family.encoded()}, Manner())
    transport, port = await start_agent(scripted)
    try:
        rows, faults = await read_device(ENGINE(target(port)), ROOTS)
    finally:
        transport.close()
    assert not faults, faults
    heads = [f"# Made by us in the form of the family {name}. OID|tag|value, as snmpsim reads it."]
    heads += [f"{READING}{metric}|{item}|{value!r}" for (metric, item), value in sorted(family.expected.items())]
    return "".join(f"{line}\n" for line in (*heads, *recording_lines(rows)))


def path_of(name: str) -> Path:
    return FOLDER / f"{name}.snmprec"


async def write() -> None:
    """Write every recording, and take away those of families that are gone."""
    for path in FOLDER.glob("*.snmprec"):
        path.unlink()
    for name in FAMILIES:
        path_of(name).write_text(await recording(name), encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(write())
