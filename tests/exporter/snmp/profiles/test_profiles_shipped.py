"""Every shipped profile, read from an agent in the form of its family: each value, its unit, and what gives none."""

from pathlib import Path

import pytest
from device_families import FAMILIES, DeviceFamily
from snmp_scene import ENGINE, awaited, target

from exporter.snmp.profiles import metrics as m
from exporter.snmp.profiles.collecting import ProfileReader
from exporter.snmp.profiles.loading import SHIPPED, load_profiles
from exporter.snmp.testing.scripted_agent import Manner, ScriptedAgent, start_agent
from exporter.snmp.testing.scripted_objects import device

ALL = {profile.name: profile for profile in load_profiles()}
OF_THE_PROFILE = {m.PROFILE_UP.name, m.PROFILE_LEFT.name}


async def samples(family: DeviceFamily, *names: str) -> dict[tuple[str, str], float]:
    """What one turn with those profiles (all, where none is named) makes of the family's agent, by metric and item."""
    scripted = ScriptedAgent({**device(()), **family.encoded()}, Manner())
    transport, port = await start_agent(scripted)
    session = ENGINE(target(port))
    try:
        profiles = [ALL[name] for name in names] or list(ALL.values())
        extras = await ProfileReader("dut", profiles).read(session, 0.0)
    finally:
        session.close()
        transport.close()
    told = [extra for extra in extras if extra[0].name not in OF_THE_PROFILE]
    for metric, labels, _ in told:
        assert len(labels) == len(metric.labels)
    values = {(metric.name, labels): value for metric, labels, value in told}
    assert len(values) == len(told), "a series stands twice"
    return {
        (name.removeprefix("lebarpita_"), labels[-1] if len(labels) > 1 else ""): v
        for (name, labels), v in values.items()
    }


@pytest.mark.parametrize("name", FAMILIES)
@awaited
async def test_a_profile_reads_its_family_in_base_units(name: str) -> None:
    assert await samples(FAMILIES[name], name) == pytest.approx(FAMILIES[name].expected)


@pytest.mark.parametrize("name", FAMILIES)
@awaited
async def test_a_device_is_given_to_its_profile_by_what_it_says_of_itself(name: str) -> None:
    found = await samples(FAMILIES[name])
    assert {key: found.get(key) for key in FAMILIES[name].expected} == pytest.approx(FAMILIES[name].expected)


def test_every_shipped_profile_has_an_agent_here_and_names_its_mib() -> None:
    assert sorted(FAMILIES) == sorted(path.stem for path in SHIPPED.glob("*.yaml")) == sorted(ALL)
    assert [name for name, profile in ALL.items() if "MIB" not in profile.mib] == []


@awaited
async def test_a_device_of_no_family_is_asked_little_and_has_no_sample() -> None:
    assert await samples(DeviceFamily("1.3.6.1.4.1.99999", {}, {})) == {}


def test_a_profile_of_the_office_replaces_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    text = (SHIPPED / "ups.yaml").read_text(encoding="utf-8")
    (tmp_path / "ups.yaml").write_text(text.replace("high: 40", "high: 35"), encoding="utf-8")
    (tmp_path / "pompa.yaml").write_text(text, encoding="utf-8")
    own = {profile.name: profile for profile in load_profiles(tmp_path)}
    assert own.keys() - ALL.keys() == {"pompa"}
    assert [reading.high for reading in own["ups"].readings if reading.high] == [35]
