"""The router's own way back: where nobody can reach it after a change, it makes the state before again by itself."""

from pathlib import Path
from unittest.mock import patch

import pytest
from ledgers import revision
from routeros_fakes import VERSIONS, Scene, converge, routed

from inventory.generate import generate_city
from inventory.reading import parse_city
from shaping.drivers.routeros.fake.server import Trouble
from shaping.drivers.routeros.fake.switches import Switches
from shaping.drivers.routeros.fake.tables import QUEUES, SCHEDULER, Make
from shaping.drivers.routeros.wire import ApiAnswer, ApiSession
from shaping.errors import ShapingError
from shaping.queues import Queue

BEFORE = revision(dinkes=(625_000, 2_500_000), rsud=(1_250_000, 5_000_000), disdik=(250_000, 1_000_000))
AFTER = revision(dinkes=(625_000, 1_250_000), rsud=(1_250_000, 7_500_000), bappeda=(250_000, 500_000))
OLD, MIDDLE, NEW = VERSIONS
# Longer than any way back of these plans waits.
LATER = 60.0


def later(scene: Scene) -> None:
    scene.clock.now += LATER
    scene.router.tick()


def entries(scene: Scene) -> list[str]:
    return [row["name"] for row in scene.router.menus[SCHEDULER].rows]


@pytest.mark.parametrize("kind", ["request", "answer"])
@pytest.mark.parametrize("number", range(2, 7))
@pytest.mark.parametrize("version", [OLD, MIDDLE, NEW])
def test_a_router_that_nobody_reaches_any_more_takes_the_change_back_itself(
    version: str, number: int, kind: str, tmp_path: Path
) -> None:
    with routed(tmp_path, Make(version)) as (driver, scene):
        converge(driver, BEFORE.queues)
        before = sorted(map(str, scene.queues()))
        plan = driver.plan(AFTER.queues)
        # The first change is the way back's own; the second to the fifth are queues, the sixth is the confirmation.
        scene.server.trouble = Trouble("request" if kind == "request" else "answer", number, down=True)
        try:
            driver.apply(plan)
            # Fewer commands than that: it is the confirmation that is lost.
            with pytest.raises(ShapingError):
                driver.confirm(plan, "a test", 0.0)
        except ShapingError as error:
            assert "the router takes it back" in str(error)
        was_confirmed = scene.server.trouble.commands[-1] in ("/safe-mode/release", f"{SCHEDULER}/remove")
        later(scene)
        now = sorted(map(str, scene.queues()))
        # A confirmation that was done and not answered is one: nobody can know it before the next reading.
        assert now == before or (was_confirmed and kind == "answer")
        assert entries(scene) == [] and scene.router.hold is None
        scene.server.trouble = Trouble()
        driver.close()
        converge(driver, AFTER.queues)
        later(scene)
        assert driver.plan(AFTER.queues).empty


@pytest.mark.parametrize("version", [OLD, MIDDLE])
def test_what_was_confirmed_is_never_taken_back(version: str, tmp_path: Path) -> None:
    with routed(tmp_path, Make(version)) as (driver, scene):
        converge(driver, BEFORE.queues)
        later(scene)
        assert entries(scene) == [] and driver.plan(BEFORE.queues).empty


def test_while_a_change_waits_the_entry_is_there_under_its_name_and_runs_once(tmp_path: Path) -> None:
    with routed(tmp_path, Make(MIDDLE)) as (driver, scene):
        plan = driver.plan(BEFORE.queues)
        driver.apply(plan)
        assert entries(scene) == ["lebarpita-undo--isp-utama"]
        assert driver.plan(BEFORE.queues).empty
        later(scene)
        assert (entries(scene), scene.queues()) == ([], [])
        with pytest.raises(ShapingError, match="this plan is not the one"):
            driver.confirm(driver.plan(AFTER.queues), "a test", 0.0)
        with pytest.raises(ShapingError, match="the router has taken the change back: it was not confirmed in time"):
            driver.confirm(plan, "a test", 0.0)


def test_an_entry_that_fires_while_it_is_being_removed_is_no_confirmation(tmp_path: Path) -> None:
    with routed(tmp_path, Make(MIDDLE)) as (driver, scene):
        plan = driver.plan(BEFORE.queues)
        driver.apply(plan)
        ask = ApiSession.ask

        def late(session: ApiSession, command: str, *words: str) -> ApiAnswer:
            if command == f"{SCHEDULER}/remove":
                scene.clock.now += LATER
            return ask(session, command, *words)

        with patch.object(ApiSession, "ask", late), pytest.raises(ShapingError, match="has taken the change back"):
            driver.confirm(plan, "a test", 0.0)
        assert scene.queues() == []


def test_safe_mode_is_used_where_it_is_there_and_the_scheduler_where_somebody_else_holds_it(tmp_path: Path) -> None:
    with routed(tmp_path, Make(NEW)) as (driver, scene):
        converge(driver, BEFORE.queues)
        commands = scene.server.trouble.commands
        assert commands.count("/safe-mode/take") == commands.count("/safe-mode/release") == 1
        assert f"{SCHEDULER}/add" not in commands
        scene.router.answer(self := object(), ["/safe-mode/take"])
        converge(driver, AFTER.queues)
        assert f"{SCHEDULER}/add" in commands and entries(scene) == []
        assert scene.router.hold is not None and scene.router.hold.session is self


def test_more_changes_than_safe_mode_remembers_are_the_scheduler_s(tmp_path: Path) -> None:
    city = parse_city(generate_city(100))
    queues = [Queue(opd.code, way, 40_000, 100_000) for opd in city.opds[:95] for way in ("transmit", "receive")]
    with routed(tmp_path, Make(NEW), city, uplink="isp-1") as (driver, scene):
        plan = driver.plan(queues)
        driver.apply(plan)
        assert "/safe-mode/take" not in scene.server.trouble.commands
        later(scene)
        assert scene.queues() == []


def test_an_entry_that_ran_at_once_is_no_way_back_and_nothing_is_changed(tmp_path: Path) -> None:
    with routed(tmp_path, Make(OLD, switches=Switches(scheduler_first="at_once"))) as (driver, scene):
        with pytest.raises(ShapingError, match="this router ran it at once; nothing was changed"):
            driver.apply(driver.plan(BEFORE.queues))
        assert scene.queues() == []


def test_a_router_that_lets_nobody_schedule_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    with routed(tmp_path, Make(OLD, switches=Switches(scheduler_policy="needs_policy"))) as (driver, scene):
        with pytest.raises(ShapingError, match="no way back could be armed, so nothing was changed"):
            driver.apply(driver.plan(BEFORE.queues))
        assert scene.queues() == []


def test_an_entry_that_an_earlier_change_left_does_not_take_the_next_one_back(tmp_path: Path) -> None:
    with routed(tmp_path, Make(NEW)) as (driver, scene):
        script = '/queue simple remove [find name="lebarpita-dinkes"]'
        entry = {"name": "lebarpita-undo--isp-utama", "interval": "30s", "on-event": script}
        scene.router.change(SCHEDULER, "add", entry)
        converge(driver, BEFORE.queues)
        later(scene)
        assert len(scene.queues()) == 4


def test_a_lost_safe_mode_that_the_router_does_not_take_back_is_made_undone_from_here(tmp_path: Path) -> None:
    with routed(tmp_path, Make(NEW, switches=Switches(lost_safe_mode="stays"))) as (driver, scene):
        converge(driver, BEFORE.queues)
        before = scene.queues()
        plan = driver.plan(AFTER.queues)
        scene.server.trouble = Trouble("answer", 3)
        with pytest.raises(ShapingError, match="the state before it was made again"):
            driver.apply(plan)
        assert sorted(map(str, scene.queues())) == sorted(map(str, before))


def test_a_session_that_was_lost_before_the_confirmation_confirms_nothing(tmp_path: Path) -> None:
    with routed(tmp_path, Make(NEW)) as (driver, scene):
        plan = driver.plan(BEFORE.queues)
        driver.apply(plan)
        driver.close()
        with pytest.raises(ShapingError, match="the session that made the change was lost: the router takes it back"):
            driver.confirm(plan, "a test", 0.0)
        assert driver.undo() == len(plan.operations)
        assert scene.queues() == []


def test_the_way_back_is_on_this_disk_before_the_first_command(tmp_path: Path) -> None:
    with routed(tmp_path, Make(OLD)) as (driver, scene):
        scene.server.trouble = Trouble("request", 1, down=True)
        with pytest.raises(ShapingError):
            driver.apply(driver.plan(BEFORE.queues))
        assert (tmp_path / "routeros-inverse.json").exists() and scene.router.menus[QUEUES].rows == []
