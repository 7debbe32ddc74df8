"""Comments on a case: inside for staff, to the requester and back; who may read and write them by role (6.6)."""

import re

from tracker_site import NOW, PASSWORD, Site

from request_tracker.cases import history, read_case
from request_tracker.people.accounts import NewAccount, add_user
from request_tracker.people.roles import ROLES, may

SECRET = "jaga rahasia: kabelnya dipotong"


def opened(site: Site) -> tuple[str, str]:
    """A request with a requester who can be reached: its number and the path of the secret link."""
    made = site.request(contact={"name": "Narahubung", "phone": "0800000000"})
    return made.number, f"/lacak/{made.token}"


def write(site: Site, number: str, kind: str, text: str) -> int:
    return int(site.post(f"/kasus/{number}/{kind}", f"/kasus/{number}", text=text).status_code)


def last(site: Site, number: str) -> tuple[str, str]:
    event = history(site.desk, number)[-1]
    return event.kind, event.data.get("text", "")


def test_PKL_S_09_staff_and_the_supervisor_write_notes_that_stay_inside(site: Site) -> None:
    number, link = opened(site)
    staff = {"head_of_office", "head_of_division", "head_of_section", "technician", "secretariat", "noc_operator"}
    assert {role for role in ROLES if may(frozenset({role}), "note")} == staff
    for role in ("head_of_division", "noc_operator"):
        add_user(site.desk.store, NewAccount(role, f"Nama {role}", (role,), PASSWORD), NOW)
        site.log_in(role)
        before = read_case(site.desk, number)
        assert write(site, number, "catatan", f"{SECRET} ({role})") == 302
        assert last(site, number) == ("internal_note", f"{SECRET} ({role})")
        after = read_case(site.desk, number)
        assert (after.open_steps, after.records) == (before.open_steps, before.records), "a comment moves nothing"
    assert SECRET in site.get(f"/kasus/{number}")
    site.client.delete_cookie("session")
    assert SECRET not in site.get(link)


def test_the_auditor_reads_notes_and_writes_none_the_administrator_does_neither(site: Site) -> None:
    number, _ = opened(site)
    site.enter("technician")
    write(site, number, "catatan", SECRET)
    for role, reads in (("auditor", True), ("admin", False)):
        site.enter(role)
        page = site.get(f"/kasus/{number}")
        assert (SECRET in page) is reads and 'id="tanggapan"' not in page
        for kind in ("catatan", "tanggapan"):
            assert site.post(f"/kasus/{number}/{kind}", "/kasus", text="x").status_code == 403
    assert last(site, number) == ("internal_note", SECRET)


def test_an_answer_is_read_by_the_link_and_the_requester_writes_back(site: Site) -> None:
    number, link = opened(site)
    technician = site.enter("technician")
    write(site, number, "tanggapan", "Boleh kami datang Senin?")
    site.client.delete_cookie("session")
    assert "Boleh kami datang Senin?" in site.get(link)
    answer = site.post(f"{link}/komentar", link, text="Silakan <b>pagi</b>")
    assert answer.status_code == 302 and last(site, number) == ("public_comment", "Silakan <b>pagi</b>")
    assert "Silakan &lt;b&gt;pagi&lt;/b&gt;" in site.get(link)
    told = site.desk.store.rows("SELECT recipient FROM outbox WHERE payload LIKE '%requester_wrote%'")
    assert [row["recipient"] for row in told] == ["role:head_of_office"], "whose step waits is told"
    site.log_in("technician")
    page = site.get(f"/kasus/{number}")
    assert "Silakan &lt;b&gt;pagi" in page and page.index("Boleh kami") < page.index("Silakan")
    assert technician


def test_a_requester_may_still_ask_after_the_end_and_the_section_head_is_told(site: Site) -> None:
    _, link = opened(site)
    site.post(f"{link}/batal", link, reason="tidak jadi")
    assert site.post(f"{link}/komentar", link, text="Apakah surat diarsipkan?").status_code == 302
    told = site.desk.store.rows("SELECT recipient FROM outbox WHERE payload LIKE '%requester_wrote%'")
    assert [row["recipient"] for row in told] == ["role:head_of_section"]


def test_an_empty_comment_is_refused_in_a_sentence_and_keeps_nothing(site: Site) -> None:
    number, link = opened(site)
    before = read_case(site.desk, number).version
    answer = site.post(f"{link}/komentar", link, text="  ")
    assert answer.status_code == 422 and "Tulis kepada petugas: belum diisi" in answer.text
    site.enter("technician")
    assert write(site, number, "catatan", "") == 422
    assert read_case(site.desk, number).version == before


def test_who_may_only_note_sees_one_button_and_may_not_answer_the_requester(site: Site) -> None:
    number, _ = opened(site)
    add_user(site.desk.store, NewAccount("noc", "NOC", ("noc_operator",), PASSWORD), NOW)
    site.log_in("noc")
    page = site.get(f"/kasus/{number}")
    form = re.search(r'<form id="tanggapan".*?</form>', page, re.DOTALL)
    assert form is not None and form[0].count("<button") == 1 and "Kirim kepada pemohon" not in form[0]
    assert write(site, number, "tanggapan", "x") == 403
