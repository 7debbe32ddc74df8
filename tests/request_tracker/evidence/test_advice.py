"""The advice, direction by direction: more, less, or nothing asked for; measured, or not; room, or none."""

from dataclasses import replace

import pytest
from pydantic import ValidationError
from tracker_office import MBIT

from request_tracker.advice_settings import EvidencePart
from request_tracker.evidence.advice import USUAL, Recommendation, WayFacts, judge, rule_text


def way(name: str = "receive", **more: float | None) -> WayFacts:
    """One direction of a wish from 20 to 30 Mbit/s with a p95 of 18, in Mbit/s."""
    told = {"p95": 18.0, "present": 20.0, "wanted": 30.0, "room": 190.0, "wanted_guaranteed": 5.0} | more
    rates = {key: None if value is None else round(value * MBIT) for key, value in told.items()}
    # The rates come by name from a table that has None for one that is missing.
    return WayFacts(way=name, days=30, measured=1, impossible=0, hours_above=41, **rates)  # type: ignore[arg-type]  # p95 and present may be None


def calm(name: str = "transmit", **more: float | None) -> WayFacts:
    """A direction that asks for what it has, and uses little of it."""
    return replace(way(name, **({"p95": 3.0, "wanted": 20.0} | more)), hours_above=0)


def test_BTM_06_a_full_direction_is_advised_whole_with_its_number() -> None:
    found = judge(USUAL, (way(p95=18.2), calm()))
    assert found == Recommendation("disarankan", found.reason, {"receive": 30 * MBIT, "transmit": 20 * MBIT})
    assert found.reason.indonesian == (
        "Unduh 30 Mbit/s: p95 18,2 Mbit/s dari 20 Mbit/s, 41 jam dalam 30 hari di atas 80 %."
    )
    assert found.reason.english == "Download 30 Mbit/s: p95 18.2 Mbit/s of 20 Mbit/s, 41 hours in 30 days above 80 %."


def test_BTM_06_a_wish_far_above_the_use_is_advised_in_part_only() -> None:
    found = judge(USUAL, (way(p95=16, wanted=190), calm()))
    assert (found.verdict, found.ceilings["receive"]) == ("disarankan_sebagian", 30 * MBIT)


def test_BTM_06_a_direction_that_is_not_full_needs_no_more() -> None:
    found = judge(USUAL, (way(p95=8), calm()))
    assert found.verdict == "belum_disarankan" and found.ceilings["receive"] == 20 * MBIT
    assert found.reason.indonesian.startswith("Unduh tetap 20 Mbit/s: p95 8 Mbit/s dari 20 Mbit/s")


@pytest.mark.parametrize("full", ["receive", "transmit"])
def test_each_direction_is_judged_by_its_own_use(full: str) -> None:
    idle = {"receive": "transmit", "transmit": "receive"}[full]
    found = judge(USUAL, (way(full), way(idle, p95=3)))
    assert found.verdict == "disarankan_sebagian"
    assert found.ceilings == {full: 30 * MBIT, idle: 20 * MBIT}


def test_a_full_direction_that_nobody_asked_for_is_named() -> None:
    found = judge(USUAL, (way(), calm(p95=19.6)))
    assert found.verdict == "disarankan" and "unggah tidak diminta berubah, padahal p95 19,6" in found.reason.indonesian


def test_a_wish_for_less_is_judged_as_one() -> None:
    found = judge(USUAL, (way(p95=3, wanted=10), calm()))
    assert found.verdict == "disarankan" and found.ceilings["receive"] == 10 * MBIT
    assert found.reason.indonesian == "Unduh turun ke 10 Mbit/s: p95 3 Mbit/s masih muat dalam 10 Mbit/s."
    tight = judge(USUAL, (way(p95=8.5, wanted=10), calm()))
    assert tight.verdict == "disarankan_sebagian" and tight.ceilings["receive"] == 15 * MBIT
    never = judge(USUAL, (way(p95=18, wanted=10), calm()))
    assert never.verdict == "belum_disarankan" and "tidak muat dalam 10 Mbit/s" in never.reason.indonesian


def test_what_is_asked_for_and_held_already_is_said() -> None:
    found = judge(USUAL, (calm("receive"), calm()))
    assert found.reason.indonesian == "Yang diminta sama dengan alokasi sekarang."


def test_BTM_06_below_the_least_measured_share_nothing_is_judged() -> None:
    found = judge(USUAL, (replace(way(), measured=0.0667), calm()))
    assert found.verdict == "belum_dinilai" and found.ceilings == {}
    assert found.reason.indonesian == "Unduh terukur 2 dari 30 hari; penilaian memerlukan paling sedikit 50 %."
    assert (
        judge(EvidencePart(least_measured_percent=10), (replace(way(), measured=0.2), calm())).verdict == "disarankan"
    )
    assert judge(USUAL, (way(p95=None), calm())).verdict == "belum_dinilai"


def test_means_above_the_port_are_not_judged() -> None:
    found = judge(USUAL, (replace(way(), impossible=0.033), calm()))
    assert found.verdict == "belum_dinilai" and "3 % dari rata-rata" in found.reason.indonesian


def test_KTM_05_what_the_uplink_cannot_guarantee_is_not_advised_measured_or_not() -> None:
    full = judge(USUAL, (way(room=3), calm()))
    assert full.verdict == "belum_disarankan" and full.ceilings["receive"] == 20 * MBIT
    assert "sisa yang boleh dijanjikan uplink 3 Mbit/s" in full.reason.indonesian
    part = judge(USUAL, (way(room=4.5), calm()))
    assert (part.verdict, part.ceilings["receive"]) == ("disarankan_sebagian", 25 * MBIT)
    blind = judge(USUAL, (replace(way(room=3), measured=0), calm()))
    assert blind.verdict == "belum_disarankan" and "sisa yang boleh dijanjikan" in blind.reason.indonesian


def test_a_first_allocation_follows_the_use() -> None:
    found = judge(USUAL, (way(present=None, p95=9), calm()))
    assert found.verdict == "disarankan_sebagian" and found.ceilings["receive"] == 15 * MBIT
    assert "belum ada alokasi" in found.reason.indonesian


def test_the_thresholds_are_the_offices_own_and_stand_in_the_rule() -> None:
    strict = EvidencePart(used_percent=95, comfortable_percent=90)
    assert judge(strict, (way(), calm())).verdict == "belum_disarankan"
    assert "95 % batas sekarang" in rule_text(strict) and "90 % batas baru" in rule_text(strict)
    with pytest.raises(ValidationError, match="comfortable_percent must be below"):
        EvidencePart(used_percent=60, comfortable_percent=60)


def test_BTM_06_hours_are_counted_over_the_days_whose_ceiling_is_known_and_say_so() -> None:
    since = replace(way(p95=18.2), hours_above=3.0, ceiling_days=6.52)
    found = judge(USUAL, (since, calm()))
    assert found.reason.indonesian == (
        "Unduh 30 Mbit/s: p95 18,2 Mbit/s dari 20 Mbit/s, 3 jam di atas 80 % dihitung atas 6,5 hari yang plafonnya "
        "diketahui."
    )
    assert "3 hours above 80 % counted over the 6.5 days whose ceiling is known" in found.reason.english


def test_BTM_06_hours_under_no_known_ceiling_are_unknown_and_never_none_and_the_verdict_is_the_p95_s() -> None:
    unknown = replace(way(p95=18.2), hours_above=None, ceiling_days=0.0)
    found, sure = judge(USUAL, (unknown, calm())), judge(USUAL, (way(p95=18.2), calm()))
    assert (found.verdict, found.ceilings) == (sure.verdict, sure.ceilings)
    assert "jam di atas 80 % belum dapat dihitung, plafon dari waktu yang terukur belum diketahui" in (
        found.reason.indonesian
    )
    assert "0 jam" not in found.reason.indonesian and "0 hours" not in found.reason.english
    minutes = judge(USUAL, (replace(unknown, hours_above=0.0, ceiling_days=0.01), calm()))
    assert "0 jam di atas 80 % dihitung atas kurang dari 0,1 hari yang plafonnya diketahui" in minutes.reason.indonesian
