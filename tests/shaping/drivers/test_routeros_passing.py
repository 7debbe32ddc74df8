"""Never "in force" while packets pass beside the queues: FastTrack, offload to hardware, a queue above ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ledgers import revision
from routeros_fakes import VERSIONS, Scene, converge, routed

from shaping.drivers.routeros.fake.switches import Switches
from shaping.drivers.routeros.fake.tables import CONNECTIONS, FILTER, FILTER6, PORTS, QUEUES, SETTINGS, SWITCH, Make
from shaping.drivers.routeros.machine import RouterOsDriver
from shaping.errors import ShapingError
from shaping.proof import problems, proof_body

WANTED = revision(dinkes=(625_000, 2_500_000), rsud=(1_250_000, 5_000_000))
RULE = {"chain": "forward", "action": "fasttrack-connection"}
DUMMY = {"chain": "forward", "action": "passthrough", "comment": "special dummy rule to show fasttrack counters"}


@contextmanager
def shaped(state: Path, version: str = VERSIONS[2]) -> Iterator[tuple[RouterOsDriver, Scene]]:
    with routed(state, Make(version)) as (driver, scene):
        converge(driver, WANTED.queues)
        yield driver, scene


def nothing_is_in_force(driver: RouterOsDriver, text: str) -> bool:
    reading = driver.read(WANTED.queues)
    body = proof_body(WANTED, reading, {})
    assert body["ok"] is False and body["readback"] == []
    assert reading.undecided == {queue.key for queue in WANTED.queues}
    return any(text in problem for problem in problems(WANTED, reading))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_fasttrack_rule_means_that_nothing_is_in_force_although_every_counter_moves(
    version: str, tmp_path: Path
) -> None:
    with shaped(tmp_path, version) as (driver, scene):
        scene.router.change(FILTER, "add", RULE)
        for row in scene.router.menus[QUEUES].rows:
            row["bytes"] = "1000000/1000000"
        step = "disable it: ip firewall filter disable [find action=fasttrack-connection], then reboot"
        assert nothing_is_in_force(driver, step)


def test_what_would_not_be_in_force_is_not_applied_and_the_plan_says_it_before(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        scene.router.change(FILTER, "add", RULE)
        plan = driver.plan(WANTED.queues)
        assert any(line.startswith("in the way: IPv4: 1 FastTrack rules") for line in driver.plan_text(plan))
        with pytest.raises(
            ShapingError, match=r"nothing was changed, because it would not be in force: IPv4.*FastTrack"
        ):
            driver.apply(plan)
        assert scene.queues() == [] and scene.router.menus["/system/scheduler"].rows == []
        assert not (tmp_path / "routeros-inverse.json").exists()


def test_a_disabled_rule_and_the_rows_that_only_count_are_no_fasttrack(tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.change(FILTER, "add", {**RULE, "disabled": "yes"})
        scene.router.change(FILTER, "add", DUMMY)
        for action in ("passthrough", "fasttrack-connection"):
            scene.router.menus[FILTER].rows.append({".id": f"*F{len(action)}", "action": action, "dynamic": "true"})
        assert problems(WANTED, driver.read(WANTED.queues)) == []


def test_ipv6_has_fasttrack_from_7_18_on(tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.change(FILTER6, "add", RULE)
        assert nothing_is_in_force(driver, "IPv6: 1 FastTrack rules")


@pytest.mark.parametrize("switches", [Switches(), Switches(booleans="yes_no")], ids=["true", "yes"])
def test_connections_that_were_fast_tracked_before_pass_until_they_end(switches: Switches, tmp_path: Path) -> None:
    """Also on a router that writes a truth as "yes": a query for "true" alone would count none there."""
    with routed(tmp_path, Make(VERSIONS[2], switches=switches)) as (driver, scene):
        converge(driver, WANTED.queues)
        scene.router.menus[CONNECTIONS].rows = [{".id": "*1", "fasttrack": "true"}, {".id": "*2", "fasttrack": "false"}]
        assert nothing_is_in_force(driver, "1 connections are still fast-tracked")


def test_an_active_flag_without_a_rule_is_told_too(tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.menus[SETTINGS].rows[0]["ipv4-fasttrack-active"] = "true"
        assert nothing_is_in_force(driver, "FastTrack is active (ip settings)")


def test_a_switch_that_routes_in_its_chip_is_told_with_its_name(tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.menus[SWITCH].rows = [{".id": "*1", "name": "switch1", "l3-hw-offloading": "true"}]
        assert nothing_is_in_force(driver, "interface ethernet switch set NAME l3-hw-offloading=no")


def ports(**changed: str) -> list[dict[str, str]]:
    """Both sides of the line as ports of one bridge whose chip switches, but for what the second has otherwise."""
    row = {"bridge": "bridge1", "hw-offload": "true", "disabled": "false"}
    return [{".id": "*1", "interface": "lan", **row}, {".id": "*2", "interface": "wan", **row, **changed}]


def test_a_bridge_that_switches_both_sides_in_its_chip_is_told_with_its_ports(tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.menus[PORTS].rows = ports()
        assert nothing_is_in_force(driver, "lan and wan are ports of bridge1, which switches them in its chip")


@pytest.mark.parametrize("changed", [{"hw-offload": "false"}, {"bridge": "bridge2"}, {"disabled": "true"}])
def test_ports_between_which_no_chip_switches_are_no_matter(changed: dict[str, str], tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.menus[PORTS].rows = ports(**changed)
        assert problems(WANTED, driver.read(WANTED.queues)) == []


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ({"name": "all", "target": "0.0.0.0/0"}, "the queue all (0.0.0.0/0) stands above ours"),
        ({"name": "<pppoe-rsud>", "target": "10.30.0.9/32", "dynamic": "true"}, "the dynamic queue <pppoe-rsud>"),
        ({"name": "hs-hotspot1", "target": "lan", "dynamic": "true"}, "the dynamic queue hs-hotspot1 (lan)"),
    ],
)
def test_a_queue_above_ours_is_named_and_its_offices_are_not_in_force(
    row: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    with shaped(tmp_path) as (driver, scene):
        rows = scene.router.menus[QUEUES].rows
        rows.insert(0, {".id": "*F1", "parent": "none", "disabled": "false", **row})
        reading = driver.read(WANTED.queues)
        assert sentence in reading.missing["rsud", "receive"]
        # An office whose addresses it does not take is as it was.
        taken = row["target"] != "10.30.0.9/32"
        assert (("dinkes", "receive") in reading.undecided) is taken
        with pytest.raises(ShapingError, match="would not be in force"):
            driver.apply(driver.plan(revision(dinkes=(625_000, 3_750_000), rsud=(1_250_000, 5_000_000)).queues))


@pytest.mark.parametrize("change", [{"disabled": "true"}, {"parent": "all"}, {"target": "192.0.2.0/24"}])
def test_a_queue_of_others_that_takes_none_of_ours_is_no_matter(change: dict[str, str], tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        row = {".id": "*F1", "name": "all", "target": "0.0.0.0/0", "parent": "none", "disabled": "false", **change}
        scene.router.menus[QUEUES].rows.insert(0, row)
        assert problems(WANTED, driver.read(WANTED.queues)) == []


def test_a_queue_below_ours_is_no_matter(tmp_path: Path) -> None:
    with shaped(tmp_path) as (driver, scene):
        scene.router.change(QUEUES, "add", {"name": "all", "target": "0.0.0.0/0"})
        assert problems(WANTED, driver.read(WANTED.queues)) == []
