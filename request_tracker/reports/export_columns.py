"""The columns of the exports as people read them: each column's heading, and what becomes of its values.

The machine's form (JSON) has the names and values of the store; here moments are the office's, rates Mbit/s, and codes
words. What is no such value (an old row, a code without a word) stays as it was written.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from request_tracker.calendar.working_time import zone_name
from request_tracker.people.roles import ROLE_NAMES
from request_tracker.reports.export_names import Naming, naming_of
from request_tracker.reports.survey import ELEMENTS
from request_tracker.store.database import Row
from request_tracker.words.bilingual import Both
from request_tracker.words.labels import phrase
from request_tracker.words.made_up import MadeUp
from request_tracker.words.rights_words import RIGHTS_DOORS, RIGHTS_KINDS
from request_tracker.words.spreadsheet_text import Cell

Reading = Callable[[Any, ZoneInfo], Cell]


@dataclass(frozen=True)
class ExportColumn:
    """One column: its heading in both languages, and how a value of the store is read in the office's zone."""

    indonesian: str
    english: str
    reading: Reading = lambda value, zone: value
    width: int = 0

    def heading(self, language: str, zone: ZoneInfo) -> str:
        """The heading; of moments with the name of the zone, since a cell has none."""
        text = Both(self.indonesian, self.english).said(language)
        return f"{text} ({zone_name(zone)})" if self.reading is _moment else text


@dataclass(frozen=True)
class ExportReader:
    """For whom an export is written: which table it is, the language (``id`` or ``en``), the office's zone.

    ``names`` says what codes are called (``export_names``); a column of codes is followed by one of their names.
    ``made_up``: of a demo, the last column of every row.
    """

    table: str
    language: str
    zone: ZoneInfo
    names: Mapping[str, Naming] = field(default_factory=dict)
    made_up: MadeUp | None = None

    def column(self, name: str) -> ExportColumn:
        """The column as this table means it; an unknown one is called by its own name."""
        return _OF_A_TABLE.get((self.table, name)) or COLUMNS.get(name) or ExportColumn(name, name)

    def columns(self, row: Row) -> list[ExportColumn]:
        """A row's columns, those of names among them, and a demo's mark."""
        marks = [ExportColumn(*MadeUp.heading, width=len(self.made_up.text.indonesian))] if self.made_up else []
        return [column for name in row for column in (self.column(name), *self._named(name))] + marks

    def head(self, row: Row) -> list[str]:
        """The headings of a row's columns."""
        return [column.heading(self.language, self.zone) for column in self.columns(row)]

    def cells(self, row: Row) -> list[Cell]:
        """The values of a row."""
        values: list[Cell] = [
            None if value is None else column.reading(value, self.zone)
            for name, value in row.items()
            for column in (self.column(name), *self._named(name))
        ]
        return [*values, self.made_up.text] if self.made_up else values

    def _named(self, name: str) -> Iterator[ExportColumn]:
        kind = naming_of(self.table, name)
        if kind and (naming := self.names.get(kind[0])):
            yield ExportColumn(*kind[1], lambda value, zone: naming(value), _NAME_LETTERS)


def _moment(value: Any, zone: ZoneInfo) -> Cell:
    """Seconds since 1970 or a text with its zone, as the office's clock showed it; a cell knows no zone."""
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    except ValueError:
        return str(value)
    return at.astimezone(zone).replace(tzinfo=None) if at.tzinfo else at


def _day(value: Any, zone: ZoneInfo) -> Cell:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return str(value)


def _megabits(value: int, zone: ZoneInfo) -> Cell:
    return value * 8 / 1e6


def _minutes(value: float, zone: ZoneInfo) -> Cell:
    return round(value / 60, 1)


def _word(value: Any, zone: ZoneInfo) -> Cell:
    return phrase(str(value))


def _word_of(value: str | int, zone: ZoneInfo, words: dict[Any, Both]) -> Cell:
    return words.get(value, value)


_flag = partial(_word_of, words={0: Both("tidak", "no"), 1: Both("ya", "yes")})
_role = partial(_word_of, words=ROLE_NAMES)
_right = partial(_word_of, words=RIGHTS_KINDS)
_way = partial(_word_of, words={"masuk": Both("masuk", "in"), "keluar": Both("keluar", "out")})
_case_kind = partial(
    _word_of,
    words={
        "request": Both("permohonan", "request"),
        "outage": Both("gangguan", "outage"),
        "complaint": Both("pengaduan", "complaint"),
    },
)
_machine = partial(
    _word_of,
    words={"monitoring": Both("pemantauan", "the monitoring"), "allocation": Both("bukti penerapan", "the proof")},
)
_door = partial(_word_of, words=RIGHTS_DOORS)
# As wide as "23-11-2026 09:00:00".
_MOMENT_LETTERS = 19
# Most names of people, offices and steps.
_NAME_LETTERS = 28


def _at(indonesian: str, english: str) -> ExportColumn:
    return ExportColumn(indonesian, english, _moment, _MOMENT_LETTERS)


def _rate(indonesian: str, english: str) -> ExportColumn:
    return ExportColumn(f"{indonesian} (Mbit/s)", f"{english} (Mbit/s)", _megabits)


# Of a column that several tables have, what most of them mean by it.
COLUMNS: dict[str, ExportColumn] = {
    "id": ExportColumn("No.", "No."),
    "seq": ExportColumn("Urutan", "Sequence"),
    "number": ExportColumn("Nomor kasus", "Case number", width=20),
    "case_number": ExportColumn("Nomor kasus", "Case number", width=20),
    "case_id": ExportColumn("No. kasus dalam basis data", "Case's no. in the database"),
    "sop": ExportColumn("SOP", "SOP"),
    "sop_hash": ExportColumn("Sidik SOP", "Hash of the SOP"),
    "revision": ExportColumn("Revisi SOP", "Revision of the SOP"),
    "kind": ExportColumn("Jenis", "Kind", _word),
    "opd": ExportColumn("Kode OPD", "Office's code"),
    "subject": ExportColumn("Hal", "Subject", width=40),
    "opened_at": _at("Dibuka", "Opened"),
    "ending": ExportColumn("Hasil akhir", "Ending", _word),
    "ended_at": _at("Berakhir", "Ended"),
    "step": ExportColumn("Langkah", "Step"),
    "round": ExportColumn("Putaran", "Round"),
    "due_at": _at("Tenggat langkah", "Step due"),
    "service_due_at": _at("Tenggat layanan", "Service due"),
    "paused": ExportColumn("Dijeda karena", "Paused because", _word),
    "awaiting": ExportColumn("Menunggu", "Awaits", _machine),
    "assignee": ExportColumn("Petugas (akun)", "Technician (account)"),
    "emergency": ExportColumn("Darurat", "Emergency", _flag),
    "letter_number": ExportColumn("Nomor surat", "Letter number", width=20),
    "origin": ExportColumn("Kasus asal", "Case of origin"),
    "version": ExportColumn("Versi", "Version"),
    "actor": ExportColumn("Pelaku (akun)", "Actor (account)"),
    "on_behalf_of": ExportColumn("Atas nama (akun)", "On behalf of (account)"),
    "lane": ExportColumn("Jalur", "Lane"),
    "occurred_at": _at("Terjadi", "Occurred"),
    "recorded_at": _at("Dicatat", "Recorded"),
    "clock": _at("Jam mesin", "Machine's clock"),
    "data": ExportColumn("Isi (JSON)", "Content (JSON)", width=40),
    "previous_hash": ExportColumn("Sidik sebelumnya", "Previous hash"),
    "hash": ExportColumn("Sidik", "Hash"),
    "signatory": ExportColumn("Penanda tangan", "Signatory", width=24),
    "signatory_position": ExportColumn("Jabatan penanda tangan", "Signatory's position"),
    "signatory_role": ExportColumn("Peran penanda tangan", "Signatory's role", _role),
    "batch": ExportColumn("Revisi buku", "Ledger revision"),
    "receive_guaranteed": _rate("Jaminan unduh", "Download guaranteed"),
    "receive_ceiling": _rate("Batas unduh", "Download ceiling"),
    "transmit_guaranteed": _rate("Jaminan unggah", "Upload guaranteed"),
    "transmit_ceiling": _rate("Batas unggah", "Upload ceiling"),
    "effective_at": _at("Berlaku sejak", "In force since"),
    "reason": ExportColumn("Keterangan", "Remark", width=40),
    "hours": ExportColumn("Jam berlaku (JSON)", "Hours in force (JSON)"),
    "received_at": _at("Diterima", "Received"),
    "ledger_hash": ExportColumn("Sidik buku", "Hash of the ledger"),
    "agent": ExportColumn("Agen penerap", "Shaping agent"),
    "ok": ExportColumn("Berhasil", "Succeeded", _flag),
    "matches": ExportColumn("Sesuai buku", "Matches the ledger", _flag),
    "body": ExportColumn("Isi bukti (JSON)", "Content of the proof (JSON)", width=40),
    "body_hash": ExportColumn("Sidik bukti", "Hash of the proof"),
    "root": ExportColumn("Tempat putus", "Where it is cut"),
    "cause": ExportColumn("Gejala", "Symptom", _word),
    "offices": ExportColumn("OPD terdampak (JSON)", "Offices concerned (JSON)", width=30),
    "started_at": _at("Mulai", "Begun"),
    "acknowledged_at": _at("Ditangani sejak", "Acknowledged"),
    "acknowledged_by": ExportColumn("Ditangani oleh (akun)", "Acknowledged by (account)"),
    "source": ExportColumn("Sumber laporan", "Source of the report"),
    "interruptions": ExportColumn("Berapa kali putus", "Interruptions"),
    "down_seconds": ExportColumn("Lama putus (menit)", "Cut off (minutes)", _minutes),
    "planned": ExportColumn("Terencana (JSON)", "Planned (JSON)"),
    "silence": ExportColumn("Peredam peringatan", "Silence"),
    "silenced_since": _at("Diredam sejak", "Silenced since"),
    "silenced_seconds": ExportColumn("Lama diredam (menit)", "Silenced (minutes)", _minutes),
    "found_cause": ExportColumn("Penyebab", "Cause", _word),
    "found_text": ExportColumn("Uraian penyebab", "Cause in words", width=40),
    "direction": ExportColumn("Arah", "Direction", _way),
    "year": ExportColumn("Tahun", "Year"),
    "agenda": ExportColumn("Nomor agenda", "Agenda number"),
    "letter_date": ExportColumn("Tanggal surat", "Date of the letter", _day),
    "party": ExportColumn("Dari/kepada", "From/to", width=24),
    "eoffice_number": ExportColumn("Nomor e-office", "E-office number"),
    "eoffice_link": ExportColumn("Tautan e-office", "E-office link"),
    "recorded_by": ExportColumn("Dicatat oleh (akun)", "Recorded by (account)"),
    "answered_on": ExportColumn("Tanggal jawaban", "Answered on", _day),
    "comment": ExportColumn("Saran", "Comment", width=40),
    "door": ExportColumn("Lewat", "By way of", _door),
    "name": ExportColumn("Nama", "Name", width=24),
    "phone": ExportColumn("Telepon", "Telephone"),
    "email": ExportColumn("Surel", "E-mail", width=24),
    "position": ExportColumn("Jabatan", "Position"),
    "channel": ExportColumn("Cara dihubungi", "Channel", _word),
    "created_at": _at("Dicatat", "Recorded"),
    "masked_at": _at("Disamarkan", "Masked"),
    **{key: ExportColumn(*names) for key, names in ELEMENTS.items()},
}
_OF_A_TABLE: dict[tuple[str, str], ExportColumn] = {
    ("cases", "kind"): ExportColumn("Jenis", "Kind", _case_kind),
    ("proofs", "revision"): ExportColumn("Revisi buku", "Ledger revision"),
    ("tickets", "number"): ExportColumn("Nomor tiket", "Ticket number", width=20),
    ("tickets", "ended_at"): _at("Pulih", "Restored"),
    ("rights", "kind"): ExportColumn("Jenis", "Kind", _right, 24),
    ("rights", "subject"): ExportColumn("Perihal (kode)", "About (code)"),
}
