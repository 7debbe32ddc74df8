"""A recording of a router and what is planned against it, the file for ``/import``, and the group with few rights."""

import json
import re
from pathlib import Path

import pytest
from ledgers import CITY, revision
from routeros_fakes import VERSIONS, converge, fake, routed

from shaping.drivers.base import ScriptedDriver, Site, TapedDriver
from shaping.drivers.routeros.fake import script
from shaping.drivers.routeros.fake.tables import FILTER, QUEUES, Make
from shaping.drivers.routeros.machine import RouterOsDriver
from shaping.errors import ShapingError
from shaping.proof import problems

WANTED = revision(dinkes=(625_000, 2_500_000), rsud=(1_250_000, 5_000_000))
OTHER = revision(dinkes=(625_000, 3_750_000), rsud=(1_250_000, 5_000_000))
HOW_TO = Path("docs/how-to/shaping-routeros.md")


def replayed(tape: Path, state: Path) -> RouterOsDriver:
    """A driver that can reach nothing but the recording."""
    driver = RouterOsDriver(Site(CITY, "isp-utama", state))
    driver.replay(tape)
    return driver


@pytest.mark.parametrize("version", VERSIONS)
def test_a_recording_gives_the_same_plan_and_reading_as_the_router(version: str, tmp_path: Path) -> None:
    tape = tmp_path / "router.tape"
    with routed(tmp_path, Make(version)) as (driver, _):
        converge(driver, WANTED.queues)
        assert "commands and their answers; read it before you send it" in driver.record(tape, WANTED.queues)
        plan = driver.plan(OTHER.queues)
    again = replayed(tape, tmp_path)
    assert again.plan(OTHER.queues) == plan
    assert problems(WANTED, again.read(WANTED.queues)) == []


def test_a_recording_holds_no_password_and_no_number_of_the_router(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, _):
        driver.record(tmp_path / "router.tape", WANTED.queues)
    text = (tmp_path / "router.tape").read_text()
    assert '"=software-id=***"' in text
    assert "FAKE-0001" not in text and "/login" not in text and "=password" not in text


def test_a_recording_refuses_every_change(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, _):
        driver.record(tmp_path / "router.tape", WANTED.queues)
    again = replayed(tmp_path / "router.tape", tmp_path)
    with pytest.raises(ShapingError, match="was not recorded"):
        again.apply(again.plan(WANTED.queues))


def test_a_recording_of_a_router_with_fasttrack_says_so(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        scene.router.change(FILTER, "add", {"chain": "forward", "action": "fasttrack-connection"})
        driver.record(tmp_path / "router.tape", WANTED.queues)
    again = replayed(tmp_path / "router.tape", tmp_path)
    assert any("FastTrack" in line for line in again.plan_text(again.plan(WANTED.queues)))


@pytest.mark.parametrize("text", ["no json\n", '{"heard": 7}\n', '["x"]\n', '{"other": []}\n'])
def test_a_file_that_is_no_recording_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "tape").write_text(text)
    with pytest.raises(ShapingError, match="is no recording of lebarpita-shaping record"):
        replayed(tmp_path / "tape", tmp_path)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_file_for_import_makes_what_the_api_makes_and_may_be_imported_twice(version: str, tmp_path: Path) -> None:
    lines = RouterOsDriver(Site(CITY, "isp-utama", tmp_path)).script(WANTED.queues)
    assert lines[0].startswith("# lebarpita") and "never run on a real router" in lines[0]
    with fake(Make(version)) as scene:
        scene.router.change(QUEUES, "add", {"name": "guest", "target": "192.0.2.0/24", "comment": "of somebody"})
        for _ in range(2):
            script.run("\n".join(lines), scene.router.menus, scene.router.change)
            assert [row["name"] for row in scene.queues()] == [
                "guest",
                "lebarpita--isp-utama",
                "lebarpita-dinkes",
                "lebarpita-rsud",
            ]
        imported = scene.queues()[1:]
    with routed(tmp_path, Make(version)) as (driver, scene):
        converge(driver, WANTED.queues)
        for ours, theirs in zip(scene.queues(), imported, strict=True):
            assert {**ours, "queue": ""} == {**theirs, "queue": ""}


def test_the_group_in_the_guide_holds_what_the_driver_needs_and_never_policy() -> None:
    text = HOW_TO.read_text(encoding="utf-8")
    (rights,) = re.findall(r"/user group add name=lebarpita policy=(\S+)", text)
    assert set(rights.split(",")) == {"read", "write", "api"}


def test_the_guide_says_that_no_real_router_was_driven() -> None:
    assert "not yet run on a real router" in HOW_TO.read_text(encoding="utf-8").lower()


def test_it_is_a_driver_that_writes_a_file_and_a_tape(tmp_path: Path) -> None:
    driver = RouterOsDriver(Site(CITY, "isp-utama", tmp_path))
    assert isinstance(driver, ScriptedDriver) and isinstance(driver, TapedDriver)


def test_each_line_of_a_recording_is_what_was_said_or_heard(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, _):
        driver.record(tmp_path / "router.tape", WANTED.queues)
    rows = [json.loads(line) for line in (tmp_path / "router.tape").read_text().splitlines()]
    assert rows[0]["said"][0] == "/system/resource/print" and {key for row in rows for key in row} == {"said", "heard"}
