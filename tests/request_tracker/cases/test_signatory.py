"""Who signed stands in the event as he was: the attack by an account that is named like the head and switched off."""

import csv
from pathlib import Path

from tracker_office import HEAD, new_desk, request
from tracker_site import NOW, Site

from request_tracker.cases import Sign, history, read_case, run
from request_tracker.cases.model import Signatory
from request_tracker.config import Office
from request_tracker.custody.upkeep import audit
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.making import facts_of
from request_tracker.people.accounts import NewAccount, add_user, person, set_active
from request_tracker.people.details import put_details
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.reports.export import export
from request_tracker.sop.register import by_hash

SIGNED = "kind = 'signed' AND lane IS NOT NULL"


def signed_by_head(site: Site) -> tuple[str, int]:
    """A case whose disposition somebody has signed as head of the office; its number and his."""
    number = str(site.request().number)
    user = add_user(site.desk.store, NewAccount("kadis", "Siti Aminah", ("head_of_office",), "sandi-yang-panjang"), NOW)
    put_details(site.desk.store, user, "Kepala Dinas", "", "")
    head = person(site.desk.store, user, NOW)
    assert head is not None
    run(site.desk, number, Sign("PKL-B-02"), head.who, NOW)
    return number, user


def test_the_signed_event_has_name_position_and_role_as_they_were(site: Site) -> None:
    number, user = signed_by_head(site)
    put_details(site.desk.store, user, "Staf Ahli", "", "")
    with site.desk.store.transaction() as db:
        db.execute("UPDATE users SET name = 'Orang Lain' WHERE id = ?", [user])
    event = next(event for event in reversed(history(site.desk, number)) if event.kind == "signed")
    assert event.signatory == Signatory("Siti Aminah", "Kepala Dinas", "head_of_office")
    assert not event.lacks_signatory
    assert audit(site.desk) == []


def test_the_case_page_shows_who_he_was_and_not_who_he_is(site: Site) -> None:
    number, user = signed_by_head(site)
    with site.desk.store.transaction() as db:
        db.execute("UPDATE users SET name = 'Orang Lain' WHERE id = ?", [user])
    site.enter("auditor")
    page = site.get(f"/kasus/{number}")
    assert "Siti Aminah, Kepala Dinas, peran Kepala Dinas" in " ".join(page.split())


def test_a_signature_from_before_says_that_it_has_none(site: Site) -> None:
    number = str(site.request().number)
    add_user(site.desk.store, NewAccount("kadis", "Siti Aminah", ("head_of_office",), "sandi-yang-panjang"), NOW)
    run(site.desk, number, Sign("PKL-B-02"), HEAD, NOW)
    site.enter("auditor")
    page = " ".join(site.get(f"/kasus/{number}").split())
    assert "nama dan jabatan saat menandatangani tidak tercatat" in page


def test_the_paper_carries_the_name_and_position_of_that_day(site: Site) -> None:
    number, user = signed_by_head(site)
    put_details(site.desk.store, user, "Staf Ahli", "", "")
    with site.desk.store.transaction() as db:
        db.execute("UPDATE users SET name = 'Orang Lain' WHERE id = ?", [user])
    case = read_case(site.desk, number)
    sheet = disposition(facts_of(site.desk, Office(), case, by_hash(site.desk.store, case.sop_hash), NOW))
    (signer,) = sheet.signers
    assert (signer.name, signer.under[0]) == ("Siti Aminah", "Kepala Dinas")
    assert "akun Siti Aminah" in str(signer.mark) and "tidak tercatat" not in str(signer.mark)


def test_a_paper_of_a_signature_from_before_says_that_the_name_is_todays(site: Site) -> None:
    number = str(site.request().number)
    add_user(site.desk.store, NewAccount("kadis", "Siti Aminah", ("head_of_office",), "sandi-yang-panjang"), NOW)
    run(site.desk, number, Sign("PKL-B-02"), HEAD, NOW)
    case = read_case(site.desk, number)
    sheet = disposition(facts_of(site.desk, Office(), case, by_hash(site.desk.store, case.sop_hash), NOW))
    assert "tidak tercatat" in str(sheet.signers[0].mark)


def test_the_export_has_the_signatory(site: Site, tmp_path: Path) -> None:
    signed_by_head(site)
    export(site.desk, "events", tmp_path / "events.csv")
    rows = list(csv.DictReader((tmp_path / "events.csv").read_text(encoding="utf-8-sig").splitlines(), delimiter=";"))
    signed = [row for row in rows if row["Penanda tangan"]]
    assert [(row["Penanda tangan"], row["Jabatan penanda tangan"], row["Peran penanda tangan"]) for row in signed] == [
        ("Siti Aminah", "Kepala Dinas", ROLE_NAMES["head_of_office"].indonesian)
    ]


def test_a_requester_by_link_has_no_name_in_the_event(tmp_path: Path) -> None:
    desk = new_desk(tmp_path)
    number = request(desk)
    assert all(event.signatory is None for event in history(desk, number))
    assert not any(event.lacks_signatory for event in history(desk, number))


def test_an_account_named_like_the_head_that_signed_and_was_switched_off_is_seen(site: Site) -> None:
    """The attack of the issue: what was nowhere is in the case, in the journal, and on the auditor's page."""
    for login, role in (("kadis", "head_of_office"), ("periksa", "auditor")):
        add_user(site.desk.store, NewAccount(login, f"Nama {login}", (role,), "sandi-yang-panjang"), NOW)
    admin = site.enter("admin")
    number = str(site.request().number)
    site.post("/pengguna", "/pengguna", login="kadis2", name="Kepala Dinas", role=["head_of_office"])
    user = int(site.desk.store.value("SELECT id FROM users WHERE login = 'kadis2'"))
    false_head = person(site.desk.store, user, NOW)
    assert false_head is not None
    run(site.desk, number, Sign("PKL-B-02"), false_head.who, NOW)
    set_active(site.desk.store, user, False, NOW)
    sql = "SELECT kind, actor FROM rights_journal WHERE subject = ? ORDER BY seq"
    rows = site.desk.store.rows(sql, [f"user:{user}"])
    kinds = [row["kind"] for row in rows]
    assert kinds == ["account_made", "role_given", "link_made", "account_off"]
    assert rows[0]["actor"] == f"user:{admin}"
    site.log_in("admin")
    page = site.get(f"/audit/wewenang?siapa=user:{user}")
    assert "akun dibuat" in page and "akun dinonaktifkan" in page and "Kepala Dinas" in page
    recipients = {row["recipient"] for row in site.desk.store.rows("SELECT recipient FROM outbox")}
    assert {"role:head_of_office", "role:auditor"} <= recipients
    assert audit(site.desk) == []
