"""Every kind of paper as a picture that somebody has looked at: head, number, margins, tables, signatures.

A new picture is looked at first: ``GOLDEN=1 pytest -k looks_as`` writes them.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from paper_examples import AT, analysed, checked, measured
from paper_facts import NOW, OFFICE, SOPS, event, facts, hit
from PIL import Image, ImageChops, ImageStat
from quarter_example import quarter_of_everything
from tree import TESTS

from request_tracker.cases.model import Event
from request_tracker.ledger.allocation import Allocation
from request_tracker.letters.analysis.paper import analysis
from request_tracker.letters.availability.paper import availability
from request_tracker.letters.bandwidth.paper import bandwidth
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.handover.paper import minutes
from request_tracker.letters.outage_completion.paper import completion
from request_tracker.letters.outage_letter.paper import completion_letter
from request_tracker.letters.outage_monitoring.paper import monitoring
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.quarter.paper import quarter_pdf
from request_tracker.letters.reply.paper import reply
from request_tracker.letters.sop_print.paper import sop_pdf
from request_tracker.people.details import PrintedPerson

PEOPLE = {
    "user:1": PrintedPerson("Kadis Uji", "Kepala Dinas Contoh", "Pembina Utama Muda, IV/c", "197001011990011001"),
    "user:3": PrintedPerson("Teknisi Uji", "Pranata Komputer", "Penata, III/c", "199001012020011001"),
    "contact:2": PrintedPerson("Sekretaris Uji", "Sekretaris Dinas Kesehatan"),
}
LESS = Allocation(1_250_000, 2_500_000, 1_250_000, 2_500_000)
SUBJECT = "Penambahan bandwidth untuk layanan pendaftaran daring"


def known(made: Facts, **told: Any) -> Facts:
    """The facts with an ordinary subject, known officials and what was measured."""
    case = replace(made.case, subject=SUBJECT, assignee="user:3")
    names = {"dinkes": "Dinas Kesehatan", "rsud": "Rumah Sakit Umum", "dishub": "Dinas Perhubungan"}
    history = tuple(with_position(event) for event in made.history)
    return replace(made, case=case, history=history, names=names, person_of=lambda who: PEOPLE[who or ""], **told)


def with_position(signature: Event) -> Event:
    """A signature of an official with the position he has on these papers."""
    then, person = signature.data.get("signed_by"), PEOPLE.get(signature.signer)
    if then is None or person is None:
        return signature
    return replace(signature, data={**signature.data, "signed_by": {**then, "position": person.position}})


def handed_over() -> Facts:
    """Batam's work applied, proven, and its Berita Acara signed by both parties."""
    before, after = (Allocation(r // 5, r, r // 5, r) for r in (2_500_000, 6_250_000))
    done = (
        event(1, "opened"),
        event(2, "allocation_applied", step="BTM-08", before=asdict(before), after=asdict(after), revision=7),
        event(3, "allocation_verified", step="BTM-08", revision=7, proof={"agent": "pembentuk-1", "hash": "ab" * 32}),
        event(4, "step_entered", step="BTM-09"),
        event(5, "signed", "tim", "BTM-09", "user:3"),
        event(6, "signed", "opd", "BTM-09", "contact:1", signatory="contact:2"),
    )
    return known(facts("BTM-BW", history=done))


def refused() -> Facts:
    """Batam's refusal, with its reason, signed by the head."""
    why = "Jaminan pada uplink utama sudah mencapai 95 % kapasitas; permohonan dicatat sebagai kebutuhan tahun depan."
    said = (
        event(1, "step_entered", step="BTM-06"),
        event(2, "signed", "tim", "BTM-06", "user:3", note=why),
        event(3, "decided", step="BTM-06", label="tidak_tersedia"),
        event(4, "signed", "kadis", "BTM-07"),
    )
    return known(facts("BTM-BW", allocation=None, ending="ditolak", ended_at=NOW, history=said))


def seen() -> dict[str, object]:
    """What the monitoring froze of an hour's outage."""
    begun = AT - 7200
    return {
        **{"number": "PKL-GG/2026/000001", "root": "agg-timur", "cause": "link_down", "offices": ("rsud", "dishub")},
        **{"provider": "ISP Contoh", "circuit": "CID-0001", "started_at": begun, "ended_at": begun + 3600, "at": AT},
        **{"minutes": 60.0, "measured_minutes": 59.5, "unmeasured_minutes": 0.0, "problem": None},
        "turns": tuple({"at": begun + n * 900, "state": state} for n, state in enumerate(("up", "down", "up"))),
        **{"receive": (2e6, 0.0), "transmit": (5e5, None), "round_trip": (0.002, 0.003), "lost_rounds": 3570.0},
        **{"availability": 0.99861, "availability_measured": 0.998, "booted": (("dist-timur", AT - 86400 * 12),)},
        "alerts": ({"name": "LinkDown", "status": "firing", "text": "agg-timur putus", "at": begun + 5},),
        "queries": (('max(lebarpita_reachable{link=~"agg-timur|timur-rsud"}) [15s]', begun),),
        "sha256": "ef" * 32,
    }


def outage() -> Facts:
    """An outage checked once, asked of the ISP once, and over."""
    asked = event(5, "isp_contact", isp="ISP Contoh", isp_ticket="T-9", answer="serat putus, pulih pukul 10")
    course = (event(1, "opened"), event(4, "signed", "tim", "PKL-G-04", "user:3"), asked)
    return known(facts("PKL-GG", history=course), monitored=seen())


def evaluation() -> bytes:
    """A quarter with a little of everything."""
    return quarter_pdf(quarter_of_everything(), OFFICE)


def printed(make: Callable[[Facts], Paper], of: Facts) -> bytes:
    paper = make(of)
    return pdf(paper.template, {**paper.data(), "foot": ""})


GRANTED = facts(ending="selesai", ended_at=NOW)
DONE = facts("KTM-BW", history=(event(2, "signed", "kasi", "KTM-03", "user:2"), event(3, "signed", "tim", "KTM-07")))
PICTURES: dict[str, Callable[[], bytes]] = {
    "balasan": lambda: printed(reply, known(GRANTED)),
    "balasan-sebagian": lambda: printed(reply, known(replace(GRANTED, allocation=LESS))),
    "balasan-tolak": lambda: printed(reply, refused()),
    "laporan": lambda: printed(course_report, known(DONE)),
    "analisa": lambda: printed(analysis, known(facts("BTM-BW"), monitored=analysed())),
    "kesediaan": lambda: printed(availability, known(facts("KTM-BW"), monitored=checked())),
    "monitoring-bandwidth": lambda: printed(lambda of: bandwidth(of, measured()), known(facts())),
    "monitoring-jaringan": lambda: printed(monitoring, outage()),
    "penyelesaian-gangguan": lambda: printed(completion, outage()),
    "gangguan": lambda: printed(completion_letter, hit(("rsud", "dishub"))),
    "berita-acara": lambda: printed(minutes, handed_over()),
    "disposisi": lambda: printed(disposition, facts()),
    "disposisi-setengah": lambda: printed(lambda of: disposition(of, half=True), facts()),
    "triwulan": evaluation,
    "sop": lambda: sop_pdf(SOPS["BTM-BW"], OFFICE.name, OFFICE.government),
    "sop-bagan": lambda: sop_pdf(SOPS["PKL-BW"], OFFICE.name, OFFICE.government),
}
PAGE = {"sop-bagan": "2"}


@pytest.mark.parametrize("name", list(PICTURES))
def test_a_letter_looks_as_the_reviewed_picture_does(name: str, tmp_path: Path) -> None:
    (tmp_path / "paper.pdf").write_bytes(PICTURES[name]())
    command = ["pdftoppm", "-r", "50", "-gray", "-png", "-singlefile", "-f", PAGE.get(name, "1")]
    subprocess.run([*command, str(tmp_path / "paper.pdf"), str(tmp_path / "p")], check=True)
    golden = TESTS / "golden" / "letters" / f"{name}.png"
    if os.environ.get("GOLDEN"):
        golden.parent.mkdir(parents=True, exist_ok=True)
        golden.write_bytes((tmp_path / "p.png").read_bytes())
    with Image.open(tmp_path / "p.png") as made, Image.open(golden) as reviewed:
        assert made.size == reviewed.size
        difference = ImageChops.difference(made.convert("L"), reviewed.convert("L"))
    assert ImageStat.Stat(difference).mean[0] < 0.4
