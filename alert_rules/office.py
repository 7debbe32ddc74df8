"""What an office says of its alerts: one YAML file (alerts.yaml) in, checked settings out, and its city's zone."""

from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from alert_rules import RULES, AlertsError
from alert_rules.thresholds import THRESHOLDS
from inventory.reading import InventoryError, read_city
from runtime.config import read_settings

Severity = Literal["critical", "warning", "info"]
# The parts as the shipped prometheus.yml and alertmanager.yml name them: services of the Compose file.
PartName = Literal["exporter", "watch", "flows", "tracker", "shaper", "alertmanager", "prometheus"]
# Parts that an office may do without.
SPARE = ("flows", "shaper")
HOST_AND_PORT = r"^[^\s/:]+:\d{1,5}$"
CLOCK = r"^([01]\d|2[0-3]):[0-5]\d$"


def _leads_somewhere(address: str) -> str:
    """A link on a telephone must open: RFC 2606's names never do."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{address!r} is not a web address; write https://...")
    if parts.hostname.endswith(".invalid"):
        raise ValueError(f"{address!r} leads nowhere; put the office's own address")
    return address.rstrip("/")


def _a_duty(name: str) -> str:
    # A file that only records has no alert for anybody: whoever had it as his duty would never be told of anything.
    duties = sorted(path.stem for path in RULES.glob("*.yml") if "- alert: " in path.read_text(encoding="utf-8"))
    if name not in duties:
        raise ValueError(f"{name!r} is no file of alerts in alert_rules/rules; the duties are {', '.join(duties)}")
    return name


WebAddress = Annotated[str, AfterValidator(_leads_somewhere)]
Duty = Annotated[str, AfterValidator(_a_duty)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Mail(_Part):
    """The office's own mail server. Its password stays in a file that Alertmanager reads."""

    to: Annotated[tuple[str, ...], Field(min_length=1)]
    sender: Annotated[str, Field(alias="from", min_length=3)]
    smarthost: Annotated[str, Field(pattern=HOST_AND_PORT)]
    username: str | None = None
    password_file: Path | None = None
    tls: bool = True


class Telegram(_Part):
    """A chat that a bot may write to. Its token stays in a file (Alertmanager 0.26 or newer)."""

    chat: int
    token_file: Path


class Channel(_Part):
    """A way to people that needs nothing of ours but Alertmanager."""

    mail: Mail | None = None
    telegram: Telegram | None = None

    @property
    def configured(self) -> bool:
        """True where at least one of the ways is filled in."""
        return self.mail is not None or self.telegram is not None


class AlertReceiver(Channel):
    """People who are also told by Alertmanager itself: of which files' alerts (``duty``), of which severities."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,30}$")]
    duty: tuple[Duty, ...] = ()
    severity: Annotated[tuple[Severity, ...], Field(min_length=1)] = ("critical",)

    @model_validator(mode="after")
    def _has_a_way(self) -> "AlertReceiver":
        if not self.configured:
            raise ValueError(f"receiver {self.name}: neither mail nor telegram is filled in")
        return self


class QuietHours(_Part):
    """When warnings wait (critical alerts never do), in the zone of the city file; ``begin`` may lie after ``end``."""

    begin: Annotated[str, Field(alias="from", pattern=CLOCK)]
    end: Annotated[str, Field(alias="until", pattern=CLOCK)]

    @model_validator(mode="after")
    def _some_time(self) -> "QuietHours":
        if self.begin == self.end:
            raise ValueError("quiet_hours: from and until are the same; leave quiet_hours: null for none")
        return self


class Secrets(_Part):
    """Where Prometheus and Alertmanager find theirs; the usual values are those of the shipped files."""

    webhook: Path = Path("/run/secrets/webhook")
    metrics: Path = Path("/run/secrets/metrics")


class OfficeAlerts(_Part):
    """Everything that differs from office to office. ``tracker``: where the runbooks are pages."""

    tracker: WebAddress
    grafana: WebAddress | None = None
    inventory: Path
    second_way: Channel = Channel()
    receivers: tuple[AlertReceiver, ...] = ()
    # Nobody is woken for what can wait until the morning; an office that wants to be writes null.
    quiet_hours: QuietHours | None = QuietHours(begin="21:00", end="06:00")
    thresholds: dict[str, Annotated[float, Field(gt=0)]] = {}
    # null: the office has no such part, and what is never there would be LebarpitaPartDown for ever.
    addresses: dict[PartName, Annotated[str, Field(pattern=HOST_AND_PORT)] | None] = {}
    secrets: Secrets = Secrets()

    @model_validator(mode="after")
    def _known_names(self) -> "OfficeAlerts":
        unknown = sorted(self.thresholds.keys() - THRESHOLDS.keys())
        if unknown:
            raise ValueError(f"thresholds: unknown {', '.join(unknown)}; there are {', '.join(THRESHOLDS)}")
        needed = sorted(part for part, address in self.addresses.items() if address is None and part not in SPARE)
        if needed:
            raise ValueError(f"addresses: {', '.join(needed)} cannot be null; only {' and '.join(SPARE)} may be absent")
        names = [receiver.name for receiver in self.receivers]
        if len(set(names)) < len(names):
            raise ValueError("receivers: a name stands twice")
        return self


def read_office(path: str | Path) -> OfficeAlerts:
    """Read and check the file whole. Raises AlertsError with every problem, one a line."""
    return read_settings(path, OfficeAlerts, AlertsError)


def with_second_way(office: OfficeAlerts, telegram: str | None) -> OfficeAlerts:
    """With ``CHAT=FILE`` as the second way where the file names none. Raises AlertsError."""
    if telegram is None or office.second_way.configured:
        return office
    chat, _, token_file = telegram.partition("=")
    try:
        way = Channel(telegram=Telegram.model_validate({"chat": chat, "token_file": token_file}))
    except ValidationError as error:
        raise AlertsError(f"{chat!r} is no chat of Telegram; its number stands in the bot's getUpdates") from error
    return office.model_copy(update={"second_way": way})


def zone_of(office: OfficeAlerts) -> str:
    """The office's zone, as its city file has it. Raises AlertsError."""
    try:
        return read_city(office.inventory).city.timezone
    except InventoryError as error:
        raise AlertsError(str(error)) from error
