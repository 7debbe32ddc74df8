"""The inbox: nothing of a stranger has a number before somebody accepts it; each other end has its reason, told."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tracker_office import MONDAY
from tracker_site import Site

from request_tracker.cases import Desk, OpenCase, Supplied, read_case
from request_tracker.errors import Conflict, Refused
from request_tracker.inbox.entries import decided_lately, hand_in, open_entries, read_entry
from request_tracker.inbox.entry import BY_STAFF, OUTCOMES
from request_tracker.inbox.sorting import EntryEnd, accept, ask_back, end_entry, reply, withdraw
from request_tracker.notifications.inbox_reminders import remind_inbox
from request_tracker.people.retention import erase_due

SECRETARY = "user:7"
HOUR = timedelta(hours=1)


def sent(desk: Desk, key: str = "form:k", at: datetime = MONDAY) -> int:
    """A request of an office, by the public form."""
    command = OpenCase(
        "PKL-BW",
        "Penambahan bandwidth",
        "dinkes",
        form={"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Operator"},
        contact={"name": "Operator", "phone": "0285 000", "email": "a@b.id", "channel": "email"},
        documents={"surat": Supplied(note="surat menyusul")},
        idempotency_key=key,
    )
    receipt = hand_in(desk, command, "request", at).receipt
    return int(receipt.removeprefix("TT-"))


def numbered(desk: Desk) -> int:
    return int(desk.store.value("SELECT count(*) FROM cases"))


def told(desk: Desk, recipient: str) -> list[str]:
    rows = desk.store.rows(
        "SELECT json_extract(payload, '$.template') AS said FROM outbox WHERE recipient = ?", [recipient]
    )
    return [row["said"] for row in rows]


def test_nothing_has_a_number_before_it_is_accepted_and_a_thousand_letters_make_none(desk: Desk) -> None:
    for key in range(1000):
        sent(desk, f"form:{key}")
    assert numbered(desk) == 0 and not desk.store.value("SELECT count(*) FROM numbers")
    assert told(desk, "role:secretariat") == ["inbox_waiting"]
    assert desk.store.value("SELECT count(*) FROM waiting") == 0


def test_accepting_gives_the_number_begins_the_case_when_it_came_and_keeps_contact_and_link(desk: Desk) -> None:
    id_ = sent(desk)
    opened = accept(desk, id_, SECRETARY, MONDAY + 3 * HOUR)
    case, entry = read_case(desk, opened.number), read_entry(desk, id_)
    assert case.opened_at == MONDAY and case.form["purpose"] == "uji" and "contact_name" not in case.form
    assert case.contact == f"contact:{entry.contact}" and entry.case_number == opened.number
    assert desk.store.value("SELECT count(*) FROM contacts") == 1
    assert desk.store.value("SELECT hash FROM public_tokens") == entry.link_hash
    first = desk.store.value("SELECT data FROM events WHERE seq = 1")
    assert f'"accepted_by":"{SECRETARY}"' in first and entry.receipt in first
    assert told(desk, case.contact) == ["inbox_received", "request_received"]


def test_of_two_people_who_decide_one_wins_and_the_other_is_told(desk: Desk) -> None:
    id_ = sent(desk)
    accept(desk, id_, SECRETARY, MONDAY)
    with pytest.raises(Conflict):
        end_entry(desk, id_, EntryEnd("spam", "iklan"), "user:8", MONDAY)
    with pytest.raises(Conflict):
        accept(desk, id_, "user:8", MONDAY)
    assert numbered(desk) == 1


@pytest.mark.parametrize("outcome", [outcome for outcome in BY_STAFF if outcome != "rangkap"])
def test_every_other_end_needs_its_reason_and_is_told_to_the_sender(desk: Desk, outcome: str) -> None:
    id_ = sent(desk)
    with pytest.raises(Refused, match="alasan"):
        end_entry(desk, id_, EntryEnd(outcome, ""), SECRETARY, MONDAY)
    end_entry(desk, id_, EntryEnd(outcome, "sudah dibicarakan"), SECRETARY, MONDAY)
    entry = read_entry(desk, id_)
    assert (entry.outcome, entry.acts[-1].text, entry.acts[-1].actor) == (outcome, "sudah dibicarakan", SECRETARY)
    assert told(desk, f"contact:{entry.contact}") == ["inbox_received", "inbox_ended"] and numbered(desk) == 0
    assert not open_entries(desk) and decided_lately(desk) == [entry]


def test_a_double_names_the_case_it_is_the_same_as(desk: Desk) -> None:
    first, second = sent(desk), sent(desk, "form:lagi")
    number = accept(desk, first, SECRETARY, MONDAY).number
    with pytest.raises(Refused, match="tidak ada"):
        end_entry(desk, second, EntryEnd("rangkap", "sama", "PKL-BW/2026/999999"), SECRETARY, MONDAY)
    end_entry(desk, second, EntryEnd("rangkap", "sama", number), SECRETARY, MONDAY)
    assert read_entry(desk, second).case_number == number
    told = [json.loads(row["payload"]) for row in desk.store.rows("SELECT payload FROM outbox ORDER BY id")]
    assert [notice["ending"] for notice in told if notice["template"] == "inbox_ended"] == [
        f"rangkap dengan kasus lain {number}"
    ]


def test_while_a_question_waits_for_the_sender_no_time_counts_and_the_talk_goes_into_the_case(desk: Desk) -> None:
    id_ = sent(desk)
    with pytest.raises(Refused, match="pertanyaan"):
        ask_back(desk, id_, "", SECRETARY, MONDAY)
    ask_back(desk, id_, "Untuk gedung mana?", SECRETARY, MONDAY + HOUR)
    with pytest.raises(Refused, match="jawaban"):
        reply(desk, id_, "", MONDAY + 2 * HOUR)
    reply(desk, id_, "Gedung B", MONDAY + 50 * HOUR)
    assert told(desk, "role:secretariat") == ["inbox_waiting", "inbox_answered"]
    number = accept(desk, id_, SECRETARY, MONDAY + 51 * HOUR).number
    assert read_case(desk, number).opened_at == MONDAY + 50 * HOUR
    said = desk.store.value("SELECT data FROM events WHERE kind = 'public_comment'")
    assert "Untuk gedung mana?" in said and "Gedung B" in said


def test_the_sender_takes_it_back_himself(desk: Desk) -> None:
    id_ = sent(desk)
    withdraw(desk, id_, "salah kirim", MONDAY)
    assert read_entry(desk, id_).outcome == "ditarik" and numbered(desk) == 0


def test_what_waits_half_a_working_day_is_told_once_a_day_and_what_waits_for_its_sender_never(desk: Desk) -> None:
    late, asked = sent(desk), sent(desk, "form:tanya")
    ask_back(desk, asked, "Siapa?", SECRETARY, MONDAY)
    assert remind_inbox(desk, MONDAY + 2 * HOUR) == []
    for _ in range(2):
        assert remind_inbox(desk, MONDAY + 5 * HOUR) == [f"TT-{late}"]
    assert told(desk, "role:head_of_section") == ["inbox_late"]
    assert remind_inbox(desk, MONDAY + 14 * HOUR) == []


def test_a_sender_whose_entry_ended_long_ago_is_erased(desk: Desk) -> None:
    id_ = sent(desk)
    end_entry(desk, id_, EntryEnd("spam", "iklan"), SECRETARY, MONDAY)
    assert erase_due(desk, 30, MONDAY + timedelta(days=29)) == []
    assert erase_due(desk, 30, MONDAY + timedelta(days=31)) == [f"TT-{id_}"]
    assert desk.store.row("SELECT 1 FROM contacts WHERE name IS NOT NULL") is None


def test_the_history_of_an_entry_cannot_be_changed(desk: Desk) -> None:
    sent(desk)
    for statement in ("UPDATE inbox_acts SET text = 'x'", "DELETE FROM inbox_acts"):
        with pytest.raises(Exception, match="append-only"), desk.store.transaction() as db:
            db.execute(statement)


FORM = {"opd": "dinkes", "contact_name": "Operator", "contact_phone": "0285 000", "wanted_receive": "50"}


def test_the_page_accepts_and_the_senders_link_leads_from_the_receipt_to_the_case(site: Site) -> None:
    page = site.post("/permohonan", purpose="SIMRS", key="k", **FORM).text
    again = site.post("/permohonan", purpose="SIMRS", key="k", **FORM).text
    assert "TT-1" in page and "sudah diterima sebelumnya" in again
    link = page.split('id="tautan" href="')[1].split('"')[0]
    assert "Menunggu diperiksa petugas" in site.get(link)
    site.enter("secretariat")
    assert "TT-1" in site.get("/kotak-masuk") and "0285 000" in site.get("/kotak-masuk/1")
    assert site.desk.store.value("SELECT case_number FROM access_log") == "TT-1"
    site.post("/kotak-masuk/1", act="accept")
    number = site.desk.store.value("SELECT number FROM cases")
    assert number in site.get(link) and number in site.get("/kotak-masuk/1")


def test_the_sender_reads_the_question_and_the_end_behind_his_link_and_answers_there(site: Site) -> None:
    page = site.post("/pengaduan", description="lambat", key="k").text
    link = page.split('id="tautan" href="')[1].split('"')[0]
    site.enter("secretariat")
    assert "Pertanyaan kepada pengirim: belum diisi" in site.post("/kotak-masuk/1", act="ask", question=" ").text
    site.post("/kotak-masuk/1", act="ask", question="Kantor mana?")
    assert "Kantor mana?" in site.get(link)
    assert site.post(f"{link}/kotak-masuk", link, act="reply", answer="Dinas Kesehatan").location == link
    bad = site.post("/kotak-masuk/1", act="end", outcome="ditarik", reason="iklan")
    assert bad.status_code == 422 and "Karena: pilih salah satu" in bad.text and 'value="iklan"' in bad.text
    site.post("/kotak-masuk/1", act="end", outcome="bukan_kewenangan", reason="ke Dinas lain")
    assert "ke Dinas lain" in site.get(link) and OUTCOMES["bukan_kewenangan"].indonesian in site.get(link).lower()
    assert site.post(f"{link}/kotak-masuk", "/permohonan", act="reply", answer="x").status_code == 409


def test_whoever_works_here_files_straight_and_a_second_outage_of_an_office_waits(site: Site) -> None:
    told = {"opd": "dinkes", "contact_name": "A", "contact_phone": "08", "description": "mati"}
    assert "PKL-GG/" in site.post("/lapor", key="a", **told).text
    assert "TT-1" in site.post("/lapor", key="b", act="another", **told).text
    number = site.accepted(site.post("/lapor", key="b", act="another", **told).text)
    assert number.startswith("PKL-GG/") and numbered(site.desk) == 2
    assert site.desk.store.value("SELECT count(*) FROM tickets") == 2
    site.enter("technician")
    assert "PKL-BW/" in site.post("/permohonan", purpose="SIMRS", key="c", **FORM).text
    assert datetime.now(UTC) > read_case(site.desk, number).opened_at
