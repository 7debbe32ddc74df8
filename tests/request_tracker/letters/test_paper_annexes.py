"""What a machine needs stands behind the signatures; what a paper says of availability has one form."""

import re
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from docx import Document
from paper_examples import analysed, checked, measured
from paper_facts import event, facts

from request_tracker.letters.analysis.paper import analysis
from request_tracker.letters.availability.paper import availability
from request_tracker.letters.bandwidth.paper import bandwidth
from request_tracker.letters.press.course_report import course_report
from request_tracker.letters.press.figures import availability_said, use_table
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.opendocument import opendocument
from request_tracker.letters.press.outage_figures import minutes
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import word
from request_tracker.people.accounts import name_of
from request_tracker.store.database import Store

COMMAND = "tc class change dev br0 classid 1:10"
APPLIED = event(2, "allocation_verified", step="PKL-B-04", proof={"configuration": {"commands": [COMMAND]}})
PAPERS: dict[str, tuple[Callable[[], Paper], str]] = {
    "analysis": (lambda: analysis(replace(facts("BTM-BW"), monitored=analysed())), "rate5m"),
    "availability": (lambda: availability(replace(facts("KTM-BW"), monitored=checked())), "Dapat dihitung ulang"),
    "bandwidth": (lambda: bandwidth(facts(), measured()), "rate5m"),
    "course": (lambda: course_report(facts(history=(APPLIED,))), COMMAND),
}


def parts(paper: Paper) -> str:
    """Everything on the paper before its annex."""
    pairs = (value for _, value in paper.pairs if value)
    return " ".join([*paper.opening, *pairs, *(cell for row in paper.rows for cell in row), *paper.body_closing])


@pytest.mark.parametrize("name", PAPERS)
def test_queries_and_commands_stand_in_the_annex_and_nowhere_else(name: str) -> None:
    make, machine = PAPERS[name]
    paper = make()
    assert machine in " ".join(paper.annexed) and machine not in parts(paper)
    assert paper.body_closing + paper.annexed == paper.closing


def test_the_annex_comes_after_the_signature_in_every_form(tmp_path: Path) -> None:
    paper = PAPERS["course"][0]()
    data = Document(BytesIO(word(paper)))
    with ZipFile(BytesIO(opendocument(paper))) as archive:
        content = "".join(ElementTree.fromstring(archive.read("content.xml")).itertext())
    for text in ("\n".join(paragraph.text for paragraph in data.paragraphs), content):
        assert text.index("Pelaksana") < text.index("Lampiran") < text.index(COMMAND)
    (tmp_path / "paper.pdf").write_bytes(pdf(paper.template, paper.data()))
    command = ["pdftotext", "-f", "2", str(tmp_path / "paper.pdf"), "-"]
    second = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert second.startswith("Lampiran") and COMMAND in " ".join(second.split())


@pytest.mark.parametrize(
    ("share", "seen", "least", "said"),
    [
        (0.99861, 0.998, 0.5, "99,86 % (terukur 99 % waktu)"),
        (0.88, 0.001, 0.5, "belum dapat dinilai (terukur kurang dari 1 % waktu)"),
        (0.88, 0.5, 0.5, "88,00 % (terukur 50 % waktu)"),
        (0.88, 0.5, 0.6, "belum dapat dinilai (terukur 50 % waktu)"),
        (0.88, 0.4, None, "belum dapat dinilai (terukur 40 % waktu)"),
        (0.88, None, None, "88,00 % dari waktu yang terukur"),
        (None, 0.0, 0.5, "tidak terukur"),
    ],
)
def test_availability_says_its_measured_share_and_nothing_of_a_month_hardly_seen(
    share: float | None, seen: float | None, least: float | None, said: str
) -> None:
    report = {"availability": share, "availability_measured": seen, "availability_least": least}
    assert availability_said(report) == said


def test_minutes_say_no_more_than_is_known() -> None:
    assert (minutes(10.41), minutes(59.5), minutes(None)) == ("10,4 menit", "59,5 menit", "tidak terukur")


def test_the_monitoring_signs_as_the_monitoring(tmp_path: Path) -> None:
    assert name_of(Store(tmp_path / "t.db"), "api:alertmanager") == "Sistem pemantauan"
    assert re.fullmatch("pembentuk-1", name_of(Store(tmp_path / "t.db"), "api:pembentuk-1"))


def test_PKL_B_CT3_a_paper_says_over_how_many_days_it_counted_time_near_the_ceiling() -> None:
    report = measured()
    assert not any("plafonnya diketahui" in row[0] for row in use_table(facts(), report))
    short = {**report, "receive": {**report["receive"], "ceiling_share": 0.2}}
    assert ("… dihitung atas hari yang plafonnya diketahui", "5,8 hari", "29 hari") in use_table(facts(), short)
    never = {"ceiling_share": 0.0, "above_80": None, "above_95": None}
    blank = {**report, **{way: {**report[way], **never} for way in ("receive", "transmit")}}
    rows = {row[0]: row[1:] for row in use_table(facts(), blank)}
    assert rows["Waktu di atas 80 % batas"] == ("plafon belum diketahui",) * 2
    assert rows["… dihitung atas hari yang plafonnya diketahui"] == ("0 hari", "0 hari")
