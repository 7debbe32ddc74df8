"""SOP files: the five are in order, bad ones are refused with file and line, a new one runs without code."""

from datetime import date
from pathlib import Path

import pytest
from tracker_office import HEAD, MONDAY, TECHNICIAN, request, walk_to

from request_tracker.cases import Desk, Sign, read_case
from request_tracker.errors import TrackerError
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop, shipped_sops
from request_tracker.sop.diff import differences
from request_tracker.sop.register import approve, in_force

PKL = (SHIPPED / "pkl-bw.r0.yaml").read_text(encoding="utf-8")
BTM = (SHIPPED / "btm-bw.r1.yaml").read_text(encoding="utf-8")

BAD = [
    ("mode: berurutan", "mode: bergiliran", "mode"),
    ("pelaksana: [kadis]", "pelaksana: [camat]", "unknown column 'camat'"),
    ("hasil: [disposisi]", "hasil: [memo]", "unknown document 'memo'"),
    ("ke: PKL-B-03", "ke: PKL-B-99", "unknown step 'PKL-B-99'"),
    ("ke: PKL-B-05", "ke: PKL-B-06", "PKL-B-05 cannot be reached"),
    ("ke: {akhir: selesai}", "ke: PKL-B-02", "no end can be reached"),
    ("waktu: 1 jam_kerja", "waktu: sebentar", "is not a time"),
    ("tindakan: [terapkan_alokasi]", "tindakan: [hapus_semua]", "is not an action"),
    ("peran: kepala_dinas", "peran: raja", "is not a role"),
    ("urut: 2", "no: 2", "unknown key"),
    ("id: PKL-B-02", "id: PKL-B-03", "used twice"),
    ("mulai: PKL-B-01", "mulai: PKL-B-00", "unknown step"),
    ("ke: PKL-B-04}", "}", "exactly one of ke and keputusan"),
]


@pytest.mark.parametrize(("old", "new", "message"), BAD)
def test_a_bad_sop_is_refused_with_file_and_line(old: str, new: str, message: str) -> None:
    assert old in PKL
    text = PKL.replace(old, new)
    with pytest.raises(SopError) as found:
        parse_sop(text, "bad.yaml")
    assert message in str(found.value)
    assert "bad.yaml line " in str(found.value)


def test_the_line_of_a_problem_is_the_line_in_the_file() -> None:
    text = PKL.replace("pelaksana: [kadis]", "pelaksana: [camat]")
    line = next(n for n, row in enumerate(text.splitlines(), start=1) if "camat" in row)
    with pytest.raises(SopError, match=f"bad.yaml line {line}: "):
        parse_sop(text, "bad.yaml")


def test_a_document_that_the_refusal_branch_never_makes_is_found() -> None:
    text = BTM.replace("inferensi: true, lengkap: [analisa]", "inferensi: true, lengkap: [analisa, ba]")
    with pytest.raises(SopError, match="BTM-07 requires 'ba', which some way to it does not produce"):
        parse_sop(text, "btm.yaml")


def test_KTM_E_the_steps_that_overrun_the_promise_are_told() -> None:
    sop = next(sop for sop in shipped_sops() if sop.code == "KTM-BW")
    assert any("75 more than the promised 4 hari" in warning.english for warning in sop.warnings)


def test_PKL_B_DH_BTM_DH_the_legal_bases_are_kept_and_stale_ones_marked() -> None:
    sops = {sop.code: sop.identity.legal_basis for sop in shipped_sops()}
    assert (len(sops["PKL-BW"]), len(sops["BTM-BW"]), len(sops["KTM-BW"]), len(sops["PKL-GG"])) == (7, 14, 5, 7)
    assert sum(bool(basis.replaced_by) for basis in sops["BTM-BW"]) == 2


def test_BTM_REV_a_running_case_keeps_its_revision(desk: Desk) -> None:
    number = request(desk)
    text = PKL.replace("revisi: 0", "revisi: 1").replace("waktu: 1 jam_kerja", "waktu: 2 jam_kerja")
    approve(desk.store, parse_sop(text), date(2026, 11, 1), "admin", MONDAY)
    later = request(desk)
    assert (read_case(desk, number).revision, read_case(desk, later).revision) == (0, 1)
    walk_to(desk, number, [(HEAD, Sign("PKL-B-02"))])
    assert [step.id for step in read_case(desk, number).open_steps] == ["PKL-B-03"]


def test_BTM_REV_a_revision_counts_from_its_effective_date(desk: Desk) -> None:
    text = PKL.replace("revisi: 0", "revisi: 1")
    approve(desk.store, parse_sop(text), date(2026, 12, 1), "admin", MONDAY)
    assert in_force(desk.store, "PKL-BW", date(2026, 11, 30)).revision == 0
    assert in_force(desk.store, "PKL-BW", date(2026, 12, 1)).revision == 1


def test_BTM_REV_a_changed_text_under_an_approved_revision_is_refused(desk: Desk) -> None:
    changed = parse_sop(PKL.replace("judul: Pelayanan", "judul: Layanan"))
    with pytest.raises(TrackerError, match="raise revisi to 1"):
        approve(desk.store, changed, date(2026, 12, 1), "admin", MONDAY)


def test_BTM_REV_the_differences_are_told_step_by_step() -> None:
    new = PKL.replace("revisi: 0", "revisi: 1").replace(
        "ke: PKL-B-05", "ke: PKL-B-05, jeda_boleh: [menunggu_pengadaan]"
    )
    told = differences(parse_sop(PKL), parse_sop(new))
    assert told == ["revisi: 0 -> 1", "langkah PKL-B-04: pauses: - -> menunggu_pengadaan"]


NEW_SOP = """
skema: 1
kode: CTH-JR
revisi: 0
judul: Permohonan Jaringan Baru
jenis: permohonan
kolom:
  opd: {nama: Pemohon, peran: pemohon}
  kadis: {nama: Kepala Dinas, peran: kepala_dinas}
  tim: {nama: Tim, peran: tim_teknis}
dokumen:
  surat: {nama: Surat, asal: unggah}
  laporan: {nama: Laporan survei, formulir: catatan}
mulai: CTH-01
langkah:
- {id: CTH-01, urut: 1, uraian: Surat, pelaksana: [opd], lengkap: [surat], waktu: 1 hari, formulir: [lokasi],
   ke: CTH-02}
- {id: CTH-02, urut: 2, uraian: Disposisi, pelaksana: [kadis], waktu: 1 hari,
   keputusan: {ya: CTH-03, tidak: {akhir: ditolak}}}
- {id: CTH-03, urut: 3, uraian: Survei, pelaksana: [tim], waktu: 2 hari, hasil: [laporan], ke: {akhir: selesai}}
"""


def test_BTM_KT1_to_8_a_sixth_sop_is_one_yaml_file_and_runs(desk: Desk, tmp_path: Path) -> None:
    approve(desk.store, parse_sop(NEW_SOP), date(2026, 1, 1), "admin", MONDAY)
    number = request(desk, "CTH-JR", form={"lokasi": "Kelurahan Contoh"})
    acts = [(HEAD, Sign("CTH-02", decision="ya")), (TECHNICIAN, Sign("CTH-03", note="serat 400 m"))]
    walk_to(desk, number, acts)
    case = read_case(desk, number)
    assert (case.number, case.ending) == ("CTH-JR/2026/000001", "selesai")
    assert case.form["lokasi"] == "Kelurahan Contoh"
