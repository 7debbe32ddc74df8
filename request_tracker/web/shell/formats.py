"""How dates, times, rates and lengths of time are written for people (REFERENCE 3.8). Pure; language by argument."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import segno
from markupsafe import Markup

from inventory.rates import exact_rate
from request_tracker.calendar.working_time import zone_name
from request_tracker.sop.clocks import WORKING_DAY
from request_tracker.sop.field_reading import FORM_UNIT
from request_tracker.sop.model import Time, Unit

_UNITS = {
    Unit.MINUTES: ("menit", "min"),
    Unit.HOURS: ("jam", "h"),
    Unit.WORKING_HOURS: ("jam kerja", "working h"),
    Unit.DAYS: ("hari", "days"),
    Unit.DAYS_LENGTH: ("hari (7,5 jam kerja)", "days (of 7.5 working h)"),
}
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


def moment(value: datetime | str | float | None, zone: ZoneInfo, language: str = "id") -> str:
    """``Jumat, 20 November 2026 pukul 14.30 WIB``; an empty value is a dash; without a zone it is the office's."""
    at = _local(value, zone)
    if at is None:
        return "–"
    label = zone_name(zone)
    if language == "en":
        return f"{at:%A, %d %B %Y %H:%M} {label}"
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year} pukul {at:%H.%M} {label}"


def clock(value: datetime | str | float | None, zone: ZoneInfo, language: str = "id") -> str:
    """``20/11 14.30`` (``14:30`` in English): short, for lists."""
    at = _local(value, zone)
    if at is None:
        return "–"
    return f"{at:%d/%m %H:%M}" if language == "en" else f"{at:%d/%m %H.%M}"


def full_clock(value: datetime | str | float | None, zone: ZoneInfo, language: str = "id") -> str:
    """``20/11/2026 14.30`` (``14:30`` in English): short, for lists of more than a year."""
    at = _local(value, zone)
    return "–" if at is None else f"{at:%d/%m/%Y} {clock(at, zone, language)[6:]}"


def hour(value: datetime, zone: ZoneInfo, language: str = "id") -> str:
    """``14.30.05`` (``14:30:05`` in English): a clock on a wall."""
    at = value.astimezone(zone)
    return f"{at:%H:%M:%S}" if language == "en" else f"{at:%H.%M.%S}"


def weekday(value: datetime, zone: ZoneInfo, language: str = "id") -> str:
    """``Jumat, 20 November 2026 WIB``: the day that belongs to the hour, and the zone of both."""
    at, label = value.astimezone(zone), zone_name(zone)
    if language == "en":
        return f"{at:%A, %-d %B %Y} {label}"
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year} {label}"


def day(value: str, language: str = "id") -> str:
    """``20 November 2026``; what is no date stays as it was written."""
    try:
        on = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{on:%-d %B %Y}" if language == "en" else f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def rate(bytes_per_second: float | None, language: str = "id") -> str:
    """``12,5 Mbit/s`` (``12.5`` in English): bits for people; a dash where nothing was measured."""
    if bytes_per_second is None:
        return "–"
    bits = bytes_per_second * 8
    for unit, size in (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)):
        if bits >= size:
            return f"{_number(bits / size, language)} {unit}"
    return f"{bits:.0f} bit/s"


def typed_rate(bytes_per_second: int) -> str:
    """A rate as it stands in a field of Mbit/s before anybody types: ``50``, ``2048 kbit/s``; read back as the same."""
    return exact_rate(bytes_per_second).removesuffix(f" {FORM_UNIT}") if bytes_per_second else "0"


def size(amount: int, language: str = "id") -> str:
    """``12,5 GB`` (``12.5`` in English): decimal units, as networks are sold."""
    for unit, least in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if amount >= least:
            return f"{_number(amount / least, language)} {unit}"
    return f"{amount} B"


def span(seconds: float | None, language: str = "id", working: bool = False) -> str:
    """``2 jam 05 mnt``, ``3 mnt 20 dtk``, ``12 dtk``; ``2 h 05 min``, ``3 min 20 s`` in English.

    No letter stands alone that is another unit to somebody: "d" is a second here and a day elsewhere, "m" a metre.
    ``working``: seconds of working time, of which a day has 7.5 hours: ``13 hari kerja 1 jam``.
    """
    if seconds is None:
        return "–"
    day, hour, minute, second = ("d", "h", "min", "s") if language == "en" else ("hari", "jam", "mnt", "dtk")
    if working:
        day = "working d" if language == "en" else "hari kerja"
    whole, length = max(0, int(seconds)), int(WORKING_DAY.total_seconds()) if working else 86400
    if whole == 0:
        return "under a second" if language == "en" else "kurang dari sedetik"
    days, rest = divmod(whole, length)
    hours, minutes = rest // 3600, rest % 3600 // 60
    if days:
        return f"{days} {day} {hours} {hour}"
    if hours:
        return f"{hours} {hour} {minutes:02d} {minute}"
    return f"{minutes} {minute} {whole % 60:02d} {second}" if minutes else f"{whole} {second}"


def begin(text: str) -> str:
    """A phrase as the beginning of a line: only its first letter is raised, ``menunggu ISP`` keeps its ISP."""
    return text[:1].upper() + text[1:]


def standard(time: Time, language: str = "id") -> str:
    """``1–2 jam kerja``: a step's printed time."""
    unit = _UNITS[time.maximum.unit][language == "en"]
    least = time.minimum
    if least is None:
        return f"{time.maximum.amount} {unit}"
    own = "" if least.unit is time.maximum.unit else f" {_UNITS[least.unit][language == 'en']}"
    return f"{least.amount}{own}–{time.maximum.amount} {unit}"


def qr(address: str) -> Markup:
    """A QR code of an address, to stand in a page."""
    # Level M: 15 % of it may be dirty or torn and it is still read; higher levels make it larger.
    return Markup(segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True, svgclass="qr"))


def percent(share: float | None) -> str:
    """``87 %``."""
    return "–" if share is None else f"{share * 100:.0f} %"


def _number(value: float, language: str) -> str:
    # Three figures at most: what is measured is no more exact, and lists stay narrow.
    text = (f"{value:.1f}" if value < 100 else f"{value:.0f}").removesuffix(".0")
    return text if language == "en" else text.replace(".", ",")


def _local(value: datetime | str | float | None, zone: ZoneInfo) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, zone)
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)
