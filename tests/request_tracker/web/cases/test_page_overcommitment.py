"""More than an uplink carries (PKL-B-GAP1): the SOP grants always, so the page warns in red and keeps the reason."""

from datetime import timedelta
from typing import Any

import pytest
from tracker_office import DIVISION, MBIT, SECTION, TECHNICIAN
from tracker_site import NOW, Site

from request_tracker.cases import Allocation, Sign, history, run
from request_tracker.ledger import allocations

RATES = {"receive_ceiling": "50", "receive_guaranteed": "10", "transmit_ceiling": "20", "transmit_guaranteed": "5"}
SMALL = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
RED = 'class="notice bad" id="melebihi"'


@pytest.fixture
def number(site: Site) -> str:
    """A request of 50 Mbit/s at the head's disposition, on an uplink of which others hold 160 of 200 Mbit/s."""
    others = Allocation(10 * MBIT, 160 * MBIT, 10 * MBIT, 100 * MBIT)
    changes = [
        allocations.Change(opd, rates, "system", None, "saldo awal")
        for opd, rates in (("dinkes", SMALL), ("rsud", others))
    ]
    with site.desk.store.transaction() as db:
        allocations.write(site.desk.store, db, changes, NOW - timedelta(days=30))
    site.enter("head_of_office")
    return str(site.request().number)


def sign(site: Site, number: str, **more: str) -> Any:
    """The head signs the number of his disposition."""
    page = f"/kasus/{number}"
    return site.post(f"{page}/langkah/PKL-B-02", page, act="sign", **{**RATES, **more})


def apply(site: Site, number: str, **more: str) -> Any:
    """The others pass it on, and the technician presses his one button."""
    for who, act in ((DIVISION, Sign("PKL-B-03")), (SECTION, Sign("PKL-B-03", assignee=TECHNICIAN))):
        run(site.desk, number, act, who, NOW)
    site.enter("technician")
    page = f"/kasus/{number}"
    return site.post(f"{page}/langkah/PKL-B-04", page, act="sign", **more)


def test_PKL_B_GAP1_ceilings_above_the_capacity_are_told_in_red_before_anybody_signs(site: Site, number: str) -> None:
    page = site.get(f"/kasus/{number}")
    assert RED in page and "unduh 210 Mbit/s dari 200 Mbit/s" in page and "unggah 2" not in page
    site.enter("technician")
    assert RED in site.get(f"/kasus/{number}")


def test_PKL_B_GAP1_without_a_reason_nothing_is_applied_and_with_one_it_is_kept_and_shown(
    site: Site, number: str
) -> None:
    refused = sign(site, number)
    assert refused.status_code == 409 and "melebihi kapasitas" in refused.text
    assert allocations.allocation_of(site.desk.store, "dinkes", NOW + timedelta(hours=1)) == SMALL
    assert sign(site, number, reason="jam sibuk berbeda").status_code == 302
    assert apply(site, number).status_code == 302
    (row,) = site.desk.store.rows("SELECT reason FROM ledger WHERE case_number = ?", [number])
    applied = next(event for event in history(site.desk, number) if event.kind == "allocation_applied")
    assert row["reason"] == applied.data["reason"] == "jam sibuk berbeda"
    assert "jam sibuk berbeda" in site.get(f"/kasus/{number}")


def test_PKL_B_GAP1_what_fits_is_not_red_and_needs_no_reason(site: Site, number: str) -> None:
    fits = str(site.request(opd="dinkes", form={"wanted_receive": "40 Mbit/s", "purpose": "uji"}).number)
    assert RED not in site.get(f"/kasus/{fits}")
    assert sign(site, fits, receive_ceiling="40").status_code == 302
    assert apply(site, fits).status_code == 302


def test_PKL_B_GAP1_guarantees_above_the_room_are_advised_against_in_red(site: Site, number: str) -> None:
    with site.desk.store.transaction() as db:
        many = Allocation(185 * MBIT, 190 * MBIT, 10 * MBIT, 100 * MBIT)
        allocations.write(site.desk.store, db, [allocations.Change("rsud", many, "system", None, "uji")], NOW)
    page = site.get(f"/kasus/{number}")
    assert 'class="verdict bad"' in page
    assert "Jaminan unduh yang diminta 10 Mbit/s, sisa yang boleh dijanjikan uplink 5 Mbit/s." in page


def test_KTM_AL1_a_note_on_freeze_and_firewall_is_kept_with_the_change_and_shown(site: Site, number: str) -> None:
    assert sign(site, number, receive_ceiling="40", reason="cukup").status_code == 302
    assert apply(site, number, firewall="pembekuan sampai Senin; aturan 12 diubah").status_code == 302
    applied = next(event for event in history(site.desk, number) if event.kind == "allocation_applied")
    assert applied.data["firewall"] == "pembekuan sampai Senin; aturan 12 diubah"
    assert "aturan 12 diubah" in site.get(f"/kasus/{number}")
