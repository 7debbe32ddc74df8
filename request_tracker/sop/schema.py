"""The SOP file's form: pydantic models whose field names are the regulation's own words. Unknown keys are errors."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from request_tracker.sop.model import ROLES, Duration, Mode, Unit
from request_tracker.sop.print_schema import Key, PrintForm

_DURATION = re.compile(r"([1-9]\d{0,3}) (menit|jam_kerja|jam|hari_durasi|hari)")


def _duration(value: Any) -> Duration:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{value!r} is not a time; write a number and menit, jam, jam_kerja, hari or hari_durasi")
    return Duration(int(match[1]), Unit(match[2]))


def _date(value: Any) -> str | None:
    if value is None:
        return None
    return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()


def _role(value: Any) -> str:
    if value not in ROLES:
        raise ValueError(f"{value!r} is not a role; the roles are {', '.join(ROLES)}")
    return ROLES[value]


KINDS = {
    "teks": "text",
    "panjang": "long",
    "angka": "number",
    "tanggal": "date",
    "ya_tidak": "yesno",
    "pilihan": "choice",
}
DurationField = Annotated[Duration, BeforeValidator(_duration)]
DateField = Annotated[str | None, BeforeValidator(_date)]
RoleField = Annotated[str, BeforeValidator(_role)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class TimeForm(_Form):
    """``waktu`` of a step: one time, or a range."""

    min: DurationField | None = None
    maks: DurationField


class TargetForm(_Form):
    """``ke`` where it is an end: ``{akhir: nama, tindakan: [...]}``."""

    akhir: Key
    tindakan: list[Key] = []


class LaneForm(_Form):
    """A column of the printed table, and the role in the tracker that acts in it."""

    nama: str
    peran: RoleField
    nomor: int | None = None
    tercetak: bool = True


class DocumentForm(_Form):
    """A record of the SOP: what it is called and where it comes from."""

    nama: str
    asal: Literal["unggah", "unggah_atau_informasi", "unggah_atau_alert", "foto_atau_log", "bundel"] | None = None
    templat: Key | None = None
    formulir: Key | None = None
    otomatis: Key | None = None
    tanda_tangan: list[str] = []

    @model_validator(mode="after")
    def _has_a_source(self) -> "DocumentForm":
        sources = [self.asal, self.formulir, self.templat or self.otomatis]
        if sum(source is not None for source in sources) != 1:
            raise ValueError("needs one of asal, templat, formulir, otomatis; only templat and otomatis go together")
        return self


class FieldForm(_Form):
    """A field of one of the SOP's own forms."""

    kunci: Key
    label: str
    inggris: str | None = None
    jenis: Literal["teks", "panjang", "angka", "tanggal", "ya_tidak", "pilihan"] = "teks"
    wajib: bool = True
    pilihan: list[Key] = []

    @model_validator(mode="after")
    def _has_choices(self) -> "FieldForm":
        if (self.jenis == "pilihan") != bool(self.pilihan):
            raise ValueError(f"{self.kunci}: pilihan belongs to jenis pilihan, and only there")
        return self


class LegalBasisForm(_Form):
    """A regulation the SOP rests on, and which one has repealed it."""

    teks: str
    dicabut_oleh: str | None = None


class ValidityForm(_Form):
    """The days the SOP was made, revised and came into force."""

    dibuat: DateField = None
    direvisi: DateField = None
    efektif: DateField = None


class ApprovalForm(_Form):
    """Who approved the printed SOP, as it stands at its foot."""

    jabatan: str | None = None
    nama: str | None = None
    pangkat: str | None = None
    nip: str | None = None


class PromiseForm(_Form):
    """What the SOP promises as a whole: its calendar, guarantee, longest total, notice and fee."""

    kalender: Literal["kerja", "24x7"] = "kerja"
    jaminan: DurationField | None = None
    total: TimeForm | None = None
    pemberitahuan: DurationField | None = None
    biaya: str | None = None


def _pauses(value: Any) -> Any:
    """``[reason, {reason: 10 hari}]``: a reason alone, or with the longest time a pause for it may last."""
    if not isinstance(value, tuple):
        return value
    pauses: dict[str, Any] = {}
    for item in value:
        pauses.update(item if isinstance(item, dict) else {item: None})
    return pauses


def _time(value: Any) -> Any:
    return {"maks": value} if isinstance(value, str) else value


class StepForm(_Form):
    """A row of the printed table: who does what within which time, and where it leads."""

    id: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
    urut: Annotated[int, Field(ge=1)]
    uraian: str
    kutipan_asli: str | None = None
    pelaksana: list[str] = Field(min_length=1)
    mode: Mode = Mode.IN_ORDER
    tembusan: list[str] = []
    orang_berbeda: bool = False
    lengkap: list[str] = []
    hasil: list[str] = []
    waktu: Annotated[TimeForm | None, BeforeValidator(_time)]
    jeda_boleh: Annotated[dict[Key, DurationField | None], BeforeValidator(_pauses)] = {}
    formulir: list[Key] = []
    tindakan: list[Key] = []
    paralel_darurat: bool = False
    inferensi: bool = False
    ke: str | TargetForm | None = None
    keputusan: dict[Key, str | TargetForm] = {}
    kembali: str | None = None

    @model_validator(mode="after")
    def _leads_somewhere(self) -> "StepForm":
        if bool(self.ke) == bool(self.keputusan):
            raise ValueError(f"{self.id} needs exactly one of ke and keputusan")
        return self


class SopForm(_Form):
    """The whole file."""

    skema: Literal[1]
    kode: Annotated[str, Field(pattern=r"^[A-Z]{2,5}-[A-Z]{2,5}$")]
    revisi: Annotated[int, Field(ge=0)]
    nomor: str | None = None
    judul: str
    jenis: Literal["permohonan", "gangguan", "pengaduan"]
    berlaku: ValidityForm = ValidityForm()
    disahkan: ApprovalForm = ApprovalForm()
    dasar_hukum: list[LegalBasisForm] = []
    kualifikasi: list[str] = []
    keterkaitan: list[str] = []
    peralatan: list[str] = []
    peringatan: list[str] = []
    pencatatan: list[str] = []
    penanggung_jawab: str | None = None
    catatan: str | None = None
    cetakan: PrintForm | None = None
    kolom: dict[Key, LaneForm] = Field(min_length=1)
    dokumen: dict[Key, DocumentForm] = {}
    formulir: dict[Key, Annotated[list[FieldForm], Field(min_length=1)]] = {}
    waktu: PromiseForm = PromiseForm()
    mulai: str
    langkah: list[StepForm] = Field(min_length=1)
