"""A ledger can do no harm at once: large changes wait, what was applied is confirmed or undone, hands are counted."""

import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import CITY, ledger
from ports import free_port

from shaping.agent import Agent
from shaping.config import Config
from shaping.convergence import Convergence
from shaping.drivers.base import Reading
from shaping.errors import ShapingError
from shaping.ledger import Revision, read_revision
from shaping.plan import Plan
from shaping.queues import Key, Queue
from shaping.reach import reachable
from shaping.state import load
from shaping.watchdog import CONFIRM_SECONDS, look

TWELVE = tuple(opd.code for opd in CITY.opds)
GOOD = ledger(1, **dict.fromkeys(TWELVE, (625_000, 2_500_000)))
CUT = ledger(2, **dict.fromkeys(TWELVE, (125_000, 125_000)))
DINKES: Key = ("dinkes", "receive")


@dataclass
class Kernel(Box):
    """A box that reads itself, as the kernel does; ``waited`` is how long its last apply has waited."""

    confirmed: list[str] = field(default_factory=list)
    undone: list[int] = field(default_factory=list)
    waited: float | None = None
    blind: bool = False

    def apply(self, plan: Plan) -> bool:
        self.waited = 0.0
        return super().apply(plan)

    def confirm(self, plan: Plan, by: str, at: float) -> str:
        self.confirmed.append(by)
        self.waited = None
        return by

    def undo(self) -> int:
        self.undone.append(len(self.applied))
        self.queues, self.waited = {}, None
        return 1

    def read(self, wanted: Any) -> Reading:
        found = super().read(wanted)
        return replace(found, queues={}) if self.blind else found

    def sample(self, wanted: Any) -> Any:
        return dict(self.counts)

    def wait(self, seconds: float) -> bool:
        return False

    def unconfirmed_seconds(self) -> float | None:
        return self.waited


def compiled(body: Any) -> Revision:
    return read_revision(body, CITY, "isp-utama")


def convergence(place: Path, device: Box, **more: Any) -> Convergence:
    made = Convergence(device, place, compiled, **more)
    made.last_good()
    return made


def turn(made: Convergence, body: Any) -> Any:
    return made.turn(compiled(body), body)


def ceilings(device: Box) -> set[int]:
    return {queue.ceiling_bytes_per_second for queue in device.queues.values()}


def test_a_ledger_that_cuts_twelve_offices_waits_for_a_person_and_the_last_good_one_stays(tmp_path: Path) -> None:
    device = Box()
    made = convergence(tmp_path, device)
    turn(made, GOOD)
    found = turn(made, CUT)
    assert "12 OPDs change at once" in made.waiting and made.waiting in found.reading.faults
    assert ceilings(device) == {2_500_000} and load(tmp_path / "ledger.json") == GOOD


def test_the_last_good_ledger_is_mended_while_a_large_one_waits(tmp_path: Path) -> None:
    device = Box()
    made = convergence(tmp_path, device)
    turn(made, GOOD)
    device.queues[DINKES] = replace(device.queues[DINKES], ceiling_bytes_per_second=1)
    assert turn(made, CUT).drift.changes == (("rate", "dinkes"),)
    assert ceilings(device) == {2_500_000}


def test_what_a_person_applied_by_hand_is_good_from_then_on(tmp_path: Path) -> None:
    device = Kernel()
    made = convergence(tmp_path, device)
    turn(made, GOOD)
    turn(made, CUT)
    device.queues = {queue.key: queue for queue in compiled(CUT).queues}
    turn(made, CUT)
    assert made.waiting == "" and load(tmp_path / "ledger.json") == CUT


@pytest.mark.parametrize(
    ("changed", "waits"),
    [
        ({"dinkes": (1_250_000, 5_000_000)}, ""),
        ({"dinkes": (32_000, 32_000)}, ""),
        ({"dinkes": (700_000, 2_500_000), "rsud": (700_000, 2_500_000)}, ""),
        (dict.fromkeys(TWELVE[:4], (2_000_000, 2_500_000)), "25 % of all guarantees"),
        (dict.fromkeys(TWELVE[:4], (32_000, 32_000)), "25 % of all guarantees"),
        (dict.fromkeys(TWELVE[:5], (625_000, 625_000)), "25 % of all ceilings"),
        (dict.fromkeys(TWELVE[:11], (625_001, 2_500_000)), "11 OPDs"),
        (dict.fromkeys(TWELVE[:10], (625_001, 2_500_000)), ""),
    ],
)
def test_one_case_goes_through_and_what_many_or_much_changes_waits(
    tmp_path: Path, changed: dict[str, tuple[int, int]], waits: str
) -> None:
    made = convergence(tmp_path, Box())
    turn(made, GOOD)
    turn(made, ledger(2, **(dict.fromkeys(TWELVE, (625_000, 2_500_000)) | changed)))
    assert waits in made.waiting and bool(waits) is bool(made.waiting)


def test_a_boot_is_no_large_change(tmp_path: Path) -> None:
    turn(convergence(tmp_path, Box(), first="auto"), GOOD)
    device = Box()
    assert turn(convergence(tmp_path, device, first="auto"), GOOD).carried_out and ceilings(device) == {2_500_000}


def test_the_first_apply_waits_for_a_person_where_that_was_decided(tmp_path: Path) -> None:
    device = Box()
    made = convergence(tmp_path, device, first="by_hand")
    turn(made, GOOD)
    assert "nothing was ever applied here" in made.waiting and device.applied == []


def test_without_a_ledger_file_what_the_device_holds_is_not_changed_at_large(tmp_path: Path) -> None:
    device = Box(queues={queue.key: queue for queue in compiled(GOOD).queues})
    made = convergence(tmp_path, device)
    turn(made, CUT)
    assert "12 OPDs" in made.waiting and ceilings(device) == {2_500_000}


@pytest.mark.parametrize("content", [b"", b'{"revision": 1, "allo', b'{"revision": 1}', b"\xff\xfe"])
@pytest.mark.parametrize("name", ["ledger.json", "ledger-copy.json"])
def test_half_a_ledger_file_leaves_nobody_unshaped(tmp_path: Path, name: str, content: bytes) -> None:
    turn(convergence(tmp_path, Box()), GOOD)
    (tmp_path / name).write_bytes(content)
    assert convergence(tmp_path, Box()).last_good() == GOOD


def test_what_is_not_in_force_after_an_apply_is_undone_and_not_tried_again_and_again(tmp_path: Path) -> None:
    device = Kernel(blind=True)
    made = convergence(tmp_path, device)
    with pytest.raises(ShapingError, match="was applied and undone: "):
        turn(made, GOOD)
    with pytest.raises(ShapingError, match="was undone before"):
        turn(made, GOOD)
    assert (len(device.undone), device.confirmed, made.failures["undone"]) == (1, [], 1)
    assert not (tmp_path / "ledger.json").exists()


def test_what_was_applied_is_confirmed_also_by_the_process_that_comes_after_a_kill(tmp_path: Path) -> None:
    device = Kernel()
    turn(convergence(tmp_path, device), GOOD)
    assert device.confirmed == ["the agent"]
    device.waited = 1.0
    turn(convergence(tmp_path, device), GOOD)
    assert device.confirmed == ["the agent"] * 2


def test_the_watchdog_undoes_what_nobody_confirmed_in_time_and_nothing_else() -> None:
    device = Kernel()
    for waited, undone in ((None, False), (CONFIRM_SECONDS - 1, False), (CONFIRM_SECONDS + 1, True), (None, False)):
        device.waited = waited
        assert look(device) is undone
    assert len(device.undone) == 1 and look(Box()) is False


def test_a_change_that_cuts_an_address_off_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device = Kernel()
    made = convergence(tmp_path, device, probe=("192.0.2.1:22",))
    monkeypatch.setattr("shaping.convergence.reachable", lambda address: not device.applied)
    with pytest.raises(ShapingError, match=r"192\.0\.2\.1:22 does not answer since the change"):
        turn(made, GOOD)
    assert len(device.undone) == 1


def test_without_a_clean_baseline_nothing_is_changed_but_a_boot_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shaping.convergence.reachable", lambda _: True)
    turn(convergence(tmp_path, Box(), probe=("192.0.2.1:9",)), GOOD)
    monkeypatch.setattr("shaping.convergence.reachable", lambda _: False)
    device = Box()
    made = convergence(tmp_path, device, probe=("192.0.2.1:9",))
    assert turn(made, GOOD).carried_out
    smaller = ledger(2, **(dict.fromkeys(TWELVE, (625_000, 2_500_000)) | {"dinkes": (32_000, 64_000)}))
    with pytest.raises(ShapingError, match="did not answer before the change; nothing was changed"):
        turn(made, smaller)
    assert ceilings(device) == {2_500_000} and made.failures["baseline"] == 1


def test_an_address_answers_also_where_nobody_listens_and_not_where_there_is_no_way() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        assert reachable(f"127.0.0.1:{listening.getsockname()[1]}")
    assert reachable(f"127.0.0.1:{free_port()}") and not reachable("no-such-host.invalid:1")


def hands(device: Box) -> None:
    """Three at once: a rate, a queue that is gone, and one that is nobody's."""
    device.queues[DINKES] = replace(device.queues[DINKES], ceiling_bytes_per_second=1)
    del device.queues["rsud", "transmit"]
    device.queues["foreign", "receive"] = Queue("foreign", "receive", 1, 1)


def test_somebodys_hand_is_counted_by_kind_and_office_and_mended(tmp_path: Path) -> None:
    device = Box()
    made = convergence(tmp_path, device, on_drift="repair")
    turn(made, GOOD)
    for _ in range(2):
        hands(device)
        turn(made, GOOD)
    assert dict(made.drifts) == {("rate", "dinkes"): 2, ("missing", "rsud"): 2, ("foreign", "foreign"): 2}
    assert turn(made, GOOD).drift is None and len(device.queues) == 2 * len(TWELVE)


def test_it_is_reported_once_and_left_where_that_was_decided(tmp_path: Path) -> None:
    device = Box()
    made = convergence(tmp_path, device, on_drift="report")
    turn(made, GOOD)
    hands(device)
    found = [turn(made, GOOD).drift for _ in range(3)]
    assert found[0].repaired is False and found[1:] == [None, None]
    assert made.drifts["rate", "dinkes"] == 1 and device.queues[DINKES].ceiling_bytes_per_second == 1


def test_a_hand_is_told_to_the_tracker_although_it_was_mended_within_the_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = Config(inventory=tmp_path, uplink="isp-utama", tracker="http://127.0.0.1:9", token="env:T", state=tmp_path)
    device, proofs = Box(), []
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, body: proofs.append(body))
    agent = Agent(config, CITY, device)
    agent.round(GOOD)
    hands(device)
    for _ in range(3):
        agent.round(GOOD)
    assert len(proofs) == 2 and proofs[1]["ok"] is True and "drift" not in proofs[0]
    assert proofs[1]["drift"]["repaired"] is True and proofs[1]["drift"]["count"] == 3
    assert {row["opd"] for row in proofs[1]["drift"]["changes"]} == {"dinkes", "rsud", "foreign"}
