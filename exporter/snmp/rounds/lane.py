"""The compiled code's own tables: rows of devices and their forms in, answers read and one page out.

Every device of the city has a row. One that is read by Python has a form only; one that is read here has its requests,
too, for as long as it is ``usual``.
"""

import asyncio
import ctypes
import os
import socket
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from exporter.snmp.native.library import RoundDevice, RoundLane
from exporter.snmp.rounds.device_round import DeviceRound, address
from exporter.snmp.rounds.forms import PageForm
from exporter.sockets import widen

# As in exporter/snmp/engines/direct_engine.py: requests of one device under way at once.
WINDOW = 4
# Answers of so many devices fit into the socket's buffer together: 64 times four, at some 2 KiB each with their frame.
DEVICES_AT_ONCE = 64
BUFFER_BYTES = 2**23
# Between two looks at the socket. Each costs some 0.1 ms of a turn of the loop; a look at every answer would cost more
# than reading it.
NAP_SECONDS = 0.01
# Datagrams read before the loop's other tasks have their turn.
_MOST_AT_ONCE = 1024
# Entries of the table for each request, so that most stand where they belong.
_ROOM = 4
_ROW = np.dtype(RoundDevice)


class CityLane:
    """The rows of a city's devices. Opens a socket with the first exchange."""

    def __init__(self, functions: ctypes.CDLL, devices: int) -> None:
        self._functions = functions
        self._rows = (RoundDevice * max(1, devices))()
        self.columns = np.frombuffer(memoryview(self._rows), _ROW)[:devices]
        self._lane = RoundLane(device_count=devices, window=WINDOW)
        self._here = ctypes.addressof(self._lane)
        self._forms: list[PageForm | None] = [None] * devices
        self._most_bytes = np.zeros(devices, np.int64)
        self._families: dict[str, int] = {}
        self._heads: list[str] = []
        self._blocks = np.zeros((0, devices, 2), np.uint32)
        self._kept: tuple[NDArray[Any], ...] = ()
        self._changed = True
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """Close the socket; the next exchange opens another."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def take(self, place: int, device: DeviceRound) -> None:
        """Put a device's arrays into its row; the caller keeps it."""
        device.write(self._rows[place])
        self.show(place, device.form)

    def show(self, place: int, form: PageForm) -> None:
        """What the page has of that device from now on."""
        before, self._forms[place] = self._forms[place], form
        row = self._rows[place]
        row.form, row.ends, row.slots = address(form.text), address(form.ends), address(form.slots)
        self._most_bytes[place] = form.most_bytes
        if before is not None and before.families == form.families:
            return
        for family, (_, _, head) in form.families.items():
            if family not in self._families:
                self._families[family] = len(self._heads)
                self._heads.append(head)
        lacking = len(self._heads) - len(self._blocks)
        if lacking:
            self._blocks = np.concatenate([self._blocks, np.zeros((lacking, *self._blocks.shape[1:]), np.uint32)])
        self._blocks[:, place] = 0
        for family, (first, count, _) in form.families.items():
            self._blocks[self._families[family], place] = first, count
        self._changed = True

    async def exchange(self, requests: NDArray[np.int64], seconds: float) -> None:
        """Ask the devices as many requests as said (none: it is not asked) and read, at most for that long."""
        self.columns["request_count"] = requests
        # Drawn and not counted: who cannot see a request must not be able to guess the id that its answer has to have.
        numbers = np.frombuffer(os.urandom(4 * (int(requests.sum()) + 1)), np.uint32)
        size = 1 << (len(numbers) * _ROOM).bit_length()
        table = np.zeros((size, 3), np.uint64)
        lane = self._lane
        lane.devices, lane.fd = ctypes.addressof(self._rows), self._opened().fileno()
        lane.table, lane.mask, lane.numbers = address(table), size - 1, address(numbers)
        self._functions.round_begin(self._here)
        began = time.perf_counter()
        while lane.waiting and time.perf_counter() - began < seconds:
            if not self._functions.round_send(self._here, DEVICES_AT_ONCE):
                # Round again, for those that a full buffer has held up.
                lane.cursor = 0
            await asyncio.sleep(NAP_SECONDS)
            lane.micros = int((time.perf_counter() - began) * 1e6)
            self._functions.round_receive(self._here, _MOST_AT_ONCE)

    def page(self) -> memoryview:
        """The page of all devices, by metric."""
        if self._changed:
            self._write_heads()
        out = np.empty(int(self._most_bytes.sum()) + sum(map(len, self._heads)) + 1, np.uint8)
        length = self._functions.round_page(self._here, address(out))
        return out.data[:length]

    def _write_heads(self) -> None:
        """The heads of the metrics that any device has, in the order of their names."""
        order = [place for _, place in sorted(self._families.items())]
        blocks = np.ascontiguousarray(self._blocks[order])
        present: list[bool] = (blocks[:, :, 1].sum(axis=1) > 0).tolist()
        heads = [self._heads[place].encode() if there else b"" for place, there in zip(order, present, strict=True)]
        text = np.frombuffer(b"".join(heads) or b"\n", np.uint8)
        ends = np.cumsum([len(head) for head in heads] or [0]).astype(np.uint64)
        self._kept = (text, ends, blocks)
        lane = self._lane
        lane.heads, lane.head_ends, lane.blocks = address(text), address(ends), address(blocks)
        lane.family_count, lane.devices = len(heads), ctypes.addressof(self._rows)
        self._changed = False

    def _opened(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            widen(self._socket, BUFFER_BYTES)
        return self._socket
