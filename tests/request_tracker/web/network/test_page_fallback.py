"""The page of fallback plans: shown beforehand, put forward by one, signed by another, said while it is in force."""

import re
from dataclasses import replace
from typing import Any

import pytest
from tracker_office import true_proof
from tracker_site import NOW, Site
from two_lines_site import BASE, MBIT, allocate, with_two_lines

from inventory.fallback import approvals_in, shared_lines
from request_tracker.capacity.fallback import NEWEST_PROOFS, fallback_page
from request_tracker.cases.proofs import record_proof
from request_tracker.errors import TrackerError
from request_tracker.ledger.allocation import Allocation
from request_tracker.outages.outage_reports import OutageRecord
from request_tracker.outages.tickets import reconcile
from request_tracker.people.sessions import add_token

PAGE = "/mode-cadangan"


@pytest.fixture
def office(site: Site) -> Site:
    return with_two_lines(site)


def put_forward(office: Site) -> Any:
    shown = re.search(r'name="hash" value="([0-9a-f]{64})"', office.get(PAGE))
    assert shown is not None
    return office.post(f"{PAGE}/ajukan", PAGE, loss="isp-utama", hash=shown[1])


def sign(office: Site, number: int = 1, act: str = "confirmed") -> Any:
    return office.post(f"{PAGE}/{number}", PAGE, act=act)


def signed(office: Site) -> None:
    office.enter("technician")
    put_forward(office)
    office.enter("head_of_division")
    sign(office)


def test_every_office_stands_there_before_and_after_with_the_sums(office: Site) -> None:
    office.enter("technician")
    page = office.get(PAGE)
    assert "semua 50 %" in page and "Belum disetujui" in page
    assert "5 Mbit/s, 20 Mbit/s" in page and "2,5 Mbit/s, 10 Mbit/s" in page and "ISP Kedua" in page
    assert "30 Mbit/s" in page and "120 Mbit/s" in page and "95 Mbit/s" in page


def test_a_city_without_a_fallback_is_told_who_writes_one_down(site: Site) -> None:
    site.enter("technician")
    assert "administrator menuliskannya di berkas kota" in site.get(PAGE)


def test_a_line_that_carries_two_losses_is_named_with_what_happens_then(office: Site) -> None:
    """There is no plan for a pair: that is said beforehand, not found out in the outage."""
    office.enter("technician")
    assert "data-shared" not in office.get(PAGE)
    main, second = office.desk.city.uplinks
    third = main.model_copy(update={"name": "isp-tiga", "provider": "ISP Ketiga", "interface": "wan3"})
    city = office.desk.city.model_copy(update={"uplinks": (main, second, third)})
    assert shared_lines(city) == {"isp-dua": ("isp-utama", "isp-tiga")}
    running = office.client.application.extensions
    running["office"] = replace(running["office"], desk=replace(office.desk, city=city))
    page = office.get(PAGE)
    assert 'data-shared="isp-dua"' in page and "Tidak ada yang menyetujui angka untuk keduanya" in page


def test_two_people_make_a_plan_and_the_agent_reads_it(office: Site) -> None:
    office.enter("technician")
    assert put_forward(office).status_code == 302
    assert fallback_page(office.desk.store)["approved"] == []
    office.enter("head_of_division")
    assert sign(office).status_code == 302
    assert "Siap." in office.get(PAGE)
    approval = approvals_in({"fallbacks": fallback_page(office.desk.store)})["isp-utama"]
    assert approval["plans"][0]["rows"][0]["receive"] == {"guaranteed": 5 * MBIT // 2, "ceiling": 10 * MBIT}
    kinds = [
        row["kind"] for row in office.desk.store.rows("SELECT kind FROM rights_journal WHERE kind LIKE 'fallback%'")
    ]
    assert kinds == ["fallback_asked", "fallback_confirmed"]


def test_who_put_it_forward_cannot_sign_it(office: Site) -> None:
    office.enter("head_of_division")
    put_forward(office)
    assert sign(office).status_code == 409
    assert fallback_page(office.desk.store)["approved"] == []


def test_a_plan_that_moved_since_the_page_was_opened_is_not_put_forward(office: Site) -> None:
    office.enter("technician")
    answer = office.post(f"{PAGE}/ajukan", PAGE, loss="isp-utama", hash="0" * 64)
    assert answer.status_code == 409 and "muat ulang" in answer.text
    assert office.post(f"{PAGE}/ajukan", PAGE, loss="isp-lain", hash="0" * 64).status_code == 409


def test_an_allocation_that_moved_since_is_told_and_asked_for_again(office: Site) -> None:
    signed(office)
    allocate(office, Allocation(5 * MBIT, 10 * MBIT, 5 * MBIT, 10 * MBIT), "dinkes")
    page = office.get(PAGE)
    assert "Alokasi berubah sejak disetujui" in page and "Ajukan rencana ini" in page
    assert len(fallback_page(office.desk.store)["approved"]) == 1


def test_a_city_file_that_moved_since_makes_the_signature_void(office: Site, site: Site) -> None:
    signed(office)
    other = with_two_lines(site, "40 %")
    other.log_in("technician")
    assert "persetujuan tidak berlaku lagi" in other.get(PAGE)


def test_a_signature_is_taken_back_and_the_one_before_does_not_come_to_life(office: Site) -> None:
    signed(office)
    allocate(office, Allocation(5 * MBIT, 10 * MBIT, 5 * MBIT, 10 * MBIT), "dinkes")
    office.log_in("technician")
    put_forward(office)
    office.log_in("head-of-division")
    sign(office, 2)
    assert sign(office, 2, "withdrawn").status_code == 302
    assert fallback_page(office.desk.store)["approved"] == []


def test_a_plan_that_does_not_fit_cannot_be_put_forward(office: Site) -> None:
    allocate(office, Allocation(50 * MBIT, 50 * MBIT, 50 * MBIT, 50 * MBIT), *(o.code for o in office.desk.city.opds))
    office.enter("technician")
    page = office.get(PAGE)
    assert "Tidak muat" in page and "Ajukan rencana ini" not in page


def test_a_plan_in_force_is_said_on_its_page_and_the_wall_until_the_ordinary_rates_are_back(office: Site) -> None:
    signed(office)
    told = {"loss": "isp-utama", "since": NOW.timestamp(), "rule": "50 %", "hash": "a" * 64, "stale": False}
    proof = true_proof(office.desk, NOW, uplink="isp-dua", agent="core/isp-dua")
    outcome = record_proof(office.desk, {**proof, "ok": False, "fallback": told}, NOW)
    assert not outcome.matches and "not the ledger" in outcome.problems[0]
    for page in (PAGE, "/wall"):
        assert "Mode cadangan: semua 50 %" in office.get(page)
    record_proof(office.desk, {**proof, "read_at": NOW.timestamp() + 1}, NOW)
    assert "Mode cadangan: semua" not in office.get("/wall")


def test_the_ticket_of_the_lost_uplink_says_which_plan_is_in_force(office: Site) -> None:
    signed(office)
    begun = NOW.timestamp() - 60
    lost = OutageRecord("isp-utama", "uplink", "silent", ("rsud",), begun, None, "watch")
    (number,) = reconcile(office.desk, [lost], NOW)
    assert "Mode cadangan: semua" not in office.get(f"/gangguan/{number}")
    told = {"loss": "isp-utama", "since": begun, "rule": "50 %", "hash": "a" * 64, "stale": True}
    proof = true_proof(office.desk, NOW, uplink="isp-dua", agent="core/isp-dua", ok=False, fallback=told)
    record_proof(office.desk, proof, NOW)
    page = office.get(f"/gangguan/{number}")
    assert "Mode cadangan: semua 50 %" in page and "alokasi berubah sejak disetujui" in page


def test_the_agent_s_answer_holds_the_signed_plans(office: Site) -> None:
    signed(office)
    secret = add_token(office.desk.store, "pembentuk", ["allocations:read"], NOW)
    answer = office.client.get("/api/allocations", headers={"Authorization": f"Bearer {secret}"})
    assert approvals_in(answer.json or {})["isp-utama"]["terms"]["rule"] == "50 %"


@pytest.mark.parametrize("told", [5, {}, {"loss": "x", "rule": "y", "hash": "z", "since": "now", "stale": False}])
def test_an_agent_that_tells_of_its_fallback_what_is_none_is_refused(office: Site, told: Any) -> None:
    with pytest.raises(TrackerError, match="fallback must be"):
        record_proof(office.desk, {**true_proof(office.desk, NOW), "fallback": told}, NOW)


def test_the_row_that_was_signed_cannot_be_changed_or_removed(office: Site) -> None:
    signed(office)
    for statement in ("UPDATE fallback_plans SET content = '{}'", "DELETE FROM fallback_plans"):
        with pytest.raises(Exception, match="fallback_plans"), office.desk.store.transaction() as db:
            db.execute(statement)
    assert BASE.receive_ceiling == 20 * MBIT and len(fallback_page(office.desk.store)["approved"]) == 1


def test_the_newest_proofs_are_found_without_reading_every_proof(site: Site) -> None:
    steps = [row["detail"] for row in site.desk.store.rows(f"EXPLAIN QUERY PLAN {NEWEST_PROOFS}")]
    assert [step for step in steps if step.startswith("SCAN")] == ["SCAN proofs USING COVERING INDEX proofs_of_agent"]
