"""What a field's text means, by its kind: a text in, its value out, ValueError or MisreadError for what is none."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from inventory.rate_texts import read_one_rate
from inventory.rates import MOST_RATE
from request_tracker.sop.fields import Field
from request_tracker.words.bilingual import Both, joined
from request_tracker.words.labels import phrase
from request_tracker.words.written import day_of, hour_of, moment_of, number_of

# A wrong text is repeated in its refusal as far as one line of a page goes.
MAX_SHOWN = 60
# What a bare number in a field of a rate is: the page shows it beside the field.
FORM_UNIT = "Mbit/s"
# What a receiver can see and a meter shows: below -60 dBm is darkness, +20 dBm leaves the strongest amplifier (ITU-T
# G.957 has receivers from -34 to -8 dBm).
LEAST_DBM, MOST_DBM = -60, 20
_DECIMAL, _MINUS = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,3})?"), str.maketrans("−–", "--")
# Digits with what people put between them; a digit first, but for the plus or the bracket of a country or a town.
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()./+-]*(ext\.? ?[0-9]{1,6})?", re.IGNORECASE)
# 1.000 or 12.500.000 as Indonesia writes thousands; a comma would be a part of one, and no count has parts.
_THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
YES, NO, MARKED = "ya", "tidak", "1"


def wrong_in(field: Field, text: str) -> Both:
    """Why a text is no value of a field, and what to write instead."""
    if field.kind == "number" and field.most is not None:
        shown = text[:MAX_SHOWN]
        return Both(
            f"“{shown}” bukan bilangan bulat dari {field.least} sampai {field.most}",
            f"“{shown}” is no whole number from {field.least} to {field.most}",
        )
    return wrong(field.kind, text, field.choices)


def wrong(kind: str, text: str, choices: tuple[str, ...] = ()) -> Both:
    """Why a text is none of its kind, and what to write instead."""
    shown = text[:MAX_SHOWN]
    named = joined(phrase(choice) for choice in choices)
    return {
        "number": Both(f"“{shown}” bukan bilangan bulat", f"“{shown}” is no whole number"),
        "choice": Both(
            f"“{shown}” bukan salah satu dari {named.indonesian}", f"“{shown}” is not one of {named.english}"
        ),
        "phone": Both(
            f"“{shown}” bukan nomor telepon; tulis angkanya, misalnya 0285 000 000",
            f"“{shown}” is no telephone number; write its digits, for example 0285 000 000",
        ),
        "dbm": Both(
            f"“{shown}” bukan daya optik; tulis bilangan dari {LEAST_DBM} sampai {MOST_DBM}, misalnya -21,5",
            f"“{shown}” is no optical power; write a number from {LEAST_DBM} to {MOST_DBM}, for example -21.5",
        ),
        "date": Both(
            f"“{shown}” bukan tanggal; tulis misalnya 2026-11-23", f"“{shown}” is no date; write for example 2026-11-23"
        ),
        "moment": Both(f"“{shown}” bukan tanggal dan jam", f"“{shown}” is no date and time"),
        "hour": Both(f"“{shown}” bukan jam; tulis misalnya 18:30", f"“{shown}” is no hour; write for example 18:30"),
        "pick": Both("pilih salah satu dari daftarnya", "choose one of the list"),
        "yesno": Both("pilih ya atau tidak", "choose yes or no"),
        "flag": Both("tandai atau kosongkan", "mark it or leave it"),
    }.get(kind, Both(f"“{shown}” bukan alamat surel", f"“{shown}” is no e-mail address"))


def over(at: datetime) -> Both:
    """Why a moment that must lie ahead cannot be taken; ``at`` is the office's clock."""
    return Both(f"sudah lewat; sekarang {at:%d-%m-%Y %H.%M}", f"is over; it is {at:%Y-%m-%d %H:%M}")


def as_text(field: Field, value: Any, text: str) -> Any:
    """A text as it is."""
    return text


def _to_the_letter(field: Field, value: Any, text: str) -> str:
    return str(value)


def _rate(field: Field, value: Any, text: str) -> int:
    is_rate = isinstance(value, int) and not isinstance(value, bool) and 0 < value <= MOST_RATE
    return value if is_rate else read_one_rate(text, FORM_UNIT)


def _number(field: Field, value: Any, text: str) -> int:
    number = number_of(text.replace(".", "") if _THOUSANDS.fullmatch(text) else text)
    if number < field.least or (field.most is not None and number > field.most):
        raise ValueError(text)
    return number


def _pick(field: Field, value: Any, text: str) -> str:
    if text not in dict(field.offers):
        raise ValueError(text)
    return text


def _flag(field: Field, value: Any, text: str) -> bool:
    if text != MARKED:
        raise ValueError(text)
    return True


def _hour(field: Field, value: Any, text: str) -> str:
    return f"{hour_of(text):%H:%M}"


def _choice(field: Field, value: Any, text: str) -> str:
    if text not in field.choices:
        raise ValueError(text)
    return text


def _yesno(field: Field, value: Any, text: str) -> str:
    if text not in (YES, NO):
        raise ValueError(f"{text!r} bukan {YES} atau {NO}")
    return text


def _date(field: Field, value: Any, text: str) -> str:
    return day_of(text).isoformat()


def _moment(field: Field, value: Any, text: str) -> str:
    return moment_of(text).isoformat()


def _email(field: Field, value: Any, text: str) -> str:
    name, _, host = text.partition("@")
    if not name or "." not in host or any(c.isspace() for c in text):
        raise ValueError(text)
    return text


def _phone(field: Field, value: Any, text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise ValueError(text)
    return text


def _dbm(field: Field, value: Any, text: str) -> str:
    # A minus sign is also typed as a dash, the decimal sign as a comma.
    number = text.translate(_MINUS).replace(",", ".").removesuffix("dBm").strip()
    if not _DECIMAL.fullmatch(number) or not LEAST_DBM <= float(number) <= MOST_DBM:
        raise ValueError(text)
    return number


_Reader = Callable[[Field, Any, str], Any]
READ: dict[str, _Reader] = {
    "rate": _rate,
    "number": _number,
    "choice": _choice,
    "pick": _pick,
    "flag": _flag,
    "hour": _hour,
    "yesno": _yesno,
    "date": _date,
    "moment": _moment,
    "email": _email,
    "phone": _phone,
    "dbm": _dbm,
    "secret": _to_the_letter,
}
