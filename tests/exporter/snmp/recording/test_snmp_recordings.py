"""Every recording that stands here is read as it says itself, and is what its agent answers today."""

from pathlib import Path

import pytest
from device_families import FAMILIES
from snmp_scene import ENGINE, awaited, target
from write_recordings import FOLDER, READING, path_of, recording

from exporter.snmp.profiles import metrics as m
from exporter.snmp.profiles.collecting import ProfileReader
from exporter.snmp.profiles.loading import load_profiles
from exporter.snmp.recording.rows import read_recording
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent

RECORDINGS = sorted(FOLDER.glob("*.snmprec"))
OF_THE_PROFILE = {m.PROFILE_UP.name, m.PROFILE_LEFT.name}


def readings(text: str) -> dict[tuple[str, str], float]:
    """What the file says must come of it, by metric and item."""
    rows = (line.removeprefix(READING).split("|") for line in text.splitlines() if line.startswith(READING))
    return {(metric, item): float(value) for metric, item, value in rows}


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
@awaited
async def test_a_recording_is_read_as_it_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    rows = {row.oid: row.value for row in read_recording(text.splitlines())}
    transport, port = await start_agent(ScriptedAgent(rows, Manner()))
    session = ENGINE(target(port))
    try:
        samples = await ProfileReader("dut", load_profiles()).read(session, 0.0)
    finally:
        session.close()
        transport.close()
    values = {
        (metric.name.removeprefix("lebarpita_"), labels[-1] if len(labels) > 1 else ""): value
        for metric, labels, value in samples
        if metric.name not in OF_THE_PROFILE
    }
    wanted = readings(text)
    assert wanted
    assert {key: values.get(key) for key in wanted} == pytest.approx(wanted)


def test_every_family_has_its_recording_and_no_other_stands_there() -> None:
    assert sorted(path.stem for path in RECORDINGS) == sorted(FAMILIES)


@pytest.mark.parametrize("name", sorted(FAMILIES)[::5])
@awaited
async def test_a_recording_is_what_its_agent_answers(name: str) -> None:
    assert await recording(name) == path_of(name).read_text(encoding="utf-8")
