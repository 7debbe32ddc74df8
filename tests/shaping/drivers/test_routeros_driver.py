"""The routeros driver against the fake, in each of three generations: what is applied is there, nothing else moved."""

from pathlib import Path

import pytest
from ledgers import CITY, ledger, revision
from routeros_fakes import VERSIONS, converge, routed

from shaping.convergence import Convergence
from shaping.drivers.routeros.fake.tables import Make
from shaping.errors import ShapingError
from shaping.ledger import read_revision
from shaping.plan import Act
from shaping.proof import problems

TWO = revision(dinkes=(625_000, 2_500_000), rsud=(1_250_000, 5_000_000))
MORE = revision(dinkes=(625_000, 3_750_000), rsud=(1_250_000, 5_000_000))


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ledger_is_applied_read_back_and_a_second_apply_has_nothing_to_do(version: str, tmp_path: Path) -> None:
    with routed(tmp_path, Make(version)) as (driver, scene):
        converge(driver, TWO.queues)
        assert problems(TWO, driver.read(TWO.queues)) == []
        assert driver.plan(TWO.queues).empty
        parent, dinkes, _ = scene.queues()
        kind = "sfq" if version.startswith("6") else "fq-codel"
        assert (parent["target"], parent["max-limit"]) == ("lan", "200000000/200000000")
        assert dinkes["queue"] == f"lebarpita-{kind}/lebarpita-{kind}" and dinkes["burst-limit"] == "0/0"
        assert (dinkes["limit-at"], dinkes["max-limit"]) == ("5000000/5000000", "20000000/20000000")
        assert scene.router.menus["/system/scheduler"].rows == [] and scene.router.hold is None


@pytest.mark.parametrize("version", VERSIONS)
def test_one_office_s_change_is_one_set_with_both_rates(version: str, tmp_path: Path) -> None:
    with routed(tmp_path, Make(version)) as (driver, scene):
        converge(driver, TWO.queues)
        plan = driver.plan(MORE.queues)
        assert [(operation.opd, operation.act) for operation in plan.operations] == [("dinkes", Act.RAISE)] * 2
        assert plan.operations[0].commands == (
            '/queue simple set [find name="lebarpita-dinkes"] max-limit="30000000/30000000" limit-at="5000000/5000000"',
        )
        before = len(scene.server.trouble.commands)
        converge(driver, MORE.queues)
        commands = scene.server.trouble.commands[before:]
        assert commands.count("/queue/simple/set") == 1 and "/queue/simple/add" not in commands


def test_an_upload_is_what_the_office_sends(tmp_path: Path) -> None:
    queues = [
        type(queue)(queue.opd, queue.direction, 125_000, 250_000 if queue.direction == "transmit" else 500_000)
        for queue in revision(dinkes=(125_000, 250_000)).queues
    ]
    with routed(tmp_path) as (driver, scene):
        converge(driver, queues)
        assert scene.queues()[1]["max-limit"] == "2000000/4000000"
        assert set(driver.read(queues).queues.values()) == set(queues)


def test_an_undo_makes_the_queues_of_before_again_also_in_another_process(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, TWO.queues)
        before = scene.queues()
        converge(driver, MORE.queues)
        assert driver.undo() == 2
        assert scene.queues() == before
        with pytest.raises(ShapingError, match="nothing was applied from here"):
            driver.undo()


def test_panic_takes_everything_of_ours_away_and_nothing_else(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        scene.router.change("/queue/simple", "add", {"name": "theirs", "target": "192.0.2.0/24", "comment": "guest"})
        theirs = scene.queues()
        converge(driver, TWO.queues)
        assert driver.panic() == ("router 127.0.0.1: 3 queues",)
        assert scene.queues() == theirs
        assert driver.panic() == ()


def test_counters_are_those_of_the_office_s_own_direction(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, TWO.queues)
        row = scene.router.menus["/queue/simple"].rows[1]
        row.update({"bytes": "10/20", "packets": "1/2", "dropped": "0/3", "queued-bytes": "0/4"})
        counts = driver.read(TWO.queues).counts
        assert counts["dinkes", "receive"].bytes == 20 and counts["dinkes", "receive"].backlog == 4
        assert counts["dinkes", "transmit"].drops == 0


def test_a_hand_on_a_queue_is_a_difference_of_that_office_and_is_mended(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, TWO.queues)
        expected = scene.queues()
        change, rows = scene.router.change, scene.router.menus["/queue/simple"].rows
        identity = {row["name"]: row[".id"] for row in rows}
        change("/queue/simple", "set", {".id": identity["lebarpita-rsud"], "time": "8h-18h,mon"})
        change("/queue/simple", "set", {".id": identity["lebarpita-dinkes"], "disabled": "yes", "burst-limit": "9M/9M"})
        reading = driver.read(TWO.queues)
        assert "differs: time" in reading.missing["rsud", "receive"]
        assert "burst-limit, disabled" in reading.missing["dinkes", "receive"]
        before = scene.queues()
        plan = driver.plan(TWO.queues)
        assert {operation.act for operation in plan.operations} == {Act.REPLACE}
        driver.apply(plan)
        assert sorted(map(str, scene.queues())) == sorted(map(str, expected))
        driver.undo()
        assert sorted(map(str, scene.queues())) == sorted(map(str, before))


def test_a_parent_that_is_gone_is_made_anew_with_its_offices(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, TWO.queues)
        parent = scene.router.menus["/queue/simple"].rows[0]
        scene.router.change("/queue/simple", "remove", {".id": parent[".id"]})
        assert "it is invalid" in driver.read(TWO.queues).missing["rsud", "receive"]
        converge(driver, TWO.queues)
        assert driver.plan(TWO.queues).empty and problems(TWO, driver.read(TWO.queues)) == []


def test_an_interface_that_is_gone_takes_the_whole_line_with_it(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        converge(driver, TWO.queues)
        scene.router.menus["/interface"].rows[0]["name"] = "bridge"
        missing = driver.read(TWO.queues).missing
        assert set(missing) == {queue.key for queue in TWO.queues}
        assert "the queue lebarpita--isp-utama differs: it is invalid" in missing["rsud", "transmit"]


def test_the_turns_of_the_agent_apply_confirm_mend_and_refuse(tmp_path: Path) -> None:
    with routed(tmp_path) as (driver, scene):
        body = ledger(1, dinkes=(625_000, 2_500_000))
        turns = Convergence(driver, tmp_path, lambda found: read_revision(found, CITY, "isp-utama"))
        first = turns.turn(turns.compile(body), body)
        assert first.carried_out is not None and scene.router.hold is None
        scene.router.change("/queue/simple", "set", {".id": "lebarpita-dinkes", "max-limit": "1G/1G"})
        mended = turns.turn(turns.compile(body), body)
        assert mended.drift is not None and mended.drift.changes == (("rate", "dinkes"),)
        scene.router.change("/ip/firewall/filter", "add", {"chain": "forward", "action": "fasttrack-connection"})
        more = ledger(2, dinkes=(625_000, 3_750_000))
        with pytest.raises(ShapingError, match="FastTrack"):
            turns.turn(turns.compile(more), more)
        assert scene.queues()[1]["max-limit"] == "20000000/20000000"
