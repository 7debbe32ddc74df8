"""Clauses of the acceptance list held to their own test column: on the paper, on the page, recomputed from events."""

import json
import re
from collections import defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from case_walks import batam_until_analysis
from paper_words import words_of_docx, words_of_pdf
from tracker_office import (
    DIVISION,
    EVIDENCE,
    HEAD,
    LETTER,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    applied,
    request,
    to_technician,
    walk_to,
)
from tracker_site import NOW, PUBLIC, Site

from request_tracker.cases import AddDocument, Allocation, Cancel, Desk, SendBack, Sign, Supplied, Who, read_case, run
from request_tracker.cases.queries import CaseFilter, find_cases
from request_tracker.config import Office
from request_tracker.errors import Refused
from request_tracker.ledger import allocations
from request_tracker.ledger.allocations import Wish
from request_tracker.letters.making import facts_of
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import word
from request_tracker.letters.sop_files import shipped_sops
from request_tracker.letters.sop_print.paper import sop_pdf
from request_tracker.reports.quarter import evaluate, quarter
from request_tracker.reports.service_standard import kept_promise
from request_tracker.sop.register import by_hash

SOPS = {sop.code: sop for sop in shipped_sops()}
MBIT = 125_000
HOUR = timedelta(hours=1)


def facts(desk: Desk, number: str) -> Facts:
    case = read_case(desk, number)
    return facts_of(desk, Office(), case, by_hash(desk.store, case.sop_hash), MONDAY + 2 * HOUR)


def finished(desk: Desk, now: datetime, **more: Any) -> str:
    """A request of PKL-BW granted, proven and told, an hour after it was opened."""
    number = request(desk, now=now, **more)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02")), (DIVISION, Sign("PKL-B-03"))], now)
    run(desk, number, Sign("PKL-B-03", assignee=TECHNICIAN), SECTION, now + timedelta(minutes=3))
    applied(desk, number, "PKL-B-04", now + HOUR)
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))], now + HOUR)
    return number


def withdrawn(desk: Desk, now: datetime) -> None:
    """A request that its office takes back."""
    number = request(desk)
    run(desk, number, Cancel("tidak jadi"), Who(str(read_case(desk, number).contact), REQUESTER.roles), now)


def test_PKL_B_05_the_report_says_number_rates_before_and_after_time_and_who(desk: Desk, tmp_path: Path) -> None:
    number = request(desk)
    to_technician(desk, number)
    applied(desk, number, "PKL-B-04")
    with desk.store.transaction() as db:
        row = {"login": "t", "name": "Teknisi Uji", "password": "x", "created_at": "", "active": 1}
        db.table("users").insert({"id": 4, **row})
    paper = course_report(facts(desk, number))
    for text in (words_of_pdf(pdf(paper.template, paper.data()), tmp_path), words_of_docx(word(paper))):
        for said in (number, "10 Mbit/s", "50 Mbit/s", "23 November 2026 pukul 09.00", "Teknisi Uji", "PKL-B-04"):
            assert said in text, said


def test_PKL_B_KT1_a_case_is_found_by_the_number_of_its_letter_and_of_the_e_office(site: Site) -> None:
    site.enter("secretariat")
    number, other = site.request().number, site.request().number
    given = {"letter_number": "005/1234/Dinkes", "party": "Dinas Contoh", "subject": "Bandwidth", "direction": "masuk"}
    site.post("/agenda", **given, eoffice_number="SRI-77/2026", case_number=number)
    for asked in ("005/1234/Dinkes", "1234/din", "SRI-77"):
        assert [row["number"] for row in find_cases(site.desk, CaseFilter(text=asked))] == [number], asked
    page = site.get("/kasus?q=SRI-77")
    assert number in page and other not in page


def test_PKL_S_02_the_six_steps_stand_on_the_requesters_page_with_the_cases_position(site: Site) -> None:
    opened = site.request()
    sop = SOPS["PKL-BW"]
    for done, here in (("PKL-B-01", "PKL-B-02"), ("PKL-B-02", "PKL-B-03")):
        page = site.get(f"/lacak/{opened.token}")
        assert all(step.text in page for step in sop.steps.values())
        assert sop.steps[done].text in str(re.findall(r'<li class="done.*?</li>', page, re.DOTALL))
        assert sop.steps[here].text in str(re.findall(r'<li class="here.*?</li>', page, re.DOTALL))
        if here == "PKL-B-02":
            run(site.desk, opened.number, Sign("PKL-B-02"), HEAD, NOW)


def test_PKL_S_04_form_and_receipt_say_gratis_and_no_form_asks_for_a_fee(site: Site) -> None:
    given = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Nama", "contact_phone": "08"}
    assert "Gratis" in site.get("/permohonan")
    assert "Gratis" in site.post("/permohonan", key="k", **given).text
    for page in ("/permohonan", "/lapor", "/pengaduan"):
        names = re.findall(r'name="([^"]+)"', site.get(page))
        assert names and not [name for name in names if re.search("biaya|tarif|fee|cost|bayar|pay", name)]


def test_PKL_S_11_the_guarantee_is_what_the_events_of_the_last_quarter_say(desk: Desk) -> None:
    for days in (0, 1, 2):
        finished(desk, MONDAY - timedelta(days=days))
    late = finished(desk, MONDAY - timedelta(days=5))
    slow = request(desk, now=MONDAY - timedelta(days=4))
    to_technician(desk, slow)
    finished(desk, MONDAY - timedelta(days=150))
    withdrawn(desk, MONDAY)
    with desk.store.transaction() as db:
        db.execute("UPDATE cases SET service_due_at = opened_at WHERE number = ?", [late])
    kept = kept_promise(desk.store, "PKL-BW", MONDAY + 2 * HOUR)
    ended: dict[str, datetime] = {}
    for row in desk.store.rows("SELECT case_id, data, occurred_at FROM events WHERE kind = 'ended'"):
        if json.loads(row["data"])["ending"] == "selesai":
            ended[row["case_id"]] = datetime.fromisoformat(row["occurred_at"])
    recent = [at for at in ended.values() if at > MONDAY - timedelta(days=91)]
    assert (kept.ended, kept.in_time) == (len(recent), len(recent) - 1) == (4, 3)


def test_PKL_S_13_the_figures_of_the_pack_equal_those_recomputed_from_the_events(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    for days in (0, 1, 3):
        finished(desk, MONDAY + timedelta(days=days))
    withdrawn(desk, MONDAY + HOUR)
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08", MONDAY + timedelta(days=4))
    walk_to(desk, number, [(who, Sign("BTM-09")) for who in (REQUESTER, TECHNICIAN)], MONDAY + timedelta(days=4))
    walk_to(desk, number, [(TECHNICIAN, Sign("BTM-10"))], MONDAY + timedelta(days=5))
    run(desk, number, SendBack("BTM-11", "lengkapi"), SECTION, MONDAY + timedelta(days=6))
    later = MONDAY + timedelta(days=9)
    found = evaluate(desk, quarter("2026-Q4"), later)
    ends = {(row.sop, *ending) for row in found.volumes for ending in row.endings}
    sql = (
        "SELECT c.sop, json_extract(e.data, '$.ending') AS ending, count(*) AS n FROM events e"
        " JOIN cases c ON c.id = e.case_id WHERE e.kind = 'ended' GROUP BY 1, 2"
    )
    assert ends == {tuple(row.values()) for row in desk.store.rows(sql)} == {
        ("PKL-BW", "selesai", 3), ("PKL-BW", "dibatalkan", 1)
    }  # fmt: skip
    assert {row.sop: (row.opened, row.loops) for row in found.volumes} == {"PKL-BW": (4, 0), "BTM-BW": (1, 1)}
    took = defaultdict(list)
    pair = (
        "SELECT i.step, i.occurred_at AS at, min(o.occurred_at) AS done FROM events i LEFT JOIN events o ON"
        " o.case_id = i.case_id AND o.step = i.step AND o.seq > i.seq AND o.kind = 'step_completed'"
        " JOIN cases c ON c.id = i.case_id WHERE i.kind = 'step_entered' AND c.sop = 'PKL-BW' AND c.ending = 'selesai'"
        " GROUP BY i.id"
    )
    for visit in desk.store.rows(pair):
        took[visit["step"]].append((datetime.fromisoformat(visit["at"]), datetime.fromisoformat(visit["done"])))
    by_step = {row.step: row for row in found.steps if row.sop == "PKL-BW"}
    for step in ("PKL-B-03", "PKL-B-04", "PKL-B-05", "PKL-B-06"):
        hours = [desk.calendar.worked(begun, over) / HOUR for begun, over in took[step]]
        row = by_step[step]
        seen: object = (row.visits, row.median_hours)
        assert seen == (len(hours), pytest.approx(median(hours))), step
        assert row.p90_hours == pytest.approx(sorted(hours)[-2] + 0.8 * (max(hours) - sorted(hours)[-2])), step


def test_PKL_B_DH_the_printed_sop_lists_its_seven_bases(tmp_path: Path) -> None:
    text = words_of_pdf(sop_pdf(SOPS["PKL-BW"], "Dinas Contoh", "Pemerintah Kota Contoh"), tmp_path)
    bases = SOPS["PKL-BW"].identity.legal_basis
    assert len(bases) == 7
    assert [basis.text for basis in bases if "".join(basis.text.split())[:60] not in "".join(text.split())] == []


def test_BTM_DH_the_printed_sop_lists_its_fourteen_bases_and_marks_the_stale_ones(tmp_path: Path) -> None:
    text = words_of_pdf(sop_pdf(SOPS["BTM-BW"], "Dinas Contoh", "Pemerintah Kota Contoh"), tmp_path)
    bases = SOPS["BTM-BW"].identity.legal_basis
    assert len(bases) == 14 and text.count("(diganti:") == 2
    assert [basis.text for basis in bases if "".join(basis.text.split())[:60] not in "".join(text.split())] == []


def test_BTM_03_the_officials_page_names_the_other_open_case_of_the_office(site: Site) -> None:
    first, second = site.request("BTM-BW").number, site.request("BTM-BW").number
    site.enter("head_of_division")
    assert first in site.get(f"/kasus/{second}")
    run(site.desk, first, Cancel("dobel"), PUBLIC, NOW)
    assert first not in site.get(f"/kasus/{second}")


def test_BTM_PR1_no_case_ends_while_its_letter_was_only_announced(desk: Desk) -> None:
    number = batam_until_analysis(desk, documents={"surat": Supplied(note="surat menyusul")})
    run(desk, number, Sign("BTM-06", decision="tersedia", documents={"analisa": EVIDENCE}), TECHNICIAN, MONDAY)
    applied(desk, number, "BTM-08")
    signed = [(REQUESTER, "BTM-09"), (TECHNICIAN, "BTM-09"), (TECHNICIAN, "BTM-10"), (SECTION, "BTM-11")]
    walk_to(desk, number, [(who, Sign(step)) for who, step in (*signed, (DIVISION, "BTM-12"))])
    with pytest.raises(Refused, match="Surat Masuk baru diumumkan dan belum diterima") as found:
        run(desk, number, Sign("BTM-13"), HEAD, MONDAY + HOUR)
    assert found.value.code == "paper_not_come" and read_case(desk, number).ending is None
    run(desk, number, AddDocument("surat", LETTER), TECHNICIAN, MONDAY + HOUR)
    run(desk, number, Sign("BTM-13"), HEAD, MONDAY + HOUR)
    assert read_case(desk, number).ending == "selesai"


def test_KTM_05_each_uplink_counts_its_own_offices_and_an_oversubscription_needs_its_reason(desk: Desk) -> None:
    """Every office holds 2 Mbit/s guaranteed and 10 Mbit/s at most; three of them use a second uplink of 100 Mbit/s."""
    moved = {"dinkes", "disdik", "rsud"}
    first = desk.city.uplinks[0]
    second = first.model_copy(
        update={"name": "isp-kedua", "receive_capacity": 100 * MBIT, "transmit_capacity": 100 * MBIT}
    )
    opds = tuple(opd.model_copy(update={"uplink": "isp-kedua"}) if opd.code in moved else opd for opd in desk.city.opds)
    city = desk.city.model_copy(update={"uplinks": (first, second), "opds": opds})
    others = {"dinkes": len(moved) - 1, "dishub": len(opds) - len(moved) - 1}
    for opd, capacity in (("dinkes", 100 * MBIT), ("dishub", 200 * MBIT)):
        room, held = capacity - others[opd] * 10 * MBIT, capacity * 95 // 100 - others[opd] * 2 * MBIT
        allocations.admit(desk.store, city, Wish(opd, Allocation(MBIT, room, MBIT, MBIT), ""), MONDAY)
        with pytest.raises(Refused) as over:
            allocations.admit(
                desk.store, city, allocations.Wish(opd, Allocation(MBIT, room + 1, MBIT, MBIT), ""), MONDAY
            )
        assert over.value.code == "reason_needed"
        allocations.admit(
            desk.store, city, allocations.Wish(opd, Allocation(held, capacity, MBIT, MBIT), "jam sibuk berbeda"), MONDAY
        )
        with pytest.raises(Refused) as beyond:
            allocations.admit(
                desk.store,
                city,
                allocations.Wish(opd, Allocation(held + 1, capacity, MBIT, MBIT), "tetap saja"),
                MONDAY,
            )
        assert beyond.value.code == "admission"
