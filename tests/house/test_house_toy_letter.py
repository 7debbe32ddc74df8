"""The seam of papers: a kind of paper is one folder of ``letters/``. A toy in a copy of the tracker shows it.

The copy differs from the tracker by that folder alone; a program of its own runs in it, because this one has the real
tracker loaded.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from paper_words import words_of_docx, words_of_odt, words_of_pdf
from tree import ROOT, TESTS

KIND = '''"""Surat mainan: one folder, nothing else."""

from request_tracker.letters.press.kinds import CasePaper
from request_tracker.letters.toy.paper import SHEET, toy
from request_tracker.words.bilingual import Both

PAPERS = (
    CasePaper(
        name=Both("Surat mainan", "Toy letter"),
        act="register_letter",
        words=("surat_mainan",),
        sheet=SHEET,
        make=toy,
        offers_itself=lambda sop, words: sop.kind == "request",
        place=50,
    ),
)
'''
PAPER = '''"""The toy's text: facts in, a paper out. Pure."""

from request_tracker.letters.press.facts import Facts, paper
from request_tracker.letters.press.model import Paper
from request_tracker.letters.press.sheets import Numbering, Sheet
from request_tracker.words.bilingual import Both

SHEET = Sheet(template="mainan.typ", numbering=Numbering(word="mainan", name=Both("Surat mainan", "Toy letter")))


def toy(facts: Facts) -> Paper:
    """What the toy says."""
    opening = (f"Mainan untuk {facts.opd}.",)
    return paper(facts, SHEET, "mainan", "Surat Mainan", opening=opening, pairs=(("Hal", facts.case.subject),))
'''
TEMPLATE = """#import "paper.typ": *
#show: paper.with(title: data.title)
#head(data.office)
Templat mainan nomor #data.number: #data.opening.first()
#pairs(data.pairs)
"""
STORY = """
import json, sys
from pathlib import Path

import request_tracker
from tracker_site import new_site

folder = Path(sys.argv[1])
site = new_site(folder)
number = site.request().number
story = {"tracker": request_tracker.__file__}
for role in ("secretariat", "technician"):
    site.enter(role)
    case = f"/kasus/{number}"
    answers = {"page": site.get(case), "archive": site.client.get(f"{case}/arsip.zip").status_code}
    for form in ("pdf", "docx", "odt"):
        answer = site.client.get(f"{case}/surat/surat_mainan.{form}")
        answers[form] = answer.status_code
        (folder / f"{role}.{form}").write_bytes(answer.data)
    story[role] = answers
site.log_in("secretariat")
agenda = "/agenda?arah=keluar"
story["agenda"] = site.get(agenda)
letter = {"direction": "keluar", "letter_number": "800/7/M", "party": "Dinas Kesehatan", "subject": "Mainan"}
site.post("/agenda", agenda, **letter, case_number=number, paper="mainan")
(folder / "numbered.pdf").write_bytes(site.client.get(f"/kasus/{number}/surat/surat_mainan.pdf").data)
print(json.dumps(story))
"""
FORMS = ("pdf", "docx", "odt")


def tracker_with(folder: Path, papers: dict[str, dict[str, str]]) -> dict[str, str]:
    """A copy of the tracker with these folders of papers; the environment in which Python takes it for ours."""
    shutil.copytree(ROOT / "request_tracker", folder / "request_tracker", ignore=shutil.ignore_patterns("__pycache__"))
    for name, files in papers.items():
        place = folder / "request_tracker" / "letters" / name
        place.mkdir()
        for file, text in files.items():
            (place / file).write_text(text, encoding="utf-8")
    paths = (folder, ROOT, TESTS, TESTS / "request_tracker")
    ours = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1", "SESSION": "x" * 32}
    return {**os.environ, **ours}


@dataclass(frozen=True)
class Toy:
    """What became of the toy: what the pages said, and the folder with the papers that were taken."""

    folder: Path
    story: dict[str, Any]


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Toy:
    folder, site = tmp_path_factory.mktemp("tracker"), tmp_path_factory.mktemp("site")
    env = tracker_with(folder, {"toy": {"__init__.py": KIND, "paper.py": PAPER, "mainan.typ": TEMPLATE}})
    command = [sys.executable, "-c", STORY, str(site)]
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    story = json.loads(done.stdout)
    assert Path(story["tracker"]).is_relative_to(folder)
    return Toy(site, story)


def test_a_new_letter_stands_on_the_case_page_in_all_its_forms(toy: Toy) -> None:
    page = toy.story["secretariat"]["page"]
    assert "Surat mainan" in page
    assert all(f"/surat/surat_mainan.{form}" in page for form in FORMS)


def test_a_new_letter_is_made_by_its_own_template_and_as_word_and_opendocument(toy: Toy, tmp_path: Path) -> None:
    assert [toy.story["secretariat"][form] for form in FORMS] == [200, 200, 200]
    pdf, docx, odt = ((toy.folder / f"secretariat.{form}").read_bytes() for form in FORMS)
    assert "Templat mainan" in words_of_pdf(pdf, tmp_path)
    for text in (words_of_pdf(pdf, tmp_path), words_of_docx(docx), words_of_odt(odt)):
        assert "Mainan untuk Dinas Kesehatan" in text and "Penambahan bandwidth" in text


def test_a_new_letter_is_only_for_the_roles_whose_act_it_names(toy: Toy) -> None:
    other = toy.story["technician"]
    assert "Surat mainan" not in other["page"] and "/surat/lembar_disposisi.pdf" in other["page"]
    assert [other[form] for form in FORMS] == [403, 403, 403]
    assert other["archive"] == 403, "the archive holds every paper of the case"
    assert toy.story["secretariat"]["archive"] == 409, "the case is still running"


def test_a_new_letters_number_comes_from_the_agenda_and_no_other_letters_does(toy: Toy, tmp_path: Path) -> None:
    assert '<option value="mainan">Surat mainan</option>' in toy.story["agenda"]
    assert "nomor 800/7/M:" in words_of_pdf((toy.folder / "numbered.pdf").read_bytes(), tmp_path)


@pytest.mark.parametrize(
    ("papers", "sentence"),
    [
        ({"toy": {"__init__.py": '"""A folder that is none."""\n'}}, "letters/toy: exports no PAPERS"),
        (
            {"toy": {"__init__.py": KIND.replace("surat_mainan", "berita_acara"), "paper.py": PAPER}},
            "letters/: 2 papers answer to 'berita_acara' in an SOP of kind complaint",
        ),
        (
            {"toy": {"__init__.py": KIND, "paper.py": PAPER, "disposisi.typ": TEMPLATE}},
            "letters/: 2 templates are called disposisi.typ",
        ),
    ],
    ids=["no kind of paper", "the word of another", "the template of another"],
)
def test_a_folder_that_would_bring_a_wrong_paper_stops_the_tracker_with_a_sentence(
    papers: dict[str, dict[str, str]], sentence: str, tmp_path: Path
) -> None:
    env = tracker_with(tmp_path, papers)
    command = [sys.executable, "-m", "request_tracker.cli", "--help"]
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=250, check=False)
    assert done.returncode != 0 and sentence in done.stderr
