"""The list of available bandwidth (KTM-07b): the ledger as of a moment, by uplink, with what is left. Reads only.

Rates are bytes per second from the OPD's point of view. What is committed is the sum of guarantees; a twentieth of an
uplink is its reserve, as admission demands, and the room is what is left of the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inventory.admission import capacity_of, commitment
from inventory.model import City, Uplink
from inventory.titles import titles
from inventory.topology import uplink_of
from inventory.weekly_hours import WeeklyHours
from request_tracker.calendar.working_time import Calendar
from request_tracker.ledger.allocations import hours_in, profile_rows, promised, rows_ahead, rows_in_force
from request_tracker.store.database import Row, Store
from request_tracker.words.bilingual import Both
from request_tracker.words.made_up import MadeUp
from request_tracker.words.spreadsheet_text import Cell, SheetTable, csv_bytes, xlsx_bytes
from request_tracker.words.way_names import WAY_NAMES

WAYS = ("receive", "transmit")
RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
_RATE_NAMES = (
    Both("Jaminan unduh (Mbit/s)", "Download guaranteed (Mbit/s)"),
    Both("Batas unduh (Mbit/s)", "Download ceiling (Mbit/s)"),
    Both("Jaminan unggah (Mbit/s)", "Upload guaranteed (Mbit/s)"),
    Both("Batas unggah (Mbit/s)", "Upload ceiling (Mbit/s)"),
)
COLUMNS = (
    Both("Uplink", "Uplink"),
    Both("OPD", "Office"),
    Both("Nama OPD", "Name of the office"),
    *_RATE_NAMES,
    Both("Berlaku sejak", "In force since"),
    Both("Berlaku sampai", "In force until"),
    Both("Kasus", "Case"),
    Both("Keterangan", "Remark"),
)
UPLINK_COLUMNS = (
    Both("Uplink", "Uplink"),
    Both("Arah", "Direction"),
    Both("Kapasitas (Mbit/s)", "Capacity (Mbit/s)"),
    Both("Dijanjikan (Mbit/s)", "Promised (Mbit/s)"),
    Both("Cadangan (Mbit/s)", "Reserve (Mbit/s)"),
    Both("Sisa (Mbit/s)", "Left (Mbit/s)"),
    Both("Jumlah batas (Mbit/s)", "Sum of ceilings (Mbit/s)"),
)
_NO_ALLOCATION = Both("belum ada alokasi", "no allocation yet")


@dataclass(frozen=True)
class Room:
    """One direction of an uplink. ``room`` is below zero where guarantees are above 95 % of the capacity.

    ``ceilings`` is the sum of ceilings: above the capacity the line is oversubscribed, which is allowed.
    """

    way: str
    capacity: int
    committed: int
    reserve: int
    room: int
    ceilings: int


@dataclass(frozen=True)
class Holding:
    """What one OPD holds: the ledger's row in force and when its rates next change; both None where it holds none.

    ``profile``: the row of its hours of the week, None where it has none.
    """

    opd: str
    name: str
    row: Row | None
    until: datetime | None
    profile: Row | None = None

    @property
    def hours(self) -> WeeklyHours | None:
        """In which hours it has the rates of its profile."""
        return hours_in(self.profile) if self.profile else None

    @property
    def since(self) -> datetime | None:
        """Since when this row is in force."""
        return datetime.fromisoformat(self.row["effective_at"]) if self.row else None


@dataclass(frozen=True)
class Availability:
    """One uplink: its room in each direction, and its OPDs by code; ``title``: how people call it."""

    uplink: str
    title: str
    rooms: tuple[Room, ...]
    holdings: tuple[Holding, ...]


def availability(store: Store, city: City, at: datetime) -> tuple[Availability, ...]:
    """Every uplink of the inventory as the ledger stood (or will stand) at that moment."""
    rows = {row["opd"]: row for row in rows_in_force(store, at)}
    profiles = {row["opd"]: row for row in profile_rows(store, at) if hours_in(row).days}
    ends, names = _ends(store, rows, at), titles(city)
    uplinks = []
    for uplink in city.uplinks:
        opds = sorted((opd for opd in city.opds if uplink_of(city, opd.code) == uplink.name), key=lambda opd: opd.code)
        holdings = tuple(
            Holding(opd.code, opd.name, rows.get(opd.code), ends.get(opd.code), profiles.get(opd.code)) for opd in opds
        )
        uplinks.append(
            Availability(
                uplink.name,
                names.get(uplink.name, uplink.name),
                tuple(_room(uplink, way, holdings) for way in WAYS),
                holdings,
            )
        )
    return tuple(uplinks)


def as_csv(
    uplinks: Sequence[Availability], calendar: Calendar, language: str = "id", made_up: MadeUp | None = None
) -> bytes:
    """The allocations as CSV, in ``id`` or ``en``; ``made_up`` marks a demo's."""
    return csv_bytes(_allocations(uplinks, calendar), language, made_up)


def as_spreadsheet(
    uplinks: Sequence[Availability], calendar: Calendar, language: str = "id", made_up: MadeUp | None = None
) -> bytes:
    """Two sheets: the uplinks' room, and every allocation; ``made_up`` marks a demo's."""
    return xlsx_bytes((_rooms(uplinks), _allocations(uplinks, calendar)), language, made_up)


def _ends(store: Store, rows: dict[str, Row], at: datetime) -> dict[str, datetime]:
    """When each OPD's rates next change; a later row with the same rates is no end."""
    last = {(row["opd"], row["effective_at"]): row for row in rows_ahead(store, at) if row["hours"] is None}
    ends: dict[str, datetime] = {}
    for (opd, moment), row in last.items():
        current = rows.get(opd)
        if current and opd not in ends and any(row[rate] != current[rate] for rate in RATES):
            ends[opd] = datetime.fromisoformat(moment)
    return ends


def _room(uplink: Uplink, way: str, holdings: Sequence[Holding]) -> Room:
    rows = (holding.row for holding in holdings if holding.row)
    promises = commitment(capacity_of(uplink, way), promised(rows, way))
    return Room(way, promises.capacity, promises.guaranteed, promises.reserve, promises.room, promises.ceilings)


def _allocations(uplinks: Sequence[Availability], calendar: Calendar) -> SheetTable:
    rows = [_allocation(uplink.title, holding, calendar) for uplink in uplinks for holding in uplink.holdings]
    return SheetTable(Both("Alokasi", "Allocations"), COLUMNS, rows)


def _allocation(uplink: str, holding: Holding, calendar: Calendar) -> list[Cell]:
    row = holding.row
    rates = [_mbit(row[rate]) if row else None for rate in RATES]
    times = [calendar.local(at).replace(tzinfo=None) if at else None for at in (holding.since, holding.until)]
    why = (row["case_number"], row["reason"]) if row else (None, _NO_ALLOCATION)
    return [uplink, holding.opd, holding.name, *rates, *times, *why]


def _rooms(uplinks: Sequence[Availability]) -> SheetTable:
    rows: list[list[Cell]] = [
        [
            uplink.title,
            WAY_NAMES[room.way],
            *(_mbit(n) for n in (room.capacity, room.committed, room.reserve, room.room, room.ceilings)),
        ]
        for uplink in uplinks
        for room in uplink.rooms
    ]
    return SheetTable(Both("Uplink", "Uplinks"), UPLINK_COLUMNS, rows)


def _mbit(bytes_per_second: int) -> float:
    return bytes_per_second * 8 / 1e6
