"""The auditor's view and personal data: masked by role, sight logged, exported, erased with the chain whole."""

from pathlib import Path

import pytest
from tracker_site import NOW, Site

from request_tracker.custody.upkeep import audit
from request_tracker.custody.verification import verify_whole
from request_tracker.people.privacy import erase_person, export_person

CONTACT = {"name": "Narahubung", "phone": "0800000345", "email": "n@opd.invalid"}


@pytest.fixture
def number(site: Site) -> str:
    return str(site.request(contact=CONTACT).number)


def test_X_PDP_a_phone_is_masked_for_those_who_need_not_call(site: Site, number: str) -> None:
    site.enter("auditor")
    page = site.get(f"/kasus/{number}")
    assert "0800••••345" in page and CONTACT["phone"] not in page and CONTACT["email"] not in page
    assert export_person(site.desk.store, number)["seen_by"] == []


def test_X_PDP_unmasked_sight_is_logged_and_the_auditor_sees_it(site: Site, number: str) -> None:
    site.enter("secretariat")
    for _ in range(2):
        assert CONTACT["phone"] in site.get(f"/kasus/{number}")
    assert len(export_person(site.desk.store, number)["seen_by"]) == 1
    site.enter("auditor")
    assert "Nama secretariat" in site.get("/audit")


def test_X_PDP_erasing_leaves_no_personal_data_and_a_whole_chain(site: Site, number: str) -> None:
    erase_person(site.desk, number, NOW)
    kept = export_person(site.desk.store, number)["contact"]
    assert not set(CONTACT.values()) & set(kept.values())
    assert audit(site.desk) == []
    site.enter("secretariat")
    assert CONTACT["phone"] not in site.get(f"/kasus/{number}")


def test_X_AUD_the_auditor_sees_hashes_and_verifies_and_changes_nothing(site: Site, number: str) -> None:
    site.enter("auditor")
    last = site.desk.store.value("SELECT hash FROM events ORDER BY id DESC LIMIT 1")
    page = site.get("/audit?periksa=1")
    assert last[:16] in page and "utuh" in page
    case = f"/kasus/{number}"
    assert site.post(f"{case}/langkah/PKL-B-02", case, act="sign").status_code == 409


def test_X_AUD_the_page_tells_what_is_broken(site: Site, number: str) -> None:
    with site.desk.store.transaction() as db:
        db.execute("UPDATE cases SET subject = 'diubah tangan' WHERE number = ?", [number])
    site.enter("auditor")
    assert "diubah tangan" in site.get("/audit?periksa=1")


def test_X_AUD_the_page_says_when_everything_was_last_verified(site: Site, number: str, tmp_path: Path) -> None:
    site.enter("auditor")
    assert "belum pernah diperiksa" in site.get("/audit")
    verify_whole(site.desk, tmp_path, NOW)
    page = site.get("/audit?periksa=1")
    page = " ".join(page.split())
    assert "Seluruhnya terakhir diperiksa" in page and "<dt>Temuan</dt><dd>0 " in page
    assert "kasus yang berubah sejak itu. Semuanya utuh" in page and "Kasus diperiksa: <strong>0<" in page
