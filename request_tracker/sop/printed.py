"""The approved paper's own words as frozen data, beside the tracker's short ones: never corrected, never shortened.

An empty text is an empty cell of the paper. Names of columns are the keys of the SOP's lanes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PrintSymbol(StrEnum):
    """A symbol in an actor's cell of the approved table."""

    BEGIN_END = "mulai_akhir"
    PROCESS = "proses"
    DECISION = "keputusan"


@dataclass(frozen=True, kw_only=True)
class PrintRow:
    """A row of the approved table and the step that it became; ``symbols`` by column."""

    step: str
    number: str
    activity: str
    symbols: Mapping[str, PrintSymbol] = field(default_factory=dict)
    requirements: str = ""
    time: str = ""
    output: str = ""
    remark: str = ""


@dataclass(frozen=True)
class PrintHeads:
    """What stands over the columns of the approved table; ``lanes`` over all actors together."""

    number: str = "No"
    activity: str = "Aktivitas"
    lanes: str = "Pelaksana"
    requirements: str = "Kelengkapan"
    time: str = "Waktu"
    output: str = "Output"
    remark: str = "Keterangan"


@dataclass(frozen=True)
class PrintSection:
    """A part of the approved paper in running text, e.g. ``A. PENGANTAR``."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PrintBlock:
    """The lists of the approved paper's identity block."""

    legal_basis: tuple[str, ...] = ()
    qualifications: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SopPrint:
    """The approved paper; ``lane_names`` of the columns that the tracker calls otherwise."""

    title: str
    heads: PrintHeads
    lane_names: Mapping[str, str]
    block: PrintBlock
    sections: tuple[PrintSection, ...]
    rows: tuple[PrintRow, ...]
