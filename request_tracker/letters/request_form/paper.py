"""The request form on paper (PKL-B-CT2): blank for those who write by hand, filled with what was sent. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from request_tracker.config import Office
from request_tracker.letters.press.facts import letterhead, place
from request_tracker.letters.press.model import Paper, Signer
from request_tracker.letters.press.sheets import REPORT
from request_tracker.letters.press.wording import day, rate
from request_tracker.sop.fields import Field
from request_tracker.sop.forms import BANDWIDTH_REQUEST

# A line across the column of values, to write on by hand.
LINE = "……………………………………………………………"
# The part of it that a day fits on.
DAY_LINE = LINE[:24]
NAME = "formulir-penambahan-bandwidth"


def request_form(office: Office, values: Mapping[str, Any], head: tuple[tuple[str, str], ...] = ()) -> Paper:
    """The form of a bandwidth request; fields without a value are lines to write on. ``head``: number and date."""
    blank = not values
    return Paper(
        template=REPORT.template,
        file=NAME,
        title="Formulir Penambahan Bandwidth",
        head=letterhead(office),
        opening=(f"Layanan {office.product}. Gratis, diterima setiap saat.",),
        pairs=(*head, *((field.indonesian, value_of(field, values, blank)) for field in BANDWIDTH_REQUEST)),
        date=place(office) + DAY_LINE if blank else "",
        signers=(Signer("Kepala OPD Pemohon"), Signer("Penerima")),
        foot="Kosong: tulis laju dalam Mbit/s dan tanggal sebagai tanggal-bulan-tahun." if blank else "",
    )


def value_of(field: Field, values: Mapping[str, Any], blank: bool) -> str:
    """A field's value as people read it: rates in Mbit/s; a line where the form is blank, a dash where it was left."""
    value = values.get(field.key)
    if value is None or value == "":
        return LINE if blank else "–"
    if field.kind == "date":
        return day(datetime.fromisoformat(str(value)))
    return rate(value) if field.kind == "rate" and isinstance(value, (int, float)) else str(value)
