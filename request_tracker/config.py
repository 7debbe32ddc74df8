"""The configuration: one YAML file in, checked settings out. Unknown keys are errors; secrets are references."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from request_tracker.calendar.working_time import Calendar, national_holidays
from request_tracker.errors import TrackerError
from runtime.config import read_settings
from runtime.secrets import SecretError, read_key, read_secret, read_token

SecretReference = Annotated[str, Field(pattern=r"^(env:[A-Z][A-Z0-9_]*|file:/.+)$")]
_Value = TypeVar("_Value")
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{1,19}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standard(_Part):
    """What the published service standard says and no SOP file does (PermenPANRB 15/2014); as PKL-S prints it."""

    requirements: tuple[str, ...] = ("Surat atau informasi pemberitahuan penambahan bandwidth",)
    facilities: tuple[str, ...] = ("ATK", "Komputer", "Peralatan dan perlengkapan jaringan")
    competence: tuple[str, ...] = (
        "Pendidikan minimal D3 IT",
        "Komunikatif, ramah, sopan, jujur, teliti",
        "Pengetahuan jaringan komputer",
    )
    supervision: str = "Kepala Bidang"
    people: str = "4 (empat) orang"
    guarantee: str = "Layanan diberikan dengan sebaik-baiknya"
    safety: str = "Lingkungan aman, kondisi ruangan nyaman"
    evaluation: str = "Setiap tiga bulan sekali oleh pimpinan"


class Office(_Part):
    """The communications office itself: what letters and pages call it, and how people reach it.

    ``related_sops``: where an SOP is read that is not the tracker's own; its name as other SOPs print it, an address.
    """

    name: str = "Dinas Komunikasi dan Informatika"
    city: str = ""
    government: str = "Pemerintah Daerah"
    address: str = ""
    telephone: str = ""
    email: str = ""
    website: str = ""
    product: str = "Jaringan pemerintah daerah"
    complaint_channels: tuple[str, ...] = ()
    related_sops: dict[str, Annotated[str, Field(pattern=r"^https?://.+$")]] = {}
    standard: Standard = Standard()
    letter_number: str = "{classification}/{sequence}/{unit}/{year}"
    classification: str = "555"
    unit: str = "KOMINFO"


class CalendarPart(_Part):
    """Days the packages cannot know: local holidays, days that are worked after all, and Ramadan (first, last)."""

    holidays: dict[date, str] = {}
    working_days: tuple[date, ...] = ()
    # The dates of the government's isbat session, or of its calendar where that is still to come; an office changes
    # them here.
    ramadan: tuple[tuple[date, date], ...] = (
        (date(2026, 2, 18), date(2026, 3, 20)),
        (date(2027, 2, 8), date(2027, 3, 9)),
    )


class OpenIdConnect(_Part):
    """The government's own identity provider; ``claim`` is what must be the account's login here."""

    # https, because tokens travel there; plain http for a provider of a test on this very machine.
    issuer: Annotated[str, Field(pattern=r"^(https://.+|http://127\.0\.0\.1(:\d+)?(/.*)?)$")]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretReference
    claim: Annotated[str, Field(min_length=1)] = "preferred_username"
    name: str = "Akun pemerintah"


class FlowCollectorPart(_Part):
    """The flow collector, for the page of who uses an OPD's bandwidth; ``token`` is its ``flows.history.token``."""

    url: Annotated[str, Field(pattern=r"^https?://.+$")]
    token: SecretReference


class TrackerConfig(_Part):
    """Everything the tracker is told."""

    inventory: Path
    database: Path
    files: Path
    listen: str = "127.0.0.1:9820"
    public_url: str = "http://127.0.0.1:9820"
    office: Office = Office()
    calendar: CalendarPart = CalendarPart()
    sops: tuple[Path, ...] = ()
    templates: Path | None = None
    prometheus: str | None = None
    alertmanager: str | None = None
    grafana: str | None = None
    watch: str | None = None
    flows: FlowCollectorPart | None = None
    notify: tuple[SecretReference, ...] = ()
    channels: dict[ChannelName, SecretReference] = {}
    webhook_secret: SecretReference | None = None
    secret_key: SecretReference | None = None
    oidc: OpenIdConnect | None = None
    personal_data_days: Annotated[int, Field(ge=30)] | None = None
    # How many proxies of ours stand in front: only so many X-Forwarded-For are believed, from the right.
    proxies: Annotated[int, Field(ge=0, le=5)] = 0


def read_config(path: str | Path) -> TrackerConfig:
    """Read and check the file whole. Raises TrackerError with every problem, one a line."""
    return read_settings(path, TrackerConfig, TrackerError)


def office_calendar(part: CalendarPart, zone: str, years: range) -> Calendar:
    """The office's calendar: national holidays, less days that are worked, plus its own."""
    closed = national_holidays(years)
    closed = {day: name for day, name in closed.items() if day not in part.working_days}
    return Calendar(
        ZoneInfo(zone), {**closed, **part.holidays}, part.ramadan, version=f"{years.start}-{years.stop - 1}"
    )


def secret(reference: str) -> str:
    """The password or address behind ``env:NAME`` or ``file:/path``. Raises TrackerError, never with the value."""
    return _had(read_secret, reference)


def token(reference: str) -> str:
    """As ``secret``, for what travels in a header."""
    return _had(read_token, reference)


def signing_key(reference: str) -> bytes:
    """As ``secret``, for what only signs: any bytes."""
    return _had(read_key, reference)


def _had(read: Callable[[str], _Value], reference: str) -> _Value:
    try:
        return read(reference)
    except SecretError as error:
        raise TrackerError(str(error)) from error
