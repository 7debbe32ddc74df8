"""What LibreQoS has taken over, and what nobody knows yet: its own copy, its interval, its reload, measurement."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from ledgers import CITY, ledger, revision
from libreqos_reader import COPY, LibreQosReader

from shaping.convergence import Convergence
from shaping.drivers.base import LibreQosAccess, Site
from shaping.drivers.libreqos.machine import LibreQosDriver
from shaping.errors import ShapingError
from shaping.ledger import Revision, read_revision
from shaping.measuring import Use
from shaping.proof import faults_of, problems
from shaping.queues import Key

FIRST = revision(dinkes=(625_000, 2_500_000))
SECOND = revision(dinkes=(625_000, 1_250_000))
NOON, HOUR = 1_800_000_000.0, 3_600.0
KEYS: tuple[Key, ...] = (("dinkes", "receive"), ("dinkes", "transmit"))


class Machine:
    """A LibreQoS's folder, the time on both sides, and what Prometheus would say."""

    def __init__(self, place: Path, reload: tuple[str, ...] = ()) -> None:
        self.folder, self.now, self.use = place / "libreqos", NOON, 0.0
        self.folder.mkdir()
        access = LibreQosAccess(self.folder, reload)
        self.driver = LibreQosDriver(
            Site(CITY, "isp-utama", place, "http://127.0.0.1:9", libreqos=access), lambda: self.now, self.measure
        )

    def measure(self, prometheus: str, window_seconds: int, at: float) -> Mapping[Key, Use]:
        return {key: Use(self.use, self.use) for key in KEYS} if self.use else {}

    def apply(self, wanted: Revision = FIRST) -> None:
        self.driver.apply(self.driver.plan(wanted.queues))
        os.utime(self.folder / "ShapedDevices.csv", (self.now, self.now))

    def takes_over(self) -> None:
        LibreQosReader(self.folder).load()
        os.utime(self.folder / COPY, (self.now, self.now))

    def problems(self, wanted: Revision = FIRST) -> list[str]:
        return problems(wanted, self.driver.read(wanted.queues))


def test_written_is_not_in_force_until_libreqos_has_read_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.apply()
    reading = machine.driver.read(FIRST.queues)
    assert reading.queues == {} and reading.undecided == reading.awaited == set(KEYS)
    assert machine.problems()[0] == "dinkes receive: written; LibreQoS has not shown that it read it"
    assert "every 30 minutes" in reading.statement
    assert faults_of(FIRST, reading) == []
    machine.takes_over()
    assert machine.problems() == []


def test_a_new_rate_waits_though_the_old_one_was_read(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.apply()
    machine.takes_over()
    machine.now += HOUR
    machine.apply(SECOND)
    machine.use = 2_400_000.0  # The old limit, which still holds.
    assert machine.driver.read(SECOND.queues).undecided == set(KEYS)
    machine.takes_over()
    assert machine.problems(SECOND) == []


def test_use_above_the_ceiling_is_never_in_force_whatever_libreqos_says(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.apply()
    machine.takes_over()
    machine.now, machine.use = NOON + HOUR, 9_000_000.0
    reading = machine.driver.read(FIRST.queues)
    assert "use was above the ceiling" in reading.missing["dinkes", "receive"] and not reading.undecided


def test_without_its_copy_only_measurement_shows_it_and_only_after_the_interval(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.apply()
    machine.now, machine.use = NOON + 1_800, 2_400_000.0
    assert machine.driver.read(FIRST.queues).undecided == set(KEYS)
    machine.now = NOON + 2 * HOUR
    assert machine.problems() == []
    machine.use = 100_000.0
    machine.now += HOUR
    assert "use never came close" in machine.problems()[0]
    assert machine.driver.read(FIRST.queues).awaited == set(KEYS)


def test_the_agent_keeps_what_is_written_and_waits(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    turns = Convergence(machine.driver, tmp_path / "state", lambda body: read_revision(body, CITY, "isp-utama"))
    body = ledger(dinkes=(625_000, 2_500_000))
    turn = turns.turn(FIRST, body)
    assert turn.carried_out and turns.failures["undone"] == 0
    assert turn.reading.undecided == set(KEYS)
    assert turns.turn(FIRST, body).plan.empty


def test_a_row_of_somebody_s_inside_an_office_s_prefix_is_in_the_way(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.apply()
    sheet = machine.folder / "ShapedDevices.csv"
    row = "8,Warung,8,Router,,,10.10.1.7,,1,1,5,5,\n"
    sheet.write_text(sheet.read_text() + row + row.replace("10.10.1.7", "10.0.0.0/8"))
    assert machine.driver.read(FIRST.queues).missing["dinkes", "receive"] == (
        "the row of circuit 8 takes 10.10.1.7/32 out of dinkes; take it out of that row"
    )
    plan = machine.driver.plan(SECOND.queues)
    assert any(line.startswith("in the way: the row of circuit 8") for line in machine.driver.plan_text(plan))
    with pytest.raises(ShapingError, match="nothing was changed, because it would not be in force"):
        machine.driver.apply(plan)


def test_files_that_moved_since_the_plan_are_not_written(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    plan = machine.driver.plan(FIRST.queues)
    (machine.folder / "network.json").write_text('{"Kota": {}}')
    with pytest.raises(ShapingError, match="have changed since this plan was read"):
        machine.driver.apply(plan)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("false",), "false ended with 1: it says nothing"),
        (("not-there",), "not-there cannot be run: No such file"),
        (("sh", "-c", "echo no licence >&2; exit 3"), "sh ended with 3: no licence"),
    ],
)
def test_a_reload_that_fails_takes_the_files_back(tmp_path: Path, words: tuple[str, ...], sentence: str) -> None:
    machine = Machine(tmp_path, words)
    with pytest.raises(ShapingError, match=sentence):
        machine.apply()
    assert list(machine.folder.iterdir()) == []


def test_a_reload_is_run_once_after_both_files(tmp_path: Path) -> None:
    machine = Machine(tmp_path, ("sh", "-c", f"cat {tmp_path}/libreqos/* >> {tmp_path}/runs"))
    machine.apply()
    runs = (tmp_path / "runs").read_text()
    assert runs.count("lebarpita:isp-utama:dinkes") == 1 and '"lebarpita-isp-utama--1"' in runs


def test_the_files_keep_their_rights(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (machine.folder / "network.json").write_text("{}")
    (machine.folder / "network.json").chmod(0o640)
    machine.apply()
    rights = {path.name: path.stat().st_mode & 0o777 for path in machine.folder.iterdir()}
    assert rights == {"network.json": 0o640, "ShapedDevices.csv": 0o644}


def test_another_process_undoes_and_leaves_what_came_in_between(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    machine.apply()
    machine.apply(SECOND)
    sheet = machine.folder / "ShapedDevices.csv"
    sheet.write_text(sheet.read_text() + "8,Warung,8,Router,,,192.0.2.8,,1,1,5,5,\n")
    assert LibreQosDriver(machine.driver.site).undo() == 2
    assert LibreQosDriver(machine.driver.site).plan(FIRST.queues).empty
    assert "Warung" in sheet.read_text()
    with pytest.raises(ShapingError, match="nothing was applied from here"):
        machine.driver.undo()


def test_panic_without_a_reload_says_that_the_line_is_not_open_yet(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.driver.panic() == ()
    machine.apply()
    with pytest.raises(ShapingError, match="within 30 minutes; at once: type on its machine: systemctl restart"):
        machine.driver.panic()
    assert "lebarpita" not in (machine.folder / "ShapedDevices.csv").read_text()
