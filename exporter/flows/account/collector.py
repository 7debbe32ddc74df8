"""The state of a collector: whose addresses are whose, the exporters and what they sent, the totals. No behaviour.

``pipeline`` takes datagrams into it. The same state serves captures offline, which have a clock of their own.
"""

import math
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from exporter.flows.account.counting import CountedBlock
from exporter.flows.account.exporter_settings import ExporterSettings
from exporter.flows.account.exporters import FlowExporter
from exporter.flows.account.pending_sets import PendingBytes
from exporter.flows.account.prefix_lookup import PrefixLookup
from exporter.flows.account.refused_senders import RefusedSenders
from exporter.flows.account.totals import Totals
from exporter.flows.decode.columns import Numbers
from runtime.jobs import Faults


class KeyRoom(NamedTuple):
    """Room for rows of the history: ``words`` (a row of memory each), ``hashes`` and ``amounts`` of each of its rows.

    Rows from ``end`` up to ``limit`` are free.
    """

    words: Numbers
    hashes: Numbers
    amounts: Numbers
    end: int
    limit: int


class KeyRows(Protocol):
    """A history that lets rows be put into its own room (``history.minute``)."""

    def lend(self) -> KeyRoom:
        """Its room as it stands."""

    def take_back(self, end: int) -> None:
        """There are rows up to ``end``."""

    def make_room(self) -> None:
        """Sum what waits, so that there is room again."""


@dataclass
class Collector:
    """``allowed`` None takes anybody's datagrams (offline; ``settings`` has those of some); else others are refused.

    ``lane``: compiled code that takes what is usual of a batch; without one the stages take all.
    ``observe`` is called with every block that was counted. ``keys``: where the lane puts what it would tell instead,
    from what it counts itself. ``next_expiry``: when to look for what is too old.
    ``patient``: nothing is shown before the end of what there is to read, so that a late rate makes the sums right.
    ``faults``: where the program itself failed on a batch, until ``pipeline`` raises it at the batch's end.
    """

    lookup: PrefixLookup
    allowed: Mapping[str, ExporterSettings] | None = None
    clock: Callable[[], float] = time.monotonic
    settings: Mapping[str, ExporterSettings] = field(default_factory=dict)
    observe: Callable[[CountedBlock], None] | None = None
    keys: KeyRows | None = field(default=None, repr=False)
    patient: bool = False
    # An ``ExpressLane``, whose module needs this one: ``pipeline`` looks what it is.
    lane: object | None = field(default=None, repr=False)
    totals: Totals = field(init=False)
    refused_senders: RefusedSenders = field(init=False, repr=False)
    exporters: dict[str, FlowExporter] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    pending_bytes: PendingBytes = field(default_factory=PendingBytes)
    next_expiry: float = field(default=-math.inf, repr=False)
    faults: Faults = field(default_factory=Faults, repr=False)

    def __post_init__(self) -> None:
        self.totals = Totals.empty(len(self.lookup.codes))
        self.refused_senders = RefusedSenders(self.clock)

    def refuse(self, source: str, datagrams: int = 1) -> None:
        """Count datagrams of an address that no device has, and say whose they are."""
        self.refused["unknown_exporter"] += datagrams
        self.refused_senders.note(source, datagrams)

    def exporter(self, source: str) -> FlowExporter | None:
        """The exporter of an address, new or not; None where the inventory does not name it."""
        exporter = self.exporters.get(source)
        if exporter is None and (self.allowed is None or source in self.allowed):
            settings = self.settings.get(source, ExporterSettings()) if self.allowed is None else self.allowed[source]
            exporter = self.exporters[source] = FlowExporter(source, settings)
            exporter.pending.used, exporter.pending.patient = self.pending_bytes, self.patient
        return exporter
