"""The other two decisions in a real browser, by keyboard at 360 px: granted in part, and refused (BTM-06, BTM-07).

Granted whole is walked from letter to end in ``test_browser_requests``; what lies before the analysis is not shown.
"""

from datetime import UTC, datetime

import pytest
from browser_hands import Hall
from browser_office import Tracker
from case_walks import FILLED
from tracker_office import DIVISION, HEAD, LETTER, MBIT, MONDAY, REQUESTER, SECTION, TECHNICIAN, VERIFIED, walk_to

from request_tracker.cases import OpenCase, Sign, open_case
from request_tracker.ledger import allocations

pytestmark = pytest.mark.browser
SIGN = "Tandatangani dan teruskan"
REASON = "Alasan (angka lain, sebagian, atau melebihi kapasitas)"


def at_the_analysis(tracker: Tracker, opd: str) -> tuple[str, str]:
    """A request of Batam that waits for its analysis: its number, the requester's secret link."""
    wish = OpenCase(
        "BTM-BW", "Penambahan", opd, form={"wanted_receive": "50", "purpose": "uji"}, documents={"surat": LETTER}
    )
    opened = open_case(tracker.desk, wish, REQUESTER, MONDAY)
    before = [
        (HEAD, Sign("BTM-02")),
        (DIVISION, VERIFIED),
        (SECTION, Sign("BTM-04", assignee=TECHNICIAN)),
        (TECHNICIAN, Sign("BTM-05")),
        (REQUESTER, Sign("BTM-05", form=FILLED)),
    ]
    walk_to(tracker.desk, opened.number, before)
    return opened.number, f"/lacak/{opened.token}"


def test_BTM_06_granted_in_part_the_requester_reads_the_number_and_why(hall: Hall, tracker: Tracker) -> None:
    story = "sebagian"
    number, link = at_the_analysis(tracker, "bpkad")
    technician = hall.staff("teknisi", story)
    technician.open(f"/kasus/{number}")
    technician.decide("Tersedia: dikabulkan sebagian")
    technician.write("Unduh, batas", "30")
    technician.write(REASON, "sisa uplink belum cukup untuk 50")
    technician.press(SIGN)
    standing = tracker.case(number).proposal
    assert standing is not None and standing.part and standing.proposal.allocation.receive_ceiling == 30 * MBIT
    office = hall.comer(story)
    office.open(link)
    assert "Dikabulkan sebagian" in office.text() and "sisa uplink belum cukup untuk 50" in office.text()
    technician.press("Terapkan alokasi")
    in_force = allocations.allocation_of(tracker.desk.store, "bpkad", datetime.now(UTC))
    assert in_force is not None and in_force.receive_ceiling == 30 * MBIT
    tracker.shaped()
    office.open(link)
    # It is read there after it came into force, too.
    assert "30 Mbit/s" in office.text() and "sisa uplink belum cukup untuk 50" in office.text()


def test_BTM_07_refused_the_requester_reads_why_and_keeps_what_he_has(hall: Hall, tracker: Tracker) -> None:
    story = "ditolak"
    number, link = at_the_analysis(tracker, "dpupr")
    technician = hall.staff("teknisi", story)
    technician.open(f"/kasus/{number}")
    technician.decide("Tidak tersedia: ditolak")
    technician.write("Catatan", "Jaminan uplink sudah 95 % kapasitas.")
    technician.press(SIGN)
    for login in ("teknisi", "kasi", "kabid", "kadis"):
        person = hall.staff(login, story)
        person.open(f"/kasus/{number}")
        person.press(SIGN)
    assert tracker.case(number).ending == "ditolak"
    office = hall.comer(story)
    office.open(link)
    assert "itolak" in office.text() and "Jaminan uplink sudah 95 % kapasitas." in office.text()
