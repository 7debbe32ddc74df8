"""A quarter in little: requests by three cities' SOPs, each to another end, outages, work, a complaint, a survey.

The evaluation tells what was done, everything verifies, and the books balance: what the shaper read back is what the
ledger has, and the outages' minutes are those of the watch's journal. The shaper is the tests' true one; flows against
octets, and a real kernel, are other stories' (``test_story_books_balance``, ``test_story_5_letter_to_proof``).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from case_walks import batam_until_analysis
from tracker_office import (
    DIVISION,
    EVIDENCE,
    FIFTY,
    HEAD,
    MBIT,
    MONDAY,
    REQUESTER,
    SECRETARIAT,
    SECTION,
    TECHNICIAN,
    applied,
    request,
    to_technician,
    true_proof,
    walk_to,
)

from request_tracker.cases import Allocation, Desk, OpenCase, Sign, open_case, read_case, run
from request_tracker.config import Office
from request_tracker.custody.upkeep import audit
from request_tracker.ledger import allocations
from request_tracker.letters.quarter.paper import quarter_pdf
from request_tracker.outages.maintenance import announce
from request_tracker.outages.outage_reports import read_journal
from request_tracker.outages.planned_time import keep_planned
from request_tracker.outages.tickets import reconcile
from request_tracker.reports.periods import quarter
from request_tracker.reports.quarter import Evaluation, evaluate
from request_tracker.reports.survey import ELEMENTS, answer

PART = Allocation(5 * MBIT, 30 * MBIT, 5 * MBIT, 20 * MBIT)
END = MONDAY + timedelta(days=21)
# Root, hours after the quarter's first request, minutes, offices: what the watch wrote down.
CUTS = (("agg-utara", 30, 24, ("dinkes", "disdik")), ("agg-timur", 60, 7, ("rsud",)), ("agg-timur", 90, 40, ("rsud",)))
WORK = 2  # The cut that announced work explains.
AFTER = MONDAY + timedelta(hours=92)  # The last of them is over.


def journal() -> list[dict[str, Any]]:
    """The watch's journal of the quarter."""
    begun = [MONDAY.timestamp() + hours * 3600 for _, hours, *_ in CUTS]
    return [
        {
            "id": f"{root}-{number}",
            "root": root,
            "kind": "link",
            "cause": "silent",
            "offices": list(offices),
            "started_at": begun[number],
            "ended_at": begun[number] + minutes * 60,
        }
        for number, (root, _, minutes, offices) in enumerate(CUTS)
    ]


@dataclass(frozen=True)
class Quarter:
    """The office at the quarter's end, its cases by what became of them, and its evaluation."""

    desk: Desk
    cases: dict[str, str]
    evaluation: Evaluation


def pekalongan(desk: Desk, opd: str, now: datetime, granted: Allocation | None = None) -> str:
    """PKL-BW from the letter to its proof; granted in part where an allocation is named."""
    number = request(desk, opd=opd, now=now)
    to_technician(desk, number, granted, reason="sisa kapasitas uplink" if granted else "cukup")
    applied(desk, number, "PKL-B-04", now + timedelta(hours=1))
    walk_to(desk, number, [(TECHNICIAN, Sign("PKL-B-05")), (TECHNICIAN, Sign("PKL-B-06"))], now + timedelta(hours=2))
    return number


def kaltim_refused(desk: Desk) -> str:
    """KTM-BW whose check says that nothing is available."""
    number = request(desk, "KTM-BW", opd="bappeda")
    acts = [
        (SECRETARIAT, Sign("KTM-02")),
        (HEAD, Sign("KTM-02")),
        (DIVISION, Sign("KTM-03")),
        (SECTION, Sign("KTM-03")),
        (SECTION, Sign("KTM-04", note="periksa", assignee=TECHNICIAN)),
        (TECHNICIAN, Sign("KTM-05", documents={"cek": EVIDENCE})),
        (TECHNICIAN, Sign("KTM-06", decision="tidak_tersedia", documents={"mon": EVIDENCE})),
    ]
    walk_to(desk, number, acts)
    return number


def batam_refused(desk: Desk) -> str:
    """BTM-BW refused by a letter that the head signs."""
    number = batam_until_analysis(desk, opd="disdik")
    refusal = Sign("BTM-06", decision="tidak_tersedia", documents={"analisa": EVIDENCE})
    risen = ((who, Sign("BTM-07")) for who in (TECHNICIAN, SECTION, DIVISION, HEAD))
    walk_to(desk, number, [(TECHNICIAN, refusal), *risen])
    return number


def complained(desk: Desk) -> str:
    """PKL-PG, solved by the technician."""
    form = {"description": "sambungan lambat"}
    number = open_case(desk, OpenCase("PKL-PG", "Pengaduan", form=form), REQUESTER, MONDAY).number
    run(desk, number, Sign("PKL-P-02", note="kabel diganti", decision="selesai"), TECHNICIAN, MONDAY)
    return number


@pytest.fixture
def told(desk: Desk) -> Quarter:
    # First, for its requester fills in a form: of the house's people he is the first contact.
    refused = batam_refused(desk)
    cases = {
        "granted": pekalongan(desk, "dinkes", MONDAY),
        "in part": pekalongan(desk, "rsud", MONDAY + timedelta(days=1), PART),
        "refused": refused,
        "not available": kaltim_refused(desk),
        "complaint": complained(desk),
    }
    root, hours, minutes, _ = CUTS[WORK]
    begin = MONDAY + timedelta(hours=hours)
    announce(desk.store, root, (begin, begin + timedelta(minutes=minutes)), "ganti serat", "user:1")
    reconcile(desk, read_journal({"outages": journal()}), AFTER)
    keep_planned(desk, AFTER)
    answer(desk.store, (cases["granted"], "PKL-BW"), dict.fromkeys(ELEMENTS, "4"), "cepat", MONDAY + timedelta(days=2))
    return Quarter(desk, cases, evaluate(desk, quarter("2026Q4"), END))


def test_every_case_came_to_its_end_and_the_ledger_has_what_was_granted_and_no_more(told: Quarter) -> None:
    endings = {name: read_case(told.desk, number).ending for name, number in told.cases.items()}
    assert endings["granted"] == endings["in part"] == endings["complaint"] == "selesai"
    assert endings["refused"] == "ditolak"
    in_force = {opd: allocations.allocation_of(told.desk.store, opd, END) for opd in ("dinkes", "rsud", "disdik")}
    assert (in_force["dinkes"], in_force["rsud"]) == (FIFTY, PART) and in_force["disdik"] not in (FIFTY, PART)


def test_the_evaluation_tells_each_and_is_a_paper(told: Quarter, tmp_path: Path) -> None:
    volumes = {row.sop: row.opened for row in told.evaluation.volumes}
    assert volumes == {"PKL-BW": 2, "BTM-BW": 1, "KTM-BW": 1, "PKL-PG": 1, "PKL-GG": len(CUTS)}
    assert [row.number for row in told.evaluation.unmet if row.opd == "bappeda"] == [told.cases["not available"]]
    assert told.evaluation.satisfaction.respondents == 1
    assert quarter_pdf(told.evaluation, Office()).startswith(b"%PDF")


def test_the_books_balance(told: Quarter) -> None:
    proof = true_proof(told.desk, END)
    newest = told.desk.store.row("SELECT * FROM proofs ORDER BY id DESC LIMIT 1")
    wanted = allocations.current_allocations(told.desk.store, END)
    assert newest and (newest["revision"], newest["matches"]) == (wanted["revision"], 1)
    assert {row["opd"] for row in proof["readback"]} == {row["opd"] for row in wanted["allocations"]}
    written = sum(row["ended_at"] - row["started_at"] for row in journal()) / 60
    assert told.evaluation.outage_minutes + told.evaluation.planned_minutes == written
    assert told.evaluation.planned_minutes == CUTS[WORK][2] and told.evaluation.outages == len(CUTS)


def test_everything_verifies_and_a_minute_changed_does_not_balance(told: Quarter) -> None:
    assert audit(told.desk) == []
    with told.desk.store.transaction() as db:
        db.execute("UPDATE tickets SET ended_at = ended_at + 60 WHERE root = 'agg-utara'")
    again = evaluate(told.desk, quarter("2026Q4"), END)
    assert again.outage_minutes == told.evaluation.outage_minutes + 1
