"""What is asked of the history: texts of a command or an address in, a question of plain values out. Loads nothing.

The collector reads questions and hands them to a process of its own, as JSON; it never carries what answers them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from ipaddress import ip_network
from typing import Any

from exporter.errors import ExporterError
from exporter.flows.account.settings import HistorySettings
from exporter.flows.history.spans import DAY, SUMMARIES, TABLES, beginning

MINUTE = 60
# Rows with whole remote addresses are kept for so long; everything older knows networks alone.
WHOLE_SECONDS = DAY
# IP protocol numbers (IANA) by the names that people write.
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "icmpv6": 58, "ospf": 89, "sctp": 132}
# The largest numbers that ports, protocols, application ids and AS numbers (RFC 6793) have.
_LARGEST = {"port": 2**16 - 1, "protocol": 2**8 - 1, "application": 2**32 - 1, "asn": 2**32 - 1}
# Eleven digits are seconds until the year 5138; thirteen are the milliseconds that Grafana's links carry.
_SECONDS, _MILLISECONDS = 11, 1000
# Characters of a reason: two lines of the log of sights.
_LONGEST_REASON = 200
# As many as there are tables, and not the same one a thousand times.
_MOST_TABLES = len(TABLES)
FILTERS = ("host", "network", "port", "protocol", "application", "asn", "country")
NAMES = ("opd", "since", "from", "until", "at", "by", "graph", "before", "reason", *FILTERS)


@dataclass(frozen=True, kw_only=True)
class Question:
    """From ``since`` until before ``until`` (Unix seconds), of one OPD or of all (``opd`` empty).

    ``tables`` are those of the answer, ``graph`` the one that is told over time too; ``before``: with the same time
    before. ``host`` and ``network`` are networks in their usual writing; what is None or empty filters nothing. Only
    who gives a ``reason`` is told whole remote addresses.
    """

    since: int
    until: int
    opd: str = ""
    tables: tuple[str, ...] = SUMMARIES
    graph: str = ""
    before: bool = False
    reason: str = ""
    host: str = ""
    network: str = ""
    country: str = ""
    port: int | None = None
    protocol: int | None = None
    application: int | None = None
    asn: int | None = None

    @property
    def length(self) -> int:
        """Seconds, in whole minutes, as the time before has them; what is begun of the minute that runs is none."""
        return max(MINUTE, (self.until - self.since) // MINUTE * MINUTE)

    @property
    def narrow(self) -> bool:
        """Whether anything but the OPD and the time is asked for."""
        numbers = (self.port, self.protocol, self.application, self.asn)
        return bool(self.host or self.network or self.country) or any(number is not None for number in numbers)


@dataclass(frozen=True)
class Horizon:
    """What questions may be about: the OPDs, how many days are kept, and what time it is where the office stands."""

    codes: Sequence[str]
    days: int
    now: float
    zone: tzinfo = UTC


def read_question(texts: Mapping[str, str], horizon: Horizon) -> Question:
    """The question that these texts are. Raises ExporterError."""
    unknown = sorted(set(texts) - set(NAMES))
    if unknown:
        raise ExporterError(f"{unknown[0][:20]!r} is nothing that can be asked; there are {', '.join(NAMES)}")
    tables = tuple(_table("by", name) for name in texts["by"].split(",")[:_MOST_TABLES]) if texts.get("by") else ()
    graph = _table("graph", texts["graph"]) if texts.get("graph") else ""
    since, until = _range(texts, horizon)
    reason = " ".join(texts.get("reason", "").split())[:_LONGEST_REASON]
    if "addresses" in (*tables, graph) and not reason:
        raise ExporterError("addresses: whole remote addresses are personal data; give a reason, which is written down")
    if reason and since < horizon.now - WHOLE_SECONDS - MINUTE:
        raise ExporterError("reason: whole remote addresses are kept for 24 h; ask for less, or without a reason")
    if not tables:
        tables = (*(() if texts.get("opd") else ("opds",)), *SUMMARIES, *(("addresses",) if reason else ()))
    numbers = {name: _number(name, texts[name]) for name in _LARGEST if texts.get(name)}
    networks = {name: _network(name, texts[name]) for name in ("host", "network") if texts.get(name)}
    country = texts.get("country", "").upper()
    if country and not re.fullmatch("[A-Z]{2}", country):
        raise ExporterError(f"country: {country[:20]!r} is no country; write two letters such as ID")
    return Question(
        since=since,
        until=until,
        opd=texts.get("opd", ""),
        tables=tables,
        graph=graph,
        before=texts.get("before", "") not in ("", "0"),
        reason=reason,
        country=country,
        port=numbers.get("port"),
        protocol=numbers.get("protocol"),
        application=numbers.get("application"),
        asn=numbers.get("asn"),
        host=networks.get("host", ""),
        network=networks.get("network", ""),
    )


def document_of(question: Question, history: HistorySettings, person: str) -> dict[str, Any]:
    """What the process that answers is told: all of it through its input, where no other user sees it."""
    server = history.clickhouse
    return {
        "person": person,
        "question": vars(question),
        "folder": str(history.folder),
        "places": [str(place) for place in history.places],
        "clickhouse": vars(server) if server is not None and server.answers else None,
    }


def _table(name: str, table: str) -> str:
    if table not in TABLES:
        raise ExporterError(f"{name}: {table[:20]!r} is no table; there are {', '.join(TABLES)}")
    return table


def _range(texts: Mapping[str, str], horizon: Horizon) -> tuple[int, int]:
    """Whole minutes, none older than what is kept."""
    # A second more than now, so that the minute that begins in this second is in it.
    oldest, last = int(horizon.now) - horizon.days * DAY, int(horizon.now) + 1
    if texts.get("at"):
        minute = _moment("at", texts["at"], horizon) // MINUTE * MINUTE
        since, until = minute, minute + MINUTE
    elif texts.get("from"):
        since = _moment("from", texts["from"], horizon) // MINUTE * MINUTE
        until = _moment("until", texts["until"], horizon) if texts.get("until") else last
    elif texts.get("until"):
        raise ExporterError("until: needs from too; write both, for example from=2026-11-24T10:00")
    else:
        since, until = int(beginning(texts.get("since") or "1h", horizon.days, horizon.now)) // MINUTE * MINUTE, last
    if since >= until:
        raise ExporterError("from: is not before until; turn them round")
    if until < oldest:
        raise ExporterError(f"from: the history is kept for {horizon.days} days; ask for less long ago")
    return max(since, oldest // MINUTE * MINUTE), until


def _moment(name: str, text: str, horizon: Horizon) -> int:
    """Unix seconds of a moment in numbers, or written in the office's time or with an offset of its own."""
    if re.fullmatch(r"\d{9,13}", text, re.ASCII):
        return int(text) if len(text) <= _SECONDS else int(text) // _MILLISECONDS
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=horizon.zone)).timestamp())
    except (ValueError, OverflowError) as error:
        raise ExporterError(f"{name}: {text[:30]!r} is no moment; write for example 2026-11-24T10:00") from error


def _number(name: str, text: str) -> int:
    number = PROTOCOLS.get(text.lower(), -1) if name == "protocol" and not text.isdigit() else -1
    if re.fullmatch(r"\d{1,10}", text, re.ASCII):
        number = int(text)
    if not 0 <= number <= _LARGEST[name]:
        choices = f", or one of {', '.join(PROTOCOLS)}" if name == "protocol" else ""
        raise ExporterError(f"{name}: {text[:20]!r} is none; write a number up to {_LARGEST[name]}{choices}")
    return number


def _network(name: str, text: str) -> str:
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError as error:
        raise ExporterError(f"{name}: {text[:40]!r} is no address and no network such as 203.0.113.0/24") from error
