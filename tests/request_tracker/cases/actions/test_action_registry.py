"""The registry of actions is the folder: every file one action, every word known to whoever loads an SOP."""

import re
from datetime import date
from pathlib import Path

import pytest
from tracker_office import MONDAY, request
from tree import ROOT

from request_tracker.cases import Desk
from request_tracker.cases.actions import ACTIONS, action_of, own_act
from request_tracker.cases.paper import disposes
from request_tracker.errors import TrackerError
from request_tracker.letters.sop_files import VOCABULARY, SopError, parse_sop, shipped_sops
from request_tracker.notifications.signing_digest import receives
from request_tracker.sop import loader, register
from request_tracker.sop.model import Sop, Step
from request_tracker.sop.words import Vocabulary

FOLDER = ROOT / "request_tracker" / "cases" / "actions"
FILES = [path.stem for path in sorted(FOLDER.glob("*.py")) if path.stem not in ("__init__", "action")]
KTM = (loader.SHIPPED / "ktm-bw.r0.yaml").read_text(encoding="utf-8")
BTM = (loader.SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")
# Without the refusal every way to BTM-12 has an allocation, so that it may ask for the proof.
BY_PROOF = parse_sop(re.sub(r"(id: BTM-12,.*?), waktu", r"\1, tindakan: [verifikasi_alokasi], waktu", BTM))
POORER = Vocabulary({word: action for word, action in ACTIONS.items() if word != "minta_skm"}, VOCABULARY.papers)


def line_of(text: str, word: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if word in line)


def test_every_file_of_the_folder_is_an_action_with_its_test_and_its_line_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "sop-actions.md").read_text(encoding="utf-8")
    assert len(FILES) == len(ACTIONS)
    assert [name for name in FILES if not (Path(__file__).parent / f"test_action_{name}.py").is_file()] == []
    assert [word for word in ACTIONS if f"## `{word}`" not in page] == []


def test_every_action_is_used_by_a_shipped_sop() -> None:
    words = {word for sop in shipped_sops() for step in sop.steps.values() for word in step.actions}
    assert words == set(ACTIONS)


def test_an_unknown_word_is_refused_with_file_and_line_wherever_it_stands() -> None:
    lines = KTM.replace("tindakan: [cek_kesediaan]", "tindakan: [cek_kesediaan,\n   entah]")
    with pytest.raises(SopError, match=f"ktm.yaml line {line_of(lines, '   entah')}: KTM-05: 'entah' is not an action"):
        parse_sop(lines, "ktm.yaml")
    ends = KTM.replace("tindakan: [beri_tahu_pemohon]", "tindakan: [entah]")
    with pytest.raises(SopError, match=f"ktm.yaml line {line_of(ends, '[entah]')}: KTM-06: 'entah' is not an action"):
        parse_sop(ends, "ktm.yaml")
    measured = KTM.replace("otomatis: cek_kesediaan", "otomatis: minta_skm")
    with pytest.raises(SopError, match="dokumen cek: no action measures 'minta_skm'; these do: analisa_bandwidth"):
        parse_sop(measured, "ktm.yaml")


def test_an_action_that_does_nothing_at_an_end_is_refused_there() -> None:
    with pytest.raises(SopError, match="KTM-06: terapkan_alokasi does nothing at an end"):
        parse_sop(KTM.replace("tindakan: [beri_tahu_pemohon]", "tindakan: [terapkan_alokasi]"))


def test_a_measured_document_and_its_step_name_the_same_action() -> None:
    with pytest.raises(SopError, match="KTM-06: makes 'mon', which laporan_monitoring measures; name it in tindakan"):
        parse_sop(KTM.replace("tindakan: [laporan_monitoring], keputusan", "keputusan"))


def test_a_paper_that_nobody_makes_is_refused_with_its_line() -> None:
    with pytest.raises(SopError, match=r"line \d+: dokumen akhir: no paper 'entah'; there are"):
        parse_sop(KTM.replace("templat: laporan_penyelesaian", "templat: entah"))


def test_an_approved_sop_with_an_action_that_is_gone_stops_the_start_and_is_never_skipped(desk: Desk) -> None:
    with pytest.raises(TrackerError, match=r"BTM-BW revisi 1: BTM-14: 'minta_skm' is not an action"):
        register.read_all(desk.store, POORER)
    with pytest.raises(TrackerError, match="Tindakan entah tidak dikenal versi ini"):
        action_of("entah")


def test_who_may_sign_together_depends_on_what_an_action_says_of_itself() -> None:
    together = {word for word, action in ACTIONS.items() if not action.own_act}
    assert together == {"minta_skm", "beri_tahu_pemohon", "perbarui_daftar_kesediaan"}
    steps = {step.id: step for sop in shipped_sops() for step in sop.steps.values()}
    assert not own_act(steps["BTM-14"]) and own_act(steps["PKL-B-06"]) and not own_act(steps["BTM-12"])


def test_an_action_that_runs_by_itself_keeps_no_step_from_paper_or_from_the_batch() -> None:
    def step(name: str, word: str) -> tuple[Sop, Step]:
        sop = parse_sop(re.sub(rf"(id: {name},.*?), waktu", rf"\1, tindakan: [{word}], waktu", BTM))
        return sop, sop.step(name)

    assert receives(step("BTM-12", "beri_tahu_pemohon")[1])
    assert not receives(BY_PROOF.step("BTM-12"))
    assert disposes(*step("BTM-02", "beri_tahu_pemohon"), "kadis")


def test_a_case_under_an_unknown_action_stands_still_with_a_sentence(desk: Desk) -> None:
    """Written straight into the register, as a newer version of the tracker would have left it."""
    text = KTM.replace("kode: KTM-BW", "kode: KTM-XX").replace(
        "hasil: [surat], ke", "hasil: [surat], tindakan: [esok], ke"
    )
    register.approve(desk.store, loader.approved_sop(text, "esok"), date(2026, 1, 1), "uji", MONDAY)
    with pytest.raises(TrackerError, match="Tindakan esok tidak dikenal versi ini"):
        request(desk, "KTM-XX")
