"""The configuration: one YAML file in, checked settings out. Unknown keys are errors; secrets are references."""

from collections.abc import Callable
from datetime import date
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, TypeVar, get_args
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from request_tracker.advice_settings import EvidencePart
from request_tracker.backup_settings import BackupPart
from request_tracker.calendar.ramadan import estimated, laid_over
from request_tracker.calendar.working_time import Calendar, national_holidays
from request_tracker.channel_settings import Channels, SecretReference
from request_tracker.errors import TrackerError
from runtime.config import read_settings
from runtime.secrets import SecretError, read_key, read_secret, read_token

_Value = TypeVar("_Value")


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
    ``made_up_before``: of a demo alone. What the monitoring says of before was invented; every page and paper says so.
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
    made_up_before: AwareDatetime | None = None


class CalendarPart(_Part):
    """Days the packages cannot know: local holidays, days that are worked after all, and Ramadan (first, last).

    A Ramadan that is named neither here nor on the page of days is reckoned from Eid in the national calendar.
    """

    holidays: dict[date, str] = {}
    working_days: tuple[date, ...] = ()
    ramadan: tuple[tuple[date, date], ...] = ()


class OpenIdConnect(_Part):
    """The government's own identity provider; ``claim`` is what must be the account's login here."""

    # https, because tokens travel there; plain http for a provider of a test on this very machine.
    issuer: Annotated[str, Field(pattern=r"^(https://.+|http://127\.0\.0\.1(:\d+)?(/.*)?)$")]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretReference
    claim: Annotated[str, Field(min_length=1)] = "preferred_username"
    name: str = "Akun pemerintah"


class SecondPersonPart(_Part):
    """Four eyes where one administrator could act as an official: who confirms, and the roles it is about.

    ``auto``: a second person confirms where two administrators exist; else, and with ``announce``, the holder of the
    account and the auditors are told at once. Whoever confirms can make himself an official, so ``confirmed_by`` is
    protected as ``roles`` are.
    """

    mode: Literal["auto", "confirm", "announce"] = "auto"
    confirmed_by: Annotated[tuple[Literal["admin", "auditor", "head_of_office"], ...], Field(min_length=1)] = (
        "admin",
        "auditor",
    )
    roles: tuple[
        Literal["head_of_office", "head_of_division", "head_of_section", "secretariat", "technician", "noc_operator"],
        ...,
    ] = ("head_of_office", "head_of_division", "head_of_section", "secretariat", "technician")

    @property
    def protected(self) -> frozenset[str]:
        """Every role that nobody gets by one person alone."""
        return frozenset(self.roles) | frozenset(self.confirmed_by) | {"admin"}


class TimestampPart(_Part):
    """An authority of RFC 3161 and the certificates (PEM) its answers are trusted by."""

    url: Annotated[str, Field(pattern=r"^https?://.+$")]
    roots: Path


class AnchorPart(_Part):
    """How the heads of the chains leave the machine, so that even the database's owner rewrites nothing unseen.

    ``mail_to``: addresses as accounts have them (an e-mail, or channel:address). ``folder``: where the files are kept,
    beside the database where none is named.
    """

    every: Literal["never", "daily", "weekly"] = "never"
    mail_to: tuple[Annotated[str, Field(min_length=3, max_length=200)], ...] = ()
    timestamp: TimestampPart | None = None
    folder: Path | None = None


class FlowCollectorPart(_Part):
    """The flow collector, for the page of who uses an OPD's bandwidth; ``token`` is its ``flows.history.token``."""

    url: Annotated[str, Field(pattern=r"^https?://.+$")]
    token: SecretReference


# What the status page may say of an outage beside its times; never a traffic figure.
PublicFact = Literal["offices", "lines", "estimates", "tickets", "maintenance"]


class ServerPart(_Part):
    """What anybody may take of the server. The usual values are for a city; ``docs/why/server.md`` has their reasons.

    ``head``: a request's line and fields; ``body``: what is sent after them; ``answer``: a piece of 64 KiB of it.
    """

    # Two hundred people with six connections each, five thousand that do nothing, and room beside them.
    connections: Annotated[int, Field(ge=200, le=100_000)] = 8_000
    # A page takes milliseconds; a few long ones (exports, pictures) must not hold up the short ones.
    threads: Annotated[int, Field(ge=2, le=64)] = 12
    # At five milliseconds a page this is ten seconds of waiting, as long as a person has the patience for.
    waiting: Annotated[int, Field(ge=1)] = 2_000
    # A head comes in one or two packets, also from a telephone; a lost one is sent again within three seconds.
    head_seconds: Annotated[float, Field(gt=0)] = 10.0
    # Browsers send 2 kB with our cookies; nginx takes 32 KiB, and 100 fields are Apache's bound.
    head_bytes: Annotated[int, Field(ge=4_096)] = 32_768
    head_fields: Annotated[int, Field(ge=20)] = 100
    # As nginx: a person who goes on reading has his connection still.
    idle_seconds: Annotated[float, Field(gt=0)] = 75.0
    # Twenty seconds, and from then on at least EDGE's rate at the edge of its cell (32 kbit/s) on the average.
    body_seconds: Annotated[float, Field(gt=0)] = 20.0
    body_bytes_per_second: Annotated[int, Field(gt=0)] = 4_096
    # 64 KiB in thirty seconds is half of that rate.
    answer_seconds: Annotated[float, Field(gt=0)] = 30.0
    # A page that is not there after three seconds makes people press once more: then a page tells how it goes.
    progress_seconds: Annotated[float, Field(gt=0)] = 3.0
    # Bodies on their way, all together and of one address: a form with three papers at their largest (76 MiB) and room.
    held_bytes: Annotated[int, Field(gt=0)] = 256 * 2**20
    held_bytes_of_an_address: Annotated[int, Field(gt=0)] = 96 * 2**20
    # What is read after a refusal so that a browser, which sends to the end before it reads, sees the sentence.
    unread_bytes: Annotated[int, Field(ge=0)] = 64 * 2**20


class DiskPart(_Part):
    """What of the disk is for papers: the floor that they must leave free, and what strangers may hand in.

    Behind one address may stand all offices of a town. A day's papers of strangers are a fifth of a small disk (25 GB).
    """

    least_free_megabytes: Annotated[int, Field(ge=0)] = 1_024
    megabytes_of_an_address_a_day: Annotated[int, Field(ge=1)] = 500
    megabytes_of_strangers_a_day: Annotated[int, Field(ge=1)] = 5_000
    # Two days of that: what stands in no case yet, because its form was refused or waits in the inbox.
    megabytes_of_strangers_parked: Annotated[int, Field(ge=1)] = 10_000

    @property
    def floor_bytes(self) -> int:
        """The floor as the disk counts."""
        return self.least_free_megabytes * 2**20


UploadKindName = Literal[
    "pdf", "jpg", "png", "heic", "webp", "tiff", "docx", "xlsx", "odt", "ods", "doc", "rtf", "txt", "zip"
]


class UploadsPart(_Part):
    """What may be handed in: how large one file may be, which kinds, and the virus scanner beside where there is one.

    ``clamav``: clamd's socket, ``unix:/run/clamav/clamd.ctl`` or ``tcp:HOST:3310``; ``without_clamav``: what is done
    with a file while clamd does not answer. Twenty-five megabytes are a letter of thirty pages from an office's scanner
    in colour; above a hundred, a file is no paper any more.
    """

    megabytes: Annotated[int, Field(ge=1, le=100)] = 25
    kinds: Annotated[tuple[UploadKindName, ...], Field(min_length=1)] = get_args(UploadKindName)
    clamav: Annotated[str, Field(pattern=r"^(unix:/.+|tcp:[^:]+:\d{1,5})$")] | None = None
    without_clamav: Literal["refuse", "take"] = "refuse"

    @property
    def bytes(self) -> int:
        """The largest file, in bytes."""
        return self.megabytes * 2**20


class TrackerConfig(_Part):
    """Everything the tracker is told.

    ``live_traffic_from``: networks whose machines see what names live traffic. ``status_page``: the facts it publishes;
    empty for no outage at all. ``second_factor_for``: roles that log in with a second factor only.
    """

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
    drift: Path | None = None
    flows: FlowCollectorPart | None = None
    notify: tuple[SecretReference, ...] = ()
    channels: Channels = {}
    webhook_secret: SecretReference | None = None
    secret_key: SecretReference | None = None
    oidc: OpenIdConnect | None = None
    second_person: SecondPersonPart = SecondPersonPart()
    anchor: AnchorPart = AnchorPart()
    backup: BackupPart = BackupPart()
    personal_data_days: Annotated[int, Field(ge=30)] | None = None
    # How many proxies of ours stand in front: only so many X-Forwarded-For are believed, from the right.
    proxies: Annotated[int, Field(ge=0, le=5)] = 0
    live_traffic_from: tuple[IPv4Network | IPv6Network, ...] = ()
    status_page: tuple[PublicFact, ...] = ("offices", "lines", "estimates", "tickets", "maintenance")
    second_factor_for: tuple[str, ...] = ()
    server: ServerPart = ServerPart()
    disk: DiskPart = DiskPart()
    uploads: UploadsPart = UploadsPart()
    evidence: EvidencePart = EvidencePart()


def read_config(path: str | Path) -> TrackerConfig:
    """Read and check the file whole. Raises TrackerError with every problem, one a line."""
    return read_settings(path, TrackerConfig, TrackerError)


def office_calendar(part: CalendarPart, zone: str, years: range) -> Calendar:
    """The office's calendar: national holidays, less days that are worked, plus its own."""
    closed = national_holidays(years)
    fasting = laid_over(estimated(closed), part.ramadan)
    closed = {day: name for day, name in closed.items() if day not in part.working_days}
    return Calendar(ZoneInfo(zone), {**closed, **part.holidays}, fasting, version=f"{years.start}-{years.stop - 1}")


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
