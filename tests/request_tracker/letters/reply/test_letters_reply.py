"""The reply letter: what was decided and why, taken from the step that decided."""

from datetime import timedelta

import pytest
from case_walks import batam_until_analysis, kaltim_until_decision
from tracker_office import (
    DIVISION,
    EVIDENCE,
    HEAD,
    LETTER,
    MBIT,
    MONDAY,
    REQUESTER,
    SECTION,
    TECHNICIAN,
    VERIFIED,
    applied,
    request,
    to_technician,
    walk_to,
)
from tracker_site import NOW, Site

from request_tracker.cases import Allocation, Cancel, Desk, Sign, Supplied, Who, read_case, run
from request_tracker.config import Office
from request_tracker.letters.making import facts_of, offers
from request_tracker.letters.press.model import Paper
from request_tracker.letters.reply.paper import UNSAID, reply
from request_tracker.sop import register

SMALL = Allocation(5 * MBIT, 20 * MBIT, 5 * MBIT, 20 * MBIT)
ADVISED = Supplied(content={"verdict": "belum_disarankan", "reason": "Jaminan melebihi 95 % kapasitas."})


def letter(desk: Desk, number: str) -> Paper:
    case = read_case(desk, number)
    sop = register.by_hash(desk.store, case.sop_hash)
    return reply(facts_of(desk, Office(), case, sop, MONDAY + timedelta(days=1)))


def refusal(step: str, note: str, paper: str, found: Supplied = EVIDENCE) -> tuple[Who, Sign]:
    return TECHNICIAN, Sign(step, note=note, decision="tidak_tersedia", documents={paper: found})


def test_BTM_07_the_reason_is_the_deciding_steps_whatever_is_noted_afterwards(desk: Desk) -> None:
    number = batam_until_analysis(desk)
    walk_to(desk, number, [refusal("BTM-06", "Uplink tinggal 3 Mbit/s", "analisa")])
    assert dict(letter(desk, number).pairs) == {"Alasan": "Uplink tinggal 3 Mbit/s"}
    rest = [(TECHNICIAN, "konsep terlampir"), (SECTION, "paraf"), (DIVISION, "setuju"), (HEAD, "kirim hari ini")]
    walk_to(desk, number, [(who, Sign("BTM-07", note=note)) for who, note in rest])
    made = letter(desk, number)
    assert "belum dapat kami penuhi" in made.opening[0]
    assert dict(made.pairs) == {"Alasan": "Uplink tinggal 3 Mbit/s"}


def test_KTM_06_what_is_not_available_is_answered_in_a_letter_with_the_deciding_reason(desk: Desk) -> None:
    number = kaltim_until_decision(desk)
    walk_to(desk, number, [refusal("KTM-06", "Dua uplink penuh", "mon")])
    assert dict(letter(desk, number).pairs) == {"Alasan": "Dua uplink penuh"}
    sop = register.by_hash(desk.store, read_case(desk, number).sop_hash)
    assert {offer.word: offer.name for offer in offers(sop)}["surat_balasan"] == "Surat balasan"


@pytest.mark.parametrize(("found", "said"), [(ADVISED, "Jaminan melebihi 95 % kapasitas."), (EVIDENCE, UNSAID)])
def test_BTM_07_without_a_note_the_frozen_analysis_gives_the_reason(desk: Desk, found: Supplied, said: str) -> None:
    number = batam_until_analysis(desk)
    walk_to(desk, number, [refusal("BTM-06", "", "analisa", found)])
    assert dict(letter(desk, number).pairs) == {"Alasan": said}


@pytest.mark.parametrize(
    ("rates", "said"), [(None, "kami penuhi, dengan"), (SMALL, "kami penuhi sebagian, dengan alokasi")]
)
def test_PKL_B_06_the_letter_grants_or_grants_in_part_what_this_case_applied(
    desk: Desk, rates: Allocation | None, said: str
) -> None:
    number = request(desk)
    assert "sedang kami proses" in letter(desk, number).opening[0]
    to_technician(desk, number, rates, reason="dibagi dengan OPD lain")
    applied(desk, number, "PKL-B-04")
    made = letter(desk, number)
    assert said in made.opening[0]
    pairs = dict(made.pairs)
    assert pairs["Unduh, batas"] == ("20 Mbit/s" if rates else "50 Mbit/s")
    old = "10 Mbit/s (jaminan 2 Mbit/s)"
    assert pairs["Semula"] == f"unduh {old}, unggah {old}"
    assert pairs["Diputuskan oleh"] == "user:1, 23 November 2026"
    assert pairs.get("Alasan") == ("dibagi dengan OPD lain" if rates else None)


def test_the_letter_names_who_decided_as_he_was_when_he_signed(desk: Desk) -> None:
    number = request(desk)
    head = Who("user:1", frozenset({"head_of_office"}), name="Nama Uji", position="Kepala Dinas")
    run(desk, number, Sign("PKL-B-02"), head, MONDAY)
    walk_to(desk, number, [(DIVISION, Sign("PKL-B-03")), (SECTION, Sign("PKL-B-03", assignee=TECHNICIAN))])
    applied(desk, number, "PKL-B-04")
    assert dict(letter(desk, number).pairs)["Diputuskan oleh"] == "Nama Uji, Kepala Dinas, 23 November 2026"


def test_a_request_that_was_taken_back_is_not_said_to_be_refused(desk: Desk) -> None:
    number = request(desk)
    run(desk, number, Cancel("sudah cukup"), REQUESTER, MONDAY)
    assert "telah dibatalkan oleh pemohon" in letter(desk, number).opening[0]


def test_BTM_07_the_requester_reads_the_letters_reason_on_his_own_page(site: Site) -> None:
    opened = site.request("BTM-BW", documents={"surat": LETTER})
    lanes = {"head_of_office", "head_of_division", "head_of_section", "technician", "requester"}
    everybody = Who("user:9", frozenset(lanes))
    form = {"spesifikasi": "50", "peruntukan": "u", "jumlah_pengguna": "8"}
    why = refusal("BTM-06", "Uplink tinggal 3 Mbit/s", "analisa")[1]
    first = (Sign("BTM-02"), VERIFIED, Sign("BTM-04", assignee=everybody), Sign("BTM-05"))
    rest = [Sign("BTM-07", note="paraf saja") for _ in range(4)]
    for act in (*first, Sign("BTM-05", form=form), why, *rest):
        assert "Uplink tinggal" not in site.get(f"/lacak/{opened.token}")
        run(site.desk, opened.number, act, everybody, NOW)
    page = site.get(f"/lacak/{opened.token}")
    assert "Alasan: Uplink tinggal 3 Mbit/s" in page and "paraf saja" not in page
