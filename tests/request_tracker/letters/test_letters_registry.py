"""The kinds of papers as their folders describe them: every word of an SOP, every role, every numbering."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
from paper_facts import SOPS
from tree import ROOT

from request_tracker.letters.making import offers
from request_tracker.letters.press.forms import FORMS
from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.press.pdf import LETTERS, ours
from request_tracker.letters.registry import CASE_PAPERS, KINDS, folders, numberings, paper_of, words
from request_tracker.people.roles import ACTS


def test_every_word_that_a_shipped_sop_uses_means_a_paper() -> None:
    named = [(sop, one.template) for sop in SOPS.values() for one in sop.documents.values() if one.template]
    assert named and [(sop.code, word) for sop, word in named if paper_of(sop, word) is None] == []
    assert {word for _, word in named} <= words()


def test_every_document_that_a_step_makes_by_itself_has_its_figures() -> None:
    requests = [sop for sop in SOPS.values() if sop.kind == "request"]
    made = [(sop, one.template or one.automatic) for sop in requests for one in sop.documents.values() if one.automatic]
    papers = [paper_of(sop, word) for sop, word in made]
    assert papers and all(paper and paper.measurement for paper in papers)


def test_a_word_means_the_paper_of_its_own_kind_of_sop() -> None:
    request, outage = (paper_of(SOPS[code], "laporan_monitoring") for code in ("KTM-BW", "PKL-GG"))
    assert request is not None and outage is not None and request is not outage
    assert paper_of(SOPS["KTM-BW"], "tidak_ada") is None and paper_of(SOPS["KTM-BW"], None) is None


def test_a_case_offers_the_papers_its_sop_names_then_those_it_has_anyway() -> None:
    assert [offer.word for offer in offers(SOPS["KTM-BW"])] == [
        *("lembar_disposisi", "cek_kesediaan", "laporan_monitoring", "laporan_penyelesaian"),
        *("lembar_disposisi_setengah", "surat_balasan"),
    ]
    assert [offer.word for offer in offers(SOPS["PKL-GG"])] == [
        *("lembar_disposisi", "laporan_monitoring", "laporan_gangguan"),
        *("lembar_disposisi_setengah", "penyelesaian_gangguan"),
    ]
    assert offers(SOPS["PKL-PG"]) == ()


def test_only_who_may_read_papers_is_offered_them() -> None:
    (first, *_) = offers(SOPS["KTM-BW"])
    assert first.readable(frozenset({"technician"})) and not first.readable(frozenset({"admin"}))


def test_what_a_number_is_printed_on_is_asked_of_the_papers() -> None:
    assert list(numberings()) == ["surat", "laporan", "berita-acara"]


@pytest.mark.parametrize("folder", folders())
def test_a_folder_describes_its_papers_with_known_acts_forms_and_templates(folder: str) -> None:
    papers = [kind for name, kind in KINDS if name == folder]
    assert papers
    for kind in papers:
        assert kind.act is None or kind.act in ACTS
        assert all(kind.name) and kind.forms
        if isinstance(kind, CasePaper):
            assert set(kind.forms) <= FORMS.keys() and kind.sheet.template in ours()


def test_measured_figures_are_known_by_a_word_of_their_own() -> None:
    frozen = {paper.measurement.kind: paper.make for paper in CASE_PAPERS if paper.measurement}
    makers = [paper.make for paper in CASE_PAPERS if paper.measurement]
    assert len(frozen) == len(set(makers))


def test_the_wheel_holds_every_template(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    templates = {f"request_tracker/letters/{path.relative_to(LETTERS)}" for path in ours().values()}
    assert len(templates) >= 8 and templates - names == set()
