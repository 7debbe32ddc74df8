"""Frames of many queues, each its own: sent at random demand, let in or refused, and noted where they come out.

Sender and far ends are processes of their own, which write down moments and nothing else; the kernel stamps a frame
where it arrives. A frame says whose it is and its number.
"""

import random
import socket
import struct
import time
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shaping.bench.demand import Demand, DemandKind
from shaping.bench.truth import QueueRecord
from shaping.bench.world import EXPERIMENT, PLACES
from shaping.drivers.linux.handles import class_handle
from shaping.queues import Key, Queue

# Whole frames: fewer of them are the same load on the line and less on a busy processor.
FRAME_BYTES = 1514
_HEAD = struct.Struct("!HI")
# Offered at most so late: a machine that did something else for longer lets the office want less, not all at once.
_LATE_SECONDS = 0.2
_TICK_SECONDS = 0.01
# linux/asm-generic/socket.h: SO_RCVBUFFORCE, SO_TIMESTAMPNS (SCM_TIMESTAMPNS is the same number).
_SO_RCVBUFFORCE, _SO_TIMESTAMPNS = 33, 35
# What may wait for the far end's turn: some ten seconds of a full line of the lab.
_RECEIVE_BYTES = 1 << 26
# More than any queue of the lab holds, so that the queue refuses a frame and never the socket.
_SEND_BYTES = 1 << 20
_TIMESPEC = struct.Struct("=qq")


@dataclass(frozen=True)
class FrameLane:
    """One queue's frames: whose they are, into which class on which interface, and what it wants."""

    queue: Queue
    minor: int
    kind: DemandKind

    @property
    def place(self) -> str:
        """The interface that it leaves by."""
        return PLACES.receive if self.queue.direction == "receive" else PLACES.transmit


def send(lanes: Sequence[FrameLane], seconds: float, folder: Path, seed: int) -> None:
    """Offer what each lane wants for so long; one row for each frame: when, which lane, whether it was let in."""
    dice, moments, rows = random.Random(seed), array("d"), array("I")
    links = [_link(lane) for lane in lanes]
    demands = [
        Demand(
            lane.kind(random.Random(dice.random()), lane.queue.ceiling_bytes_per_second),
            max(2 * FRAME_BYTES, int(4 * lane.queue.ceiling_bytes_per_second * _LATE_SECONDS)),
        )
        for lane in lanes
    ]
    heads = [bytes(12) + EXPERIMENT + number.to_bytes(2, "big") for number in range(len(lanes))]
    tail, numbers, began = bytes(FRAME_BYTES - 14 - _HEAD.size), [0] * len(lanes), time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        for number, demand in enumerate(demands):
            while demand.due(now) >= FRAME_BYTES:
                demand.spend(FRAME_BYTES)
                moments.append(time.time())
                try:
                    links[number].send(heads[number] + numbers[number].to_bytes(4, "big") + tail)
                    numbers[number] += 1
                    rows.append(number << 1 | 1)
                # ENOBUFS: the queue was full.
                except OSError:
                    rows.append(number << 1)
        time.sleep(_TICK_SECONDS)
    _write(folder / "offered", moments, rows)


def note(place: str, folder: Path) -> None:
    """Write down when each frame comes out at the far end of that interface, until ``over`` lies in the folder."""
    moments, rows = array("d"), array("I")
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(int.from_bytes(EXPERIMENT, "big"))) as far:
        far.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BYTES)
        far.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        far.bind((f"{place}-far", int.from_bytes(EXPERIMENT, "big")))
        far.settimeout(0.2)
        (folder / f"ready-{place}").touch()
        while not (folder / "over").exists() or not _rested(moments):
            _note_some(far, moments, rows)
    _write(folder / f"left-{place}", moments, rows)


def records(lanes: Sequence[FrameLane], folder: Path) -> Mapping[Key, QueueRecord]:
    """What happened to each lane's frames. A lane of which a frame was not noted at the far end is left out."""
    offered: list[array[float]] = [array("d") for _ in lanes]
    refused: list[array[float]] = [array("d") for _ in lanes]
    left: list[array[float]] = [array("d") for _ in lanes]
    for moment, row in zip(*_read(folder / "offered"), strict=True):
        (offered if row & 1 else refused)[row >> 1].append(moment)
    for place in (PLACES.transmit, PLACES.receive):
        for moment, row in zip(*_read(folder / f"left-{place}"), strict=True):
            left[row].append(moment)
    return {
        lane.queue.key: QueueRecord(FRAME_BYTES, offered[number], left[number], refused[number])
        for number, lane in enumerate(lanes)
        if len(offered[number]) == len(left[number])
    }


def _note_some(far: socket.socket, moments: "array[float]", rows: "array[int]") -> None:
    try:
        for _ in range(256):
            data, about, _, _ = far.recvmsg(20, 64)
            seconds, nanoseconds = _TIMESPEC.unpack(about[0][2])
            number, _ = _HEAD.unpack_from(data, 14)
            moments.append(seconds + nanoseconds / 1e9)
            rows.append(number)
    except TimeoutError:
        return


def _rested(moments: "array[float]") -> bool:
    # A slow queue empties itself for some seconds after the last frame was offered.
    return not moments or time.time() - moments[-1] > 2.0


def _link(lane: FrameLane) -> socket.socket:
    link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK)
    link.bind((lane.place, 0))
    link.setsockopt(socket.SOL_SOCKET, socket.SO_PRIORITY, class_handle(lane.minor).number)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BYTES)
    return link


def _write(path: Path, moments: "array[float]", rows: "array[int]") -> None:
    path.with_suffix(".moments").write_bytes(moments.tobytes())
    path.with_suffix(".rows").write_bytes(rows.tobytes())


def _read(path: Path) -> "tuple[array[float], array[int]]":
    moments, rows = array("d"), array("I")
    moments.frombytes(path.with_suffix(".moments").read_bytes())
    rows.frombytes(path.with_suffix(".rows").read_bytes())
    return moments, rows
