"""What the page of hosts is asked for: the address's values in, a checked choice out, and links that keep the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from request_tracker.evidence.hosts import DIRECTIONS, HostQuestion
from request_tracker.words.written import moment_of, number_of

# The spans one may look back, in seconds; their names are those of the collector's own interface.
SPANS = {"1h": 3600, "6h": 21_600, "24h": 86_400, "7d": 604_800, "30d": 2_592_000}
GRAPHS = ("hosts", "services", "applications", "networks", "operators", "countries", "opds", "addresses")
# The filters by their names in the address and at the collector.
FILTERS = {
    "perangkat": "host",
    "jaringan": "network",
    "port": "port",
    "protokol": "protocol",
    "aplikasi": "application",
    "as": "asn",
    "negara": "country",
}
ALL = "*"
MINUTE = 60
# Letters of a filter (an IPv6 network has 43) and of a reason, as the collector takes them.
LONGEST_FILTER, LONGEST_REASON = 60, 200
# Digits of Unix seconds at most; a link of a board has milliseconds, three digits more.
_SECONDS, _MILLISECONDS = 11, 3


class NoSuchPage(ValueError):
    """The address asks for something that there is not."""


@dataclass(frozen=True, kw_only=True)
class HostChoice:
    """``since`` and ``until`` are Unix seconds where a range was chosen; else ``span`` says how far back."""

    opd: str = ""
    span: str = "1h"
    since: int | None = None
    until: int | None = None
    direction: str = "receive"
    graph: str = "hosts"
    filters: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""

    @property
    def seconds(self) -> int:
        """How long the chosen time is."""
        return SPANS[self.span] if self.since is None or self.until is None else self.until - self.since

    def question(self, person: str) -> HostQuestion:
        """The same for the collector."""
        time = {"since": self.span}
        if self.since is not None:
            time = {"from": str(self.since), "until": str(self.until)}
        filters = {FILTERS[name]: value for name, value in self.filters.items()}
        return HostQuestion(
            opd=self.opd, time=time, graph=self.graph, filters=filters, reason=self.reason, person=person
        )

    def link(self, **changes: str | int) -> str:
        """The page with something else chosen; a reason is not carried on, for each sight has its own."""
        values: dict[str, str | int] = {"opd": self.opd, "arah": self.direction, "menurut": self.graph, **self.filters}
        if self.since is None or self.until is None:
            values["lama"] = self.span
        else:
            values |= {"dari": self.since, "sampai": self.until}
        values |= changes
        if "dari" in changes:
            values.pop("lama", None)
        return f"/pemakai?{urlencode(values)}"

    def noted(self, zone: ZoneInfo) -> str:
        """The time and the filters, as the log of sights has them."""
        words = [self.span]
        if self.since is not None and self.until is not None:
            words = [f"{_local(self.since, zone):%Y-%m-%d %H:%M} - {_local(self.until, zone):%Y-%m-%d %H:%M}"]
        words += [f"{name}={value}" for name, value in self.filters.items()]
        return " ".join(words) + (f" ({self.reason})" if self.reason else "")


def read_choice(values: Mapping[str, str], zone: ZoneInfo) -> HostChoice:
    """The choice. Raises NoSuchPage."""
    choice = HostChoice(
        opd=values.get("opd", ""),
        span=values.get("lama") or "1h",
        direction=values.get("arah") or "receive",
        graph=values.get("menurut") or "hosts",
        filters={name: text[:LONGEST_FILTER] for name in FILTERS if (text := values.get(name, "").strip())},
        reason=" ".join(values.get("alasan", "").split())[:LONGEST_REASON],
    )
    if choice.span not in SPANS or choice.direction not in DIRECTIONS or choice.graph not in GRAPHS:
        raise NoSuchPage("span, direction or graph")
    if choice.graph == "addresses" and not choice.reason:
        choice = replace(choice, graph="networks")
    return _with_time(choice, values, zone)


def local_text(at: int, zone: ZoneInfo) -> str:
    """A moment as a field of a form takes it: ``2026-11-24T10:05``."""
    return f"{_local(at, zone):%Y-%m-%dT%H:%M}"


def _with_time(choice: HostChoice, values: Mapping[str, str], zone: ZoneInfo) -> HostChoice:
    try:
        if values.get("saat"):
            # A point of a graph stands for the time that ended there, so that its minute is the one before a full one.
            minute = (_moment(values["saat"], zone) - 1) // MINUTE * MINUTE
            return replace(choice, since=minute, until=minute + MINUTE)
        if values.get("dari") and values.get("sampai"):
            since, until = (_moment(values[name], zone) // MINUTE * MINUTE for name in ("dari", "sampai"))
            if since >= until:
                since, until = until, since + MINUTE
            return replace(choice, since=since, until=until)
    except (ValueError, OverflowError) as error:
        raise NoSuchPage("moment") from error
    return choice


def _moment(text: str, zone: ZoneInfo) -> int:
    """Unix seconds of a number of them (or of thousands of them), or of a moment in the office's time."""
    if text.isdecimal():
        return _checked(number_of(text if len(text) <= _SECONDS else text[:-_MILLISECONDS]))
    moment = moment_of(text)
    return _checked(int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()))


def _checked(number: int) -> int:
    # The last second of the year 9999, beyond which no calendar goes.
    if number > int(datetime.max.replace(tzinfo=UTC).timestamp()) - 2 * 86_400:
        raise ValueError(f"{number} is no moment")
    return number


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, zone)
