"""An uplink is lost: its signed plan comes into force at once on the other line, and goes when it is back."""

import json
from pathlib import Path
from typing import Any

import pytest
from fallback_scene import BASE, BEGIN, END, MBIT, OFFICES, Scene, page_of, scene_of, signed, three_lines

from shaping.convergence import ANNOUNCED_SECONDS
from shaping.errors import ShapingError

HALF = BASE[1] // 2


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    return scene_of(tmp_path, monkeypatch)


def metric(scene: Scene, name: str) -> dict[tuple[str, ...], float]:
    pages = {m.name: dict(samples) for m, samples in scene.agent.samples()}
    return pages[f"lebarpita_shaping_{name}"]


def test_a_lost_uplink_brings_all_offices_at_half_in_one_step_and_its_return_takes_them_away(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    assert scene.device.queues == {} and metric(scene, "fallback_ready") == {("isp-utama",): 1}
    assert scene.lose() == HALF
    assert len(scene.device.applied) == 1 and len(scene.device.queues) == 2 * len(OFFICES)
    assert metric(scene, "fallback") == {("isp-utama",): 1} and scene.agent.convergence.waiting == ""
    scene.roots = frozenset()
    assert scene.turn() == HALF
    assert scene.turn(END) == 0 and len(scene.device.applied) == 2
    assert metric(scene, "fallback") == {("isp-utama",): 0}


def test_a_city_read_anew_in_the_middle_of_a_loss_keeps_its_plan_or_takes_it_away(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    assert scene.lose() == HALF
    scene.agent.adopt(scene.city.model_copy(deep=True))
    scene.agent._take_city()
    assert scene.turn() == HALF
    main, second = scene.city.uplinks
    plain = (main.model_copy(update={"fallback": None}), second)
    scene.agent.adopt(scene.city.model_copy(update={"uplinks": plain}))
    scene.agent._take_city()
    assert scene.turn() == 0 and metric(scene, "fallback") == {}


def test_it_needs_no_tracker(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.start()
    assert scene.page is not None
    scene.now += ANNOUNCED_SECONDS
    assert scene.lose() == HALF


def test_a_line_that_flaps_changes_nothing_either_way(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    for _ in range(5):
        scene.roots = frozenset({"isp-utama"})
        assert scene.turn(1) == 0 and scene.turn(BEGIN - 2) == 0
        scene.roots = frozenset()
        assert scene.turn(1) == 0
    assert scene.lose() == HALF
    for _ in range(5):
        scene.roots = frozenset()
        assert scene.turn(1) == HALF and scene.turn(END - 2) == HALF
        scene.roots = frozenset({"isp-utama"})
        assert scene.turn(1) == HALF
    assert len(scene.device.applied) == 1


def test_a_watch_that_falls_silent_leaves_what_is_in_force(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.lose()
    scene.roots = None
    assert scene.turn(END) == HALF and scene.turn(END) == HALF
    assert scene.agent.failures["watch"] == 2
    scene.roots = frozenset()
    assert scene.turn() == HALF and scene.turn(END) == 0


def test_a_silent_watch_begins_nothing(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.roots = frozenset({"isp-utama"})
    scene.turn()
    scene.roots = None
    assert scene.turn(BEGIN) == 0


def test_a_process_that_ends_in_the_middle_of_a_loss_goes_on_with_it(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.lose()
    since = scene.agent.fallback.since
    scene.roots = None
    scene.start()
    # Its disk's page is as young as the process: what was in force before it is on the disk as well.
    assert scene.turn(1) == HALF and len(scene.device.applied) == 1
    assert scene.agent.fallback.since == since


def test_a_process_killed_while_it_applied_the_plan_applies_it_at_its_next_start(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))

    def killed(_: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(scene.device, "apply", killed)
    with pytest.raises(KeyboardInterrupt):
        scene.lose()
    monkeypatch.undo()
    again = scene_of(scene.place, monkeypatch)
    again.roots, again.now = None, scene.now
    again.start()
    assert again.turn() == HALF


def test_a_plan_that_nobody_signed_is_not_applied(scene: Scene) -> None:
    scene.ready(page_of(scene.city))
    assert scene.lose() == 0 and scene.device.applied == []
    assert metric(scene, "fallback_ready") == {("isp-utama",): 0} and metric(scene, "fallback") == {("isp-utama",): 0}


def test_a_plan_of_a_page_that_is_a_minute_old_waits_until_there_was_time_to_see_it(scene: Scene) -> None:
    scene.start(signed(scene.city, page_of(scene.city)))
    scene.turn()
    assert scene.lose() == 0
    assert scene.turn(ANNOUNCED_SECONDS - BEGIN) == HALF


def test_a_plan_of_other_terms_than_the_city_file_is_no_plan(scene: Scene, tmp_path: Path) -> None:
    other = scene_of(tmp_path, pytest.MonkeyPatch(), "90 %").city
    scene.ready(signed(other, page_of(scene.city)))
    assert scene.lose() == 0 and metric(scene, "fallback_ready") == {("isp-utama",): 0}


def test_a_page_whose_plan_was_altered_on_the_way_is_no_plan(scene: Scene) -> None:
    page = signed(scene.city, page_of(scene.city))
    page = json.loads(json.dumps(page))
    page["fallbacks"]["approved"][0]["plans"][0]["rows"][0]["receive"]["ceiling"] += 1
    scene.ready(page)
    assert scene.lose() == 0


def test_an_allocation_that_moved_since_is_scaled_by_the_signed_rule_and_told(scene: Scene) -> None:
    before = page_of(scene.city)
    scene.ready(signed(scene.city, page_of(scene.city, 2, dinkes=(5 * MBIT, 10 * MBIT)), before))
    assert metric(scene, "fallback_stale") == {("isp-utama",): 1}
    assert scene.lose() == 5 * MBIT
    assert scene.proofs[-1]["fallback"]["stale"] is True


def test_a_plan_that_is_taken_back_goes_out_of_force(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.lose()
    scene.page = page_of(scene.city)
    assert scene.turn() == 0


def test_a_ledger_that_cuts_everybody_during_the_loss_does_not_get_through_with_it(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.lose()
    cut = page_of(scene.city, 2, **dict.fromkeys(OFFICES, (32_000, 32_000)))
    scene.page = signed(scene.city, cut, page_of(scene.city))
    assert scene.turn(1) == HALF and scene.turn(60) == HALF


def test_the_proof_says_which_plan_is_in_force_and_is_no_proof_of_the_ledger(scene: Scene) -> None:
    page = signed(scene.city, page_of(scene.city))
    scene.ready(page)
    scene.lose()
    proof = scene.proofs[-1]
    assert proof["fallback"] == {
        "loss": "isp-utama",
        "since": scene.now,
        "rule": "50 %",
        "hash": page["fallbacks"]["approved"][0]["hash"],
        "stale": False,
    }
    assert proof["ok"] is False and "loss of isp-utama" in proof["problems"][0] and proof["hash"] == page["hash"]
    scene.roots = frozenset()
    scene.turn()
    scene.turn(END)
    assert "fallback" not in scene.proofs[-1] and scene.proofs[-1]["ok"] is True


def test_the_ceilings_that_verdicts_are_given_against_are_those_of_the_plan(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.lose()
    assert scene.agent.revision is not None and scene.agent.reading is not None
    ceilings = {queue.ceiling_bytes_per_second for queue in scene.agent.reading.queues.values()}
    assert ceilings == {HALF} == {queue.ceiling_bytes_per_second for queue in scene.agent.revision.queues}


def test_a_root_that_both_lines_hang_from_is_no_loss_of_one(scene: Scene) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    scene.roots = frozenset({"core"})
    scene.turn()
    assert scene.turn(BEGIN) == 0


def test_the_last_ordinary_rates_come_back_even_where_a_large_ledger_waits_meanwhile(scene: Scene) -> None:
    scene.city = scene.city.model_copy(
        update={
            "opds": tuple(
                opd.model_copy(update={"uplink": "isp-dua"}) if opd.code in OFFICES[:3] else opd
                for opd in scene.city.opds
            )
        }
    )
    home = OFFICES[0]
    scene.ready(signed(scene.city, page_of(scene.city)))
    assert scene.device.queues[home, "receive"].ceiling_bytes_per_second == BASE[1]
    scene.lose()
    assert scene.device.queues[home, "receive"].ceiling_bytes_per_second == HALF
    cut = page_of(scene.city, 2, **dict.fromkeys(OFFICES, (32_000, 32_000)))
    scene.page, scene.roots = signed(scene.city, cut, page_of(scene.city)), frozenset()
    scene.turn()
    scene.turn(END)
    assert scene.device.queues[home, "receive"].ceiling_bytes_per_second == BASE[1]
    assert "OPDs change" in scene.agent.convergence.waiting or "25 %" in scene.agent.convergence.waiting


def test_a_plan_that_does_no_good_is_undone_and_not_tried_again_and_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.ready(signed(scene.city, page_of(scene.city)))
    monkeypatch.setattr(type(scene.device), "apply", lambda self, plan: True)
    scene.roots = frozenset({"isp-utama"})
    scene.turn()
    with pytest.raises(ShapingError, match="applied and undone"):
        scene.turn(BEGIN)
    with pytest.raises(ShapingError, match="was undone before"):
        scene.turn(1)


def test_two_losses_onto_one_line_at_once_put_one_signed_plan_in_force_and_the_other_is_told(scene: Scene) -> None:
    """Nobody has signed what both together may use: the line never carries more than one plan's sums."""
    scene.city = three_lines()
    scene.ready(signed(scene.city, page_of(scene.city)))
    assert metric(scene, "fallback_ready") == {("isp-utama",): 1, ("isp-tiga",): 1}
    scene.roots = frozenset({"isp-utama", "isp-tiga"})
    scene.turn()
    scene.turn(BEGIN)
    assert metric(scene, "fallback") == {("isp-utama",): 1, ("isp-tiga",): 0}
    assert metric(scene, "fallback_ready") == {("isp-utama",): 1, ("isp-tiga",): 0}
    assert len(scene.device.queues) == len(OFFICES)
    guaranteed = sum(q.guaranteed_bytes_per_second for q in scene.device.queues.values() if q.direction == "receive")
    assert guaranteed <= 0.95 * 100 * MBIT
    scene.roots = frozenset({"isp-tiga"})
    scene.turn()
    before = set(scene.device.queues)
    scene.turn(END)
    assert metric(scene, "fallback") == {("isp-utama",): 0, ("isp-tiga",): 1}
    assert len(scene.device.queues) == len(OFFICES) and not before & set(scene.device.queues)
