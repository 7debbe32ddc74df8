"""Each value that an SOP file may hold does what it says: modes, origins, roles, calendars, units, kinds of fields."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from tracker_office import CALENDAR, DIVISION, LETTER, MONDAY, NOC, SECTION, WHO_BY_ROLE, request

from request_tracker.cases import Desk, Sign, Supplied, possible, read_case, run
from request_tracker.chart import lay_out_approved
from request_tracker.chart.layout import Shape
from request_tracker.errors import Refused
from request_tracker.letters.sop_files import SHIPPED, SopError, parse_sop
from request_tracker.sop import print_schema, schema
from request_tracker.sop.clocks import due
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import check_values
from request_tracker.sop.model import ROLES, Duration, Unit
from request_tracker.sop.printed import PrintSymbol
from request_tracker.sop.register import approve
from request_tracker.sop.schema import KINDS

SOP = """skema: 1
kode: CTH-NL
revisi: 0
judul: Permohonan Contoh
jenis: permohonan
kolom:
  opd: {nama: Pemohon, peran: pemohon}
  satu: {nama: Pertama, peran: kepala_bidang}
  dua: {nama: Kedua, peran: kepala_seksi}
dokumen:
  surat: {nama: Surat, asal: unggah}
waktu: {kalender: kerja}
mulai: CTH-01
langkah:
- {id: CTH-01, urut: 1, uraian: Surat, pelaksana: [opd], lengkap: [surat], waktu: 1 hari, ke: CTH-02}
- {id: CTH-02, urut: 2, uraian: Periksa, pelaksana: [satu, dua], mode: berurutan, waktu: 1 hari, ke: {akhir: selesai}}
"""
PRINT_HEADS = ("nomor", "aktivitas", "pelaksana", "kelengkapan", "waktu", "output", "keterangan")
GG = (SHIPPED / "pkl-gg.r0.yaml").read_text(encoding="utf-8")
# Form and key to the values that the tests below walk; the last test compares it with the schema.
VALUES: dict[str, tuple[object, ...]] = {
    "SopForm.skema": (1,),
    "SopForm.jenis": ("permohonan", "gangguan", "pengaduan"),
    "StepForm.mode": ("berurutan", "semua", "salah_satu"),
    "DocumentForm.asal": ("unggah", "unggah_atau_informasi", "unggah_atau_alert", "foto_atau_log", "bundel"),
    "PromiseForm.kalender": ("kerja", "24x7"),
    "FieldForm.jenis": ("teks", "panjang", "angka", "tanggal", "ya_tidak", "pilihan"),
    "LaneForm.peran": ("pemohon", "kepala_dinas", "kepala_bidang", "kepala_seksi", "tim_teknis", "kasubag_tu", "noc"),
    "RowForm.simbol": ("mulai_akhir", "proses", "keputusan"),
    "Duration.unit": ("menit", "jam", "jam_kerja", "hari", "hari_durasi"),
}


def under(desk: Desk, text: str, **more: Any) -> str:
    """A case of that SOP, its first step done."""
    approve(desk.store, parse_sop(text), date(2020, 1, 1), "uji", MONDAY)
    return request(desk, "CTH-NL", **more)


@pytest.mark.parametrize(
    ("mode", "second_may", "both_needed"),
    [("berurutan", False, True), ("semua", True, True), ("salah_satu", True, False)],
)
def test_each_mode_says_who_may_begin_and_who_is_needed(
    desk: Desk, mode: str, second_may: bool, both_needed: bool
) -> None:
    number = under(desk, SOP.replace("mode: berurutan", f"mode: {mode}"))
    assert bool(possible(desk, read_case(desk, number), SECTION)) is second_may
    run(desk, number, Sign("CTH-02"), DIVISION, MONDAY)
    assert (read_case(desk, number).ending is None) is both_needed


@pytest.mark.parametrize(
    ("origin", "ends"), [("unggah", False), ("unggah_atau_informasi", True), ("unggah_atau_alert", True)]
)
def test_a_letter_that_is_only_announced_holds_the_end_where_the_sop_wants_the_letter(
    desk: Desk, origin: str, ends: bool
) -> None:
    text = SOP.replace("asal: unggah}", f"asal: {origin}}}")
    number = under(desk, text, documents={"surat": Supplied(note="menyusul")})
    run(desk, number, Sign("CTH-02"), DIVISION, MONDAY)
    if ends:
        assert run(desk, number, Sign("CTH-02"), SECTION, MONDAY).ending == "selesai"
    else:
        with pytest.raises(Refused, match="Surat baru diumumkan"):
            run(desk, number, Sign("CTH-02"), SECTION, MONDAY)


def test_a_photograph_or_log_is_handed_in_and_a_bundle_makes_itself(desk: Desk) -> None:
    more = "asal: unggah}\n  foto: {nama: Foto, asal: foto_atau_log}\n  berkas: {nama: Berkas, asal: bundel}"
    text = SOP.replace("asal: unggah}", more)
    text = text.replace("mode: berurutan, waktu", "mode: salah_satu, lengkap: [surat], hasil: [foto, berkas], waktu")
    number = under(desk, text)
    with pytest.raises(Refused, match="Foto"):
        run(desk, number, Sign("CTH-02"), DIVISION, MONDAY)
    case = run(desk, number, Sign("CTH-02", documents={"foto": LETTER}), DIVISION, MONDAY)
    bundle = case.latest("berkas")
    assert bundle and bundle.content and [one["document"] for one in bundle.content["made_from"]] == ["surat"]


@pytest.mark.parametrize("role", [role for role in ROLES if role != "pemohon"])
def test_each_role_may_be_a_column_and_acts_in_it(desk: Desk, role: str) -> None:
    number = under(desk, SOP.replace("kepala_bidang", role).replace("mode: berurutan", "mode: salah_satu"))
    who = {**WHO_BY_ROLE, "noc_operator": NOC}[ROLES[role]]
    assert [act.lane for act in possible(desk, read_case(desk, number), who)][:1] == ["satu"]
    assert run(desk, number, Sign("CTH-02", lane="satu"), who, MONDAY).ending == "selesai"


@pytest.mark.parametrize("role", ["admin", "auditor"])
def test_who_administers_or_audits_is_never_an_actor(role: str) -> None:
    with pytest.raises(SopError, match=f"'{role}' is not a role"):
        parse_sop(SOP.replace("kepala_bidang", role))


START = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)  # Friday, 15.30 in Jakarta; the office closes at 16.30.
ENDS = {
    "menit": timedelta(minutes=1),
    "jam": timedelta(hours=1),
    "jam_kerja": timedelta(hours=1),
    "hari": timedelta(days=3, minutes=30),
    "hari_durasi": timedelta(days=2, hours=23, minutes=30),
}


@pytest.mark.parametrize("unit", list(Unit))
def test_each_unit_of_time_ends_when_it_says(unit: Unit) -> None:
    assert due(START, Duration(1, unit), "kerja", CALENDAR) - START == ENDS[unit.value]


def test_the_two_calendars_differ_over_a_weekend() -> None:
    kinds = {kind: due(START, Duration(3, Unit.HOURS), kind, CALENDAR) for kind in ("kerja", "24x7")}
    assert kinds["24x7"] == START + timedelta(hours=3) < kinds["kerja"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("teks", "a", "x" * 5000),
        ("panjang", "a\nb", "x" * 5000),
        ("angka", "12", "dua belas"),
        ("tanggal", "2026-11-23", "besok"),
        ("ya_tidak", "ya", "mungkin"),
        ("pilihan", "baik", "entah"),
    ],
)
def test_each_kind_of_field_takes_its_own_and_refuses_the_rest(kind: str, good: str, bad: str) -> None:
    field = Field("isi", "Isi", "Content", KINDS[kind], choices=("baik",) if kind == "pilihan" else ())
    assert str(check_values((field,), {"isi": good})["isi"]) == good
    with pytest.raises(Refused):
        check_values((field,), {"isi": bad})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("mulai: CTH-01", "mulai: CTH-01\npemicu: [surat]", "unknown key pemicu"),
        ("asal: unggah}", "asal: unggah, sunting: docx}", "unknown key dokumen.surat.sunting"),
        ("mode: berurutan", "boleh_mendahului: [CTH-01]", "unknown key langkah.1.boleh_mendahului"),
        ("mode: berurutan", "tembusan: [sistem]", "unknown column 'sistem'"),
        ("mode: berurutan", "paralel_darurat: true", "paralel_darurat belongs to a gangguan"),
        ("asal: unggah}", "asal: unggah, tanda_tangan: [dua]}", "'dua' in tanda_tangan is no actor of a step"),
        ("asal: unggah}", "asal: unggah, templat: surat_balasan}", "only templat and otomatis go together"),
        (
            "mode: berurutan, waktu: 1 hari",
            "waktu: {min: 3 hari, maks: 1 hari}",
            "min 3 hari is longer than maks 1 hari",
        ),
        ("mode: berurutan, waktu: 1 hari", "waktu: 0 hari", "'0 hari' is not a time"),
        ("pelaksana: [opd]", "pelaksana: [opd, satu]", "the first step is done by opening the case"),
        ("ke: CTH-02}", "keputusan: {ya: CTH-02}}", "the first step is done by opening the case"),
        ("[satu, dua], mode: berurutan", "[sistem], formulir: [isp]", "sistem acts by itself"),
        ("jenis: permohonan", "jenis: usulan", "jenis"),
        ("skema: 1", "skema: 2", "skema"),
        ("kalender: kerja", "kalender: libur", "kalender"),
    ],
)
def test_what_nothing_implements_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    with pytest.raises(SopError, match=rf"nilai.yaml line \d+: .*{message}"):
        parse_sop(SOP.replace(old, new), "nilai.yaml")


@pytest.mark.parametrize(
    ("symbol", "shape"), [(mark, PrintSymbol(str(mark)).name) for mark in VALUES["RowForm.simbol"]]
)
def test_each_symbol_of_the_approved_table_is_drawn_as_its_shape(symbol: str, shape: str) -> None:
    drawn = {"BEGIN_END": Shape.TERMINATOR, "PROCESS": Shape.PROCESS, "DECISION": Shape.DECISION}[shape]
    heads = ", ".join(f"{key}: x" for key in PRINT_HEADS)
    rows = f"- {{langkah: CTH-01, nomor: '1', aktivitas: Surat, simbol: {{dua: {symbol}}}}}"
    rows += "\n  - {langkah: CTH-02, nomor: '2', aktivitas: Periksa}"
    text = SOP.replace(
        "\nkolom:", f"\ncetakan:\n  nama: Contoh\n  judul_kolom: {{{heads}}}\n  baris:\n  {rows}\nkolom:"
    )
    row = lay_out_approved(parse_sop(text)).rows[0]
    assert [(found.shape, found.added) for found in row.symbols] == [(Shape.PROCESS, True), (drawn, False)]


def test_an_emergency_goes_on_where_a_parallel_step_leads_and_one_that_leads_nowhere_is_refused() -> None:
    parse_sop(GG)
    with pytest.raises(SopError, match="PKL-G-10: paralel_darurat belongs to a gangguan and to a step whose ke"):
        parse_sop(GG.replace("hasil: [tutup], ke: {akhir", "hasil: [tutup], paralel_darurat: true, ke: {akhir"))


def closed_lists(forms_of: ModuleType) -> dict[str, set[object]]:
    """``Form.key`` to the values it may have, where those are a closed list."""
    forms = [one for one in vars(forms_of).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    return {
        f"{form.__name__}.{key}": values
        for form in forms
        for key, field in form.model_fields.items()
        if (values := _values(field.annotation))
    }


def _values(annotation: object) -> set[object]:
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return {one.value for one in annotation}
    if get_origin(annotation) is Literal:
        return set(get_args(annotation))
    return {value for part in get_args(annotation) for value in _values(part)}


def test_every_value_of_a_closed_list_is_shown_to_do_something() -> None:
    """A new value needs its row in ``VALUES`` and a test here that walks it."""
    lists = {**closed_lists(schema), **closed_lists(print_schema)}
    lists["LaneForm.peran"] = set(ROLES)
    lists["Duration.unit"] = {unit.value for unit in Unit}
    assert lists == {key: set(values) for key, values in VALUES.items()}
