"""A rate as people write it in (``50 Mbps``, ``1,5 Gbps``, ``50/20``), what it means and what was guessed out. Pure.

The one forgiving reader of forms, imports and commands. The city file has the one spelling of ``rates.parse_rate``.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from inventory.rates import HIGHEST_BYTES_PER_SECOND, exact_rate
from inventory.sentences import MisreadError, Sentence, check_digits, plain

# A cell with a rate and some words; what is longer is a note.
MOST_LETTERS = 120
# A bare number up to here is in Mbit/s: no office has less than 1 Mbit/s or more than 1 Gbit/s written so.
MOST_BARE_MEGABITS = 1000
# From here to there it is in kbit/s, as routers show it (51200); between the two nobody can tell.
LEAST_BARE_KILOBITS, MOST_BARE_KILOBITS = 10_000, 1_000_000

_SCALES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_SECOND = r"(?:\s?(?:/|per|p)\s?(?:seconds?|secs?|detik|dtk|det|s)\b)"
_UNIT = (
    r"(?P<scale>kilo|mega|giga|tera|meg|gig|[kmgt])?\s?"
    rf"(?P<base>(?:bytes?|bits?|bps|bs|b){_SECOND}?)?(?![A-Za-z]|/\s?[A-Za-z])"
)
_RATE = re.compile(rf"(?<![A-Za-z0-9.,])(?P<number>[0-9]+(?:[.,][0-9]+)*)(?:\s?{_UNIT})?", re.IGNORECASE)
_ANY_UNIT = re.compile(r"\b(?:[kmgt]|kilo|mega|giga|tera)(?:bytes?|bits?|bps|bs|b)\b", re.IGNORECASE)
_RATIO = re.compile(r"(?<![0-9.,:])1\s?:\s?[0-9]{1,3}(?![0-9.,:])")
_LIMIT = re.compile(
    r"\b(?:up\s?to|s/d|sd|sampai(?: dengan)?|hingga|maks(?:imal|imum)?|max(?:imum)?|min(?:imal|imum)?)\b\.?|[±~≈]",
    re.IGNORECASE,
)
_DOWN = {"down", "download", "downlink", "dl", "d", "unduh", "rx", "receive", "↓"}
_UP = {"up", "upload", "uplink", "ul", "u", "unggah", "tx", "transmit", "↑"}
# Words beside a rate that change nothing about it.
_NOISE = {
    *("dedicated", "dedicate", "shared", "share", "sharing", "simetris", "symmetric", "broadband", "dan", "and"),
    *("internet", "bw", "bandwidth", "kecepatan", "speed", "fo", "fiber", "fibre", "optik", "metro"),
}
_WORD = re.compile(r"[^\W\d_]+|[↓↑]")
# ``Mbps: 50`` as a unit and its number, and what makes a number something else: money, a share, a volume of a month.
_UNIT_FIRST = re.compile(rf"\(?({_ANY_UNIT.pattern})\)?\s?[:=]?\s?([0-9][0-9.,]*)", re.IGNORECASE)
_NO_RATE = re.compile(
    r"(?<![a-z])(?:rp|idr|usd|rupiah)(?![a-z])|[$%]"
    r"|\b(?:per|tiap|setiap)\s?(?:hari|minggu|bulan|tahun|day|week|month|year)\b",
    re.IGNORECASE,
)
# A minus sign stands right before its number, or before everything.
_MINUS = re.compile(r"^\s*-|-(?=[0-9])")


@dataclass(frozen=True)
class RateReading:
    """Bytes per second towards the office (``receive``) and from it (``transmit``, None where only one was written)."""

    receive: int
    transmit: int | None = None
    guesses: tuple[Sentence, ...] = ()

    def __str__(self) -> str:
        back = "" if self.transmit is None else f" / {exact_rate(self.transmit)}"
        return f"{exact_rate(self.receive)}{back}"


def read_rate(text: str, unit: str = "") -> RateReading:
    """Read a rate; ``unit`` is that of a bare number, such as a heading's or a form's ``Mbit/s``.

    Raises MisreadError (a ValueError) naming the text and what to write instead.
    """
    if len(text) > MOST_LETTERS:
        raise _refusal(text)
    check_digits(text)
    clean, guesses = _without_remarks(_unit_last(plain(text)))
    numbers = list(_RATE.finditer(clean))
    if not 1 <= len(numbers) <= 2 or _NO_RATE.search(clean):
        raise _refusal(text)
    guesses += _remaining_words(text, clean, numbers)
    factor = _factor(text, numbers, unit, guesses)
    rates = [_bytes(text, match["number"], factor, guesses) for match in numbers]
    if len(rates) == 1:
        return RateReading(rates[0], None, tuple(guesses))
    return _pair(text, clean, numbers, rates, guesses)


def read_one_rate(text: str, unit: str = "") -> int:
    """A rate that nobody will look over again: one, and nothing guessed. Bytes per second, or MisreadError."""
    reading = read_rate(text, unit)
    if reading.transmit is not None and reading.transmit != reading.receive:
        raise MisreadError(
            f"“{text}” adalah dua kecepatan; tulis unduh dan unggah di isian masing-masing",
            f"{text!r} is two rates; write download and upload each in its own place",
        )
    if reading.guesses:
        wish = exact_rate(reading.receive)
        indonesian, english = ("; ".join(texts) for texts in zip(*reading.guesses, strict=True))
        raise MisreadError(
            f"“{text}” belum pasti: {indonesian}. Tulis misalnya {wish}",
            f"{text!r} is not certain: {english}. Write for example {wish}",
        )
    return reading.receive


def unit_of(text: str) -> str:
    """The unit a heading names, as in ``BANDWIDTH (Mbps)``; '' where it names none."""
    match = _ANY_UNIT.search(plain(text)) or re.search(r"\(\s*(?:mega|kilo|giga|[mkg])\s*\)", text, re.IGNORECASE)
    return match[0].strip("( )") if match else ""


def scale_of(text: str) -> str:
    """``k``, ``m``, ``g`` or ``t`` of a rate's own unit; '' where it has none, or is no rate."""
    scales = (match["scale"] for match in _RATE.finditer(plain(text[:MOST_LETTERS])))
    return next((scale[0].lower() for scale in scales if scale), "")


def _unit_last(text: str) -> str:
    """``Mbps 50`` as ``50 Mbps``, where it is all that the text says."""
    match = _UNIT_FIRST.fullmatch(text)
    return f"{match[2]} {match[1]}" if match else text


def _refusal(text: str) -> MisreadError:
    shown = text[:MOST_LETTERS]
    return MisreadError(
        f"“{shown}” bukan kecepatan; tulis satu angka dan satuannya, misalnya 50 Mbit/s atau 50/20 Mbps",
        f"{shown!r} is not a rate; write one number and its unit, for example 50 Mbit/s or 50/20 Mbps",
    )


def _without_remarks(text: str) -> tuple[str, list[Sentence]]:
    """The text without a contention ratio and words such as ``up to``, and the guesses that this makes."""
    guesses = []
    for pattern in (_RATIO, _LIMIT):
        for match in pattern.finditer(text):
            remark = match[0].strip()
            guesses.append(Sentence(f"“{remark}” tidak dipakai", f"{remark!r} was left out"))
        text = pattern.sub(" ", text).strip()
    return text, guesses


def _remaining_words(text: str, clean: str, numbers: list[re.Match[str]]) -> list[Sentence]:
    """Guesses for words that say something else; beside a number without unit they make it no rate."""
    rest = _RATE.sub(" ", clean)
    words = [word for word in _WORD.findall(rest) if word.lower() not in _NOISE | _DOWN | _UP]
    if re.search(r"[0-9]", rest) or _MINUS.search(clean) or _ANY_UNIT.search(rest):
        raise _refusal(text)
    if not words:
        return []
    if not any(match["scale"] or match["base"] for match in numbers):
        raise _refusal(text)
    remark = " ".join(words)
    return [Sentence(f"“{remark}” tidak dipakai", f"{remark!r} was left out")]


def _factor(text: str, numbers: list[re.Match[str]], unit: str, guesses: list[Sentence]) -> int:
    """Bits per second of one of the unit; both numbers have the same one."""
    units = {spelling for match in numbers if (spelling := _spelling(match)) is not None}
    factors = {_scale(spelling) for spelling in units}
    if len(factors) > 1:
        raise MisreadError(
            f"“{text}” mencampur satuan; tulis kedua angka dalam satuan yang sama",
            f"{text!r} mixes units; write both numbers in the same one",
        )
    for spelling in units:
        _check_bits(text, spelling, guesses)
    if factors:
        return factors.pop()
    if unit:
        match = re.fullmatch(_UNIT, plain(unit), re.IGNORECASE)
        return _scale((match["scale"] or "", match["base"] or "")) if match else _SCALES["m"]
    return _bare(text, max(_digits(match["number"]) for match in numbers), guesses)


def _spelling(match: re.Match[str]) -> tuple[str, str] | None:
    scale, base = match["scale"] or "", match["base"] or ""
    return (scale, base) if scale or base else None


def _scale(spelling: tuple[str, str]) -> int:
    return _SCALES[spelling[0][:1].lower()]


def _check_bits(text: str, spelling: tuple[str, str], guesses: list[Sentence]) -> None:
    """A written-out byte is refused, a capital B is taken for the bit that offices mean, and said."""
    scale, base = spelling
    if base.lower().startswith("byte"):
        raise MisreadError(
            f"“{text}” dalam byte; kecepatan dihitung dalam bit: tulis misalnya 50 Mbit/s (1 byte = 8 bit)",
            f"{text!r} is in bytes; rates are counted in bits: write for example 50 Mbit/s (1 byte = 8 bits)",
        )
    shouted = (scale + base).isupper() and base != "B" and "/" not in base
    if base.startswith("B") and not base.upper().startswith("BIT") and not shouted:
        guesses.append(
            Sentence(
                f"“{scale}{base}” berarti byte, dibaca sebagai bit (Mbit/s)",
                f"{scale + base!r} means bytes, it was read as bits (Mbit/s)",
            )
        )


def _bare(text: str, number: Fraction, guesses: list[Sentence]) -> int:
    """The unit of a number that has none, by its size."""
    if number <= MOST_BARE_MEGABITS:
        name, factor = "Mbit/s", _SCALES["m"]
    elif LEAST_BARE_KILOBITS <= number <= MOST_BARE_KILOBITS:
        name, factor = "kbit/s", _SCALES["k"]
    else:
        raise MisreadError(
            f"“{text}” tanpa satuan; tulis misalnya {number} kbit/s atau {number} Mbit/s",
            f"{text!r} has no unit; write for example {number} kbit/s or {number} Mbit/s",
        )
    guesses.append(Sentence(f"“{text}” tanpa satuan, dibaca {name}", f"{text!r} has no unit, {name} was taken"))
    return factor


def _digits(number: str) -> Fraction:
    """The size of a number by which its unit is guessed: a single point or comma is taken as the decimal sign."""
    try:
        return Fraction(number.replace(",", "."))
    except ValueError:
        return Fraction(re.sub(r"[.,]", "", number))


def _bytes(text: str, number: str, factor: int, guesses: list[Sentence]) -> int:
    """Bytes per second of a number with separators of either language."""
    parts = re.split(r"[.,]", number)
    separators = re.findall(r"[.,]", number)
    grouped = all(len(part) == len("000") for part in parts[1:]) and len(parts[0]) <= len("000")
    if len(set(separators)) < len(separators) and not (grouped and len(set(separators)) == 1):
        raise _refusal(text)  # 10.30.1.0 is no number, 1.234.567 is.
    whole, decimal = "".join(parts), f"{''.join(parts[:-1])}.{parts[-1]}"
    if len(separators) > 1:
        value = Fraction(whole if len(set(separators)) == 1 else decimal)
    elif not separators or not grouped or parts[0] == "0":
        value = Fraction(decimal if separators else whole)
    else:
        value = _thousand(number, factor, guesses)
    return _checked(text, value * factor)


def _thousand(number: str, factor: int, guesses: list[Sentence]) -> Fraction:
    """``1.000``: a thousand in Indonesia, one in English. Where only one of them is a possible rate it is that one."""
    whole, decimal = re.sub(r"[.,]", "", number), number.replace(",", ".")
    if Fraction(whole) * factor > HIGHEST_BYTES_PER_SECOND * 8:
        return Fraction(decimal)
    # As bits or kilobits the other reading would be below any line that is sold.
    if factor > _SCALES["k"]:
        guesses.append(
            Sentence(f"“{number}” dibaca {whole}, bukan {decimal}", f"{number!r} was read as {whole}, not as {decimal}")
        )
    return Fraction(whole)


def _checked(text: str, bits: Fraction) -> int:
    if bits > HIGHEST_BYTES_PER_SECOND * 8:
        raise MisreadError(
            f"“{text}” lebih dari 1 Tbit/s; periksa angka dan satuannya",
            f"{text!r} is more than 1 Tbit/s; look at the number and its unit",
        )
    if bits <= 0 or bits % 8:
        raise MisreadError(
            f"“{text}” bukan kecepatan yang mungkin; harus di atas 0 dan kelipatan 8 bit/s",
            f"{text!r} is not a possible rate; it must be above 0 and a multiple of 8 bit/s",
        )
    return int(bits / 8)


def _pair(
    text: str, clean: str, numbers: list[re.Match[str]], rates: list[int], guesses: list[Sentence]
) -> RateReading:
    """Download and upload, in this order unless words say otherwise."""
    first, second = numbers
    between = clean[first.end() : second.start()].strip(" ()")
    words = [word.lower() for word in _WORD.findall(_RATE.sub(" ", clean))]
    directions = ["down" if word in _DOWN else "up" for word in words if word in _DOWN | _UP]
    marks = re.sub(r"[\w↓↑\s()]", "", between)
    if len(set(directions)) == 1 or marks not in ("/", "|", "", ",", ":") or (not marks and not directions):
        raise _refusal(text)
    if directions[:1] == ["up"]:
        rates.reverse()
    elif not directions and (rates[0] < rates[1] or marks == ","):
        guesses.append(
            Sentence(
                "yang pertama dibaca unduh, yang kedua unggah", "the first was read as download, the second as upload"
            )
        )
    return RateReading(rates[0], rates[1], tuple(guesses))
