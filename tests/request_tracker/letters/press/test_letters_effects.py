"""The effect on the others on paper: what was frozen with the signature, under its own date, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest
from doors import decides
from paper_examples import analysed, effects
from paper_facts import event, facts
from paper_words import words_of_docx, words_of_odt, words_of_pdf
from tracker_site import Site

from request_tracker.capacity.signed_effects import KIND, hash_of
from request_tracker.letters.analysis.paper import analysis
from request_tracker.letters.disposition.paper import disposition
from request_tracker.letters.press.effects import NONE_SIGNED, effect_lines
from request_tracker.letters.press.facts import Facts
from request_tracker.letters.press.opendocument import opendocument
from request_tracker.letters.press.pdf import pdf
from request_tracker.letters.press.word import word

NAMES = {"dinkes": "Dinas Kesehatan", "rsud": "Rumah Sakit", "dishub": "Dinas Perhubungan"}


def decided(code: str = "PKL-BW", **known: float) -> Facts:
    """The head's signature with the effect that was frozen in the same act; ``known``: of the ceilings, download."""
    answer = effects()
    answer["ways"][0] |= known
    lane, step, who = ("kadis", "PKL-B-02", "user:1") if code == "PKL-BW" else ("tim", "BTM-06", "user:3")
    data = {"kind": KIND, "at": answer["at"], "effects": answer, "sha256": hash_of(answer)}
    frozen = replace(event(4, "evidence_frozen", who=who), data=data)
    made = facts(code, history=(event(1, "opened"), event(3, "signed", lane, step, who), frozen))
    return replace(made, names=NAMES)


def test_the_sheet_says_who_gains_and_who_loses_by_each_decision_as_it_was_signed_and_when(tmp_path: Path) -> None:
    for half in (False, True):
        paper = disposition(decided(), half)
        made = words_of_pdf(pdf(paper.template, paper.data()), tmp_path), words_of_docx(word(paper))
        for text in (*made, words_of_odt(opendocument(paper))):
            said = " ".join(text.split())
            assert "dibekukan bersama tanda tangan Kadis Uji pada 20 November 2026 pukul 04.30 WIB" in said
            assert "Dikabulkan seluruhnya 50 Mbit/s: bertambah Dinas Kesehatan (0 sampai 41 jam); berkurang " in said
            assert "Rumah Sakit (0 sampai 3 jam, paling banyak 1,3 Mbit/s); uplink penuh 0 sampai 12 jam" in said
            assert "Jaminan kurang 1 Mbit/s; dapat ditarik dari: Dinas Perhubungan 1 Mbit/s." in said
            assert "Dikabulkan sebagian 30 Mbit/s" in said and "Ditolak 10 Mbit/s: tetap seperti sekarang" in said


def test_the_measured_share_stands_beside_it_and_below_the_least_nothing_is_said() -> None:
    *_, download, upload = effect_lines(decided())
    assert "terukur 98,1 % dari waktu OPD ini, 97,4 % dari waktu semua OPD" in download
    assert upload.endswith("belum dapat dinilai; diperlukan paling sedikit 50 % waktu terukur.")
    assert "terukur 10,0 %" in upload and "Dikabulkan" not in upload


def test_hours_are_told_with_the_days_whose_ceiling_is_known() -> None:
    *_, download, _ = effect_lines(decided(ceiling_days=12.4, measured_days=29.4, ceiling_share_all=0.62))
    assert "berada pada batasnya. Plafon OPD ini diketahui pada 12,4 dari 29,4 hari yang terukur." in download
    assert "Plafon semua OPD diketahui pada 62 % dari waktu terukur" in download
    assert "diketahui" not in effect_lines(decided())[-2], "an answer of before it was kept"


def test_BTM_06_the_analysis_on_paper_says_it_too_before_its_queries() -> None:
    paper = analysis(replace(decided("BTM-BW"), monitored=analysed()))
    assert "tanda tangan Teknisi Uji" in paper.annexed[0] and paper.annexed[-1].startswith("Sidik sha256")


def test_who_decided_without_it_is_told_so_and_an_undecided_sheet_says_nothing() -> None:
    assert effect_lines(facts()) == (NONE_SIGNED,)
    assert effect_lines(facts(history=(event(1, "opened"),))) == ()
    assert effect_lines(facts("PKL-GG", history=(event(2, "signed", "kadis", "PKL-G-02"),))) == ()


@pytest.mark.parametrize("signed", [True, False])
def test_the_pages_own_paper_has_what_was_frozen_by_the_signature_on_the_page(
    site: Site, tmp_path: Path, signed: bool
) -> None:
    sent = decides(site)
    assert not signed or sent.send() == 302
    number = site.desk.store.value("SELECT number FROM cases")
    content = site.client.get(f"/kasus/{number}/surat/lembar_disposisi.pdf").data
    said = " ".join(words_of_pdf(content, tmp_path).split())
    assert ("Ditolak 10 Mbit/s: tetap seperti sekarang" in said) is signed
