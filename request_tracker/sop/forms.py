"""Field schemas: one source for HTML, validation and JSON schema. Values in, checked values or a refusal out.

``FORMS`` maps a name an SOP uses (a document's ``formulir``, a step's field) or an opening form to its fields.
Personal fields (``personal``) are kept in ``contacts``, never in an event.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from inventory.rate_texts import read_rate
from inventory.rates import exact_rate
from inventory.sentences import MisreadError
from request_tracker.errors import Refused
from request_tracker.sop.complaints import SOLUTION
from request_tracker.sop.field_reading import FORM_UNIT, READ, as_text, wrong_in
from request_tracker.sop.fields import Field
from request_tracker.words.bilingual import Both, joined, quoted

# A field holds two typed pages.
MAX_TEXT = 4000
OwnForms = Mapping[str, tuple[Field, ...]]
EMPTY: OwnForms = MappingProxyType({})
IS_EMPTY = Both("belum diisi", "is empty")


CHANNELS = ("form", "counter", "phone", "email", "message", "letter", "fax", "alert")
CONTACT = {
    "contact_name": "name",
    "contact_phone": "phone",
    "contact_email": "email",
    "contact_channel": "channel",
}
REACHED_BY = Field(
    "contact_channel",
    "Kabari lewat",
    "Tell me by",
    "choice",
    required=False,
    personal=True,
    choices=("email", "whatsapp", "phone", "page"),
)
BANDWIDTH_REQUEST = (
    Field("opd", "OPD pemohon", "Requesting office", "opd"),
    Field("contact_name", "Nama narahubung", "Contact person", personal=True),
    Field("contact_phone", "Telepon narahubung", "Contact phone", "phone", personal=True),
    Field("contact_email", "Surel narahubung", "Contact e-mail", "email", required=False, personal=True),
    REACHED_BY,
    Field("current_receive", "Kecepatan unduh sekarang", "Download rate now", "rate", required=False),
    Field("wanted_receive", "Kecepatan unduh yang diminta", "Download rate wanted", "rate"),
    Field("wanted_transmit", "Kecepatan unggah yang diminta", "Upload rate wanted", "rate", required=False),
    Field("purpose", "Peruntukan", "Purpose", "long"),
    Field("starts_on", "Mulai digunakan", "Wanted from", "date", required=False),
    Field("ends_on", "Sampai (kosongkan bila tetap)", "Until (empty if permanent)", "date", required=False),
    Field("urgency_reason", "Alasan mendesak", "Reason for urgency", "long", required=False),
    Field("letter_number", "Nomor surat", "Letter number", required=False),
    Field("letter_date", "Tanggal surat", "Letter date", "date", required=False),
)
OUTAGE_REPORT = (
    Field("opd", "OPD", "Office", "opd"),
    Field("contact_name", "Nama pelapor", "Reported by", personal=True),
    Field("contact_phone", "Telepon pelapor", "Phone", "phone", personal=True),
    Field("contact_email", "Surel pelapor", "E-mail", "email", required=False, personal=True),
    REACHED_BY,
    Field("since", "Sejak kapan", "Since when", "moment", required=False),
    Field("description", "Apa yang terjadi", "What happened", "long"),
)
COMPLAINT = (
    Field("opd", "OPD", "Office", "opd", required=False),
    Field("contact_name", "Nama", "Name", required=False, personal=True),
    Field("contact_phone", "Telepon", "Phone", "phone", required=False, personal=True),
    Field("contact_email", "Surel", "E-mail", "email", required=False, personal=True),
    REACHED_BY,
    Field("description", "Pengaduan", "Complaint", "long"),
    Field("category", "Jenis pengaduan", "Kind of complaint", "choice", required=False, choices=tuple(SOLUTION)),
    Field("lapor_id", "Nomor SP4N-LAPOR!", "SP4N-LAPOR! number", required=False),
)
OPENING = {"request": BANDWIDTH_REQUEST, "outage": OUTAGE_REPORT, "complaint": COMPLAINT}
ESTIMATE = Field("estimasi_pulih", "Estimasi pulih", "Estimated recovery", "moment", required=False, ahead=True)
FORMS: dict[str, tuple[Field, ...]] = {
    "catatan": (Field("catatan", "Catatan", "Note", "long"),),
    "isian_kelengkapan": (
        Field("spesifikasi", "Spesifikasi permohonan", "Specification", "long"),
        Field("peruntukan", "Peruntukan", "Purpose", "long"),
        Field("jumlah_pengguna", "Jumlah pengguna", "Number of users", "number"),
        Field("aplikasi", "Aplikasi utama", "Main applications", "long", required=False),
    ),
    "cek_fisik": (
        Field("perangkat", "Perangkat yang diperiksa", "Device checked"),
        Field("daya", "Catu daya", "Power", "choice", choices=("baik", "padam", "tidak_stabil")),
        Field("lampu", "Lampu indikator", "Indicator lights", "choice", choices=("hijau", "merah", "mati")),
        Field("serat_dbm", "Daya optik (dBm)", "Optical power (dBm)", "dbm", required=False),
        Field("temuan", "Temuan", "Findings", "long"),
    ),
    "petugas": (),
    "disposisi": (
        Field("sifat", "Sifat", "Urgency", "choice", choices=("biasa", "segera", "sangat_segera", "rahasia")),
        Field("diteruskan_kepada", "Diteruskan kepada", "Passed on to"),
        Field("harap", "Dengan hormat harap", "Please", required=False),
        Field("isi_disposisi", "Isi disposisi (catatan pada kertas)", "Disposition (the note on paper)", "long"),
    ),
    "isp": (Field("isp", "Nama ISP dan petugas yang dihubungi", "ISP contact"),),
    "nomor_tiket_isp": (Field("nomor_tiket_isp", "Nomor tiket ISP", "ISP ticket number", required=False),),
    "estimasi_pulih": (ESTIMATE,),
}


def fields_of(names: Iterable[str], own: OwnForms = EMPTY) -> tuple[Field, ...]:
    """The fields an SOP's form names stand for: its ``own`` forms first, then the tracker's.

    A name without a schema is one text field of that name.
    """
    forms = {**FORMS, **own}
    return tuple(field for name in names for field in forms.get(name, (Field(name, _title(name), _title(name)),)))


def check_fields(
    names: Iterable[str], values: Mapping[str, Any], complete: bool, own: OwnForms = EMPTY
) -> dict[str, Any]:
    """The values of the named forms, cleaned; Refused with every missing field if they must be complete."""
    return check_values(fields_of(names, own), values, complete)


def check_values(fields: tuple[Field, ...], values: Mapping[str, Any], complete: bool = True) -> dict[str, Any]:
    """The values of these fields, cleaned; other keys are left out. Rates become bytes per second."""
    values = _both_ways(fields, values)
    clean = {field.key: _value(field, values[field.key]) for field in fields if _present(values.get(field.key))}
    missing = [field.name for field in fields if field.required and field.key not in clean]
    if complete and missing:
        raise Refused("missing_here", fields=joined(map(quoted, missing)))
    return clean


def check_each(fields: tuple[Field, ...], values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Both]]:
    """The values cleaned, and of each field that is wrong or missing what to do about it: all faults at once."""
    values, faults = _both_ways(fields, values), dict[str, Both]()
    clean: dict[str, Any] = {}
    for field in fields:
        if not _present(values.get(field.key)):
            if field.required:
                faults[field.key] = IS_EMPTY
            continue
        try:
            clean[field.key] = _value(field, values[field.key])
        except Refused as error:
            faults[field.key] = error.values["reason"]
    return clean, faults


def personal_values(fields: tuple[Field, ...], values: Mapping[str, Any]) -> dict[str, str]:
    """The personal values among these fields, cleaned, under the names ``contacts`` keeps them by."""
    own = tuple(field for field in fields if field.key in CONTACT)
    return {CONTACT[key]: str(value) for key, value in check_values(own, values, complete=False).items()}


def rates_of(fields: tuple[Field, ...], values: Mapping[str, Any]) -> list[tuple[Field, int]]:
    """The rates among these fields as they were understood, for who typed them to read over."""
    clean = check_values(fields, values, complete=False)
    return [(field, clean[field.key]) for field in fields if field.kind == "rate" and field.key in clean]


def _both_ways(fields: tuple[Field, ...], values: Mapping[str, Any]) -> Mapping[str, Any]:
    """``50/20 Mbps`` in the field of the download is the upload's too where that one is empty."""
    rates = {field.key for field in fields if field.kind == "rate"}
    for key in sorted(rates):
        other = key.replace("receive", "transmit")
        if other == key or other not in rates or _present(values.get(other)) or not isinstance(values.get(key), str):
            continue
        try:
            reading = read_rate(values[key], FORM_UNIT)
        except MisreadError:
            continue  # It is refused where its field is read, with the field's name.
        if reading.transmit is not None and not reading.guesses:
            values = {**values, key: exact_rate(reading.receive), other: exact_rate(reading.transmit)}
    return values


def _value(field: Field, value: Any) -> Any:
    text = str(value).strip()
    most = field.longest or MAX_TEXT
    if len(text) > most:
        reason = Both(f"{len(text)} huruf; paling banyak {most}", f"{len(text)} characters; at most {most}")
        raise Refused("bad_field", field=quoted(field.name), reason=reason)
    try:
        return READ.get(field.kind, as_text)(field, value, text)
    except MisreadError as error:
        raise Refused("bad_field", field=quoted(field.name), reason=Both(*error.sentence)) from error
    except ValueError as error:
        raise Refused("bad_field", field=quoted(field.name), reason=wrong_in(field, text)) from error


def _present(value: Any) -> bool:
    return value is not None and str(value).strip() != ""


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
