"""The list of available bandwidth (KTM-07b): the ledger as of a moment, by uplink, with what is left. Reads only.

Rates are bytes per second from the OPD's point of view. What is committed is the sum of guarantees; a twentieth of an
uplink is its reserve, as admission demands, and the room is what is left of the rest.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import Workbook

from inventory.admission import capacity_of, commitment
from inventory.model import City, Uplink
from inventory.topology import uplink_of
from inventory.weekly_hours import WeeklyHours
from request_tracker.calendar.working_time import Calendar
from request_tracker.ledger.allocations import hours_in, profile_rows, promised, rows_ahead, rows_in_force
from request_tracker.store.database import Row, Store
from request_tracker.words.spreadsheet_text import guarded

WAYS = ("receive", "transmit")
RATES = ("receive_guaranteed", "receive_ceiling", "transmit_guaranteed", "transmit_ceiling")
COLUMNS = (
    "Uplink",
    "OPD",
    "Nama OPD",
    "Jaminan unduh (Mbit/s)",
    "Batas unduh (Mbit/s)",
    "Jaminan unggah (Mbit/s)",
    "Batas unggah (Mbit/s)",
    "Berlaku sejak",
    "Berlaku sampai",
    "Kasus",
    "Keterangan",
)
UPLINK_COLUMNS = (
    "Uplink",
    "Arah",
    "Kapasitas (Mbit/s)",
    "Dijanjikan (Mbit/s)",
    "Cadangan (Mbit/s)",
    "Sisa (Mbit/s)",
    "Jumlah batas (Mbit/s)",
)


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
    """One uplink: its room in each direction, and its OPDs by code."""

    uplink: str
    rooms: tuple[Room, ...]
    holdings: tuple[Holding, ...]


def availability(store: Store, city: City, at: datetime) -> tuple[Availability, ...]:
    """Every uplink of the inventory as the ledger stood (or will stand) at that moment."""
    rows = {row["opd"]: row for row in rows_in_force(store, at)}
    profiles = {row["opd"]: row for row in profile_rows(store, at) if hours_in(row).days}
    ends = _ends(store, rows, at)
    uplinks = []
    for uplink in city.uplinks:
        opds = sorted((opd for opd in city.opds if uplink_of(city, opd.code) == uplink.name), key=lambda opd: opd.code)
        holdings = tuple(
            Holding(opd.code, opd.name, rows.get(opd.code), ends.get(opd.code), profiles.get(opd.code)) for opd in opds
        )
        uplinks.append(Availability(uplink.name, tuple(_room(uplink, way, holdings) for way in WAYS), holdings))
    return tuple(uplinks)


def as_csv(uplinks: Sequence[Availability], calendar: Calendar) -> bytes:
    """The allocations as the offices' spreadsheets open them: UTF-8 with its mark, semicolons, decimal commas."""
    out = StringIO(newline="")
    table = csv.writer(out, delimiter=";")
    for line in _lines(uplinks, calendar):
        table.writerow([f"{cell:g}".replace(".", ",") if isinstance(cell, float) else cell for cell in line])
    # The mark tells Excel that it is UTF-8; without it Excel reads the machine's own code page.
    return out.getvalue().encode("utf-8-sig")


def as_spreadsheet(uplinks: Sequence[Availability], calendar: Calendar) -> bytes:
    """Two sheets: the uplinks' room, and every allocation."""
    # write_only: rows go straight into the ZIP, whatever their number.
    book, out = Workbook(write_only=True), BytesIO()
    for title, lines in (("Uplink", _uplink_lines(uplinks)), ("Alokasi", _lines(uplinks, calendar))):
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(out)
    return out.getvalue()


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


def _lines(uplinks: Sequence[Availability], calendar: Calendar) -> list[list[Any]]:
    lines: list[list[Any]] = [list(COLUMNS)]
    for uplink in uplinks:
        for holding in uplink.holdings:
            rates = [_mbit(holding.row[rate]) if holding.row else "" for rate in RATES]
            times = [
                calendar.local(at).strftime("%d-%m-%Y %H.%M") if at else "" for at in (holding.since, holding.until)
            ]
            why = (
                (holding.row["case_number"] or "", holding.row["reason"]) if holding.row else ("", "belum ada alokasi")
            )
            lines.append([guarded(cell) for cell in (uplink.uplink, holding.opd, holding.name, *rates, *times, *why)])
    return lines


def _uplink_lines(uplinks: Sequence[Availability]) -> list[list[Any]]:
    names = {"receive": "unduh", "transmit": "unggah"}
    return [
        list(UPLINK_COLUMNS),
        *(
            [
                guarded(uplink.uplink),
                names[room.way],
                *(_mbit(n) for n in (room.capacity, room.committed, room.reserve, room.room, room.ceilings)),
            ]
            for uplink in uplinks
            for room in uplink.rooms
        ),
    ]


def _mbit(bytes_per_second: int) -> float:
    return bytes_per_second * 8 / 1e6
