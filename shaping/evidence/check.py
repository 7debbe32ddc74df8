"""The evidence judged by whoever doubts it: files in, every fault with its line, gaps and sums out. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shaping.delivery import Verdict
from shaping.errors import ShapingError
from shaping.evidence.lines import (
    FIRST_COUNT,
    GENESIS,
    HOUR,
    QUARTER,
    VERDICTS,
    check_rows,
    hash_of,
    moment,
    quarter_of,
    read_line,
    stamp,
)

# An hour of 2,000 offices of which every window of every queue is missed stays below it; what is longer is none of
# ours, and is not read into the memory.
_LONGEST_LINE = 32 * 2**20
# Of a file that is something else every line is a fault; the first ones say it.
_MOST_FAULTS = 20


@dataclass(frozen=True)
class EvidenceFault:
    """What is wrong, and in which line (from 1) of which file."""

    file: str
    line: int
    sentence: str

    def __str__(self) -> str:
        return f"{self.file} line {self.line}: {self.sentence}"


@dataclass
class OfficeEvidence:
    """Windows of an office by what could be said of them; ``missed`` are among the ``decided``."""

    decided: int = 0
    missed: int = 0
    undecided: int = 0

    @property
    def kept_percent(self) -> float | None:
        """The share of the decided windows in which the guarantee was kept; None where none was decided."""
        return 100 * (self.decided - self.missed) / self.decided if self.decided else None


@dataclass
class QuarterEvidence:
    """What one file says of itself. ``head`` is the hash that its last line has."""

    file: str
    quarter: str = ""
    uplink: str = ""
    follows: str = ""
    before: str = GENESIS
    hours: int = 0
    first: datetime | None = None
    last: datetime | None = None
    head: str = GENESIS


@dataclass
class EvidenceCheck:
    """All that was read. ``gaps``: hours without a line, by the file and the hour that ends them."""

    quarters: list[QuarterEvidence] = field(default_factory=list)
    faults: list[EvidenceFault] = field(default_factory=list)
    gaps: list[tuple[str, datetime, datetime]] = field(default_factory=list)
    offices: dict[str, OfficeEvidence] = field(default_factory=lambda: defaultdict(OfficeEvidence))
    hashes: set[str] = field(default_factory=set)


def check_files(paths: Sequence[Path]) -> EvidenceCheck:
    """Check each file, and that each follows the one before it of the same uplink. Raises OSError."""
    check, chains = EvidenceCheck(), dict[str, QuarterEvidence]()
    for path in sorted(set(paths), key=lambda path: (path.stem, str(path))):
        quarter = QuarterEvidence(str(path))
        _check_file(check, quarter, path, chains)
        check.quarters.append(quarter)
        chains[quarter.uplink] = quarter
    return check


def _check_file(
    check: EvidenceCheck, quarter: QuarterEvidence, path: Path, chains: Mapping[str, QuarterEvidence]
) -> None:
    first, zone = len(check.faults), None
    for number, line in _lines(path):
        if len(check.faults) - first >= _MOST_FAULTS:
            check.faults.append(EvidenceFault(str(path), number, "and what follows was not checked"))
            return
        try:
            body = read_line(line)
            if number > 1 and body["before"] != quarter.head:
                check.faults.append(
                    EvidenceFault(
                        str(path), number, "does not follow the line before it: one was changed, removed or added"
                    )
                )
            if number == 1:
                zone = _check_head(quarter, body, path, chains)
            else:
                _check_hour(check, quarter, body, zone)
        except (ShapingError, ValueError) as error:
            check.faults.append(EvidenceFault(str(path), number, str(error)))
        quarter.head = hash_of(line)
        check.hashes.add(quarter.head)
    if quarter.head == GENESIS:
        check.faults.append(EvidenceFault(str(path), 1, "is empty: even its head is missing"))


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(_LONGEST_LINE):
            number += 1
            yield number, line


def _check_head(
    quarter: QuarterEvidence, body: Mapping[str, Any], path: Path, chains: Mapping[str, QuarterEvidence]
) -> ZoneInfo:
    texts = [body.get(key) for key in ("quarter", "uplink", "follows", "zone")]
    if body.get("kind") != "quarter" or not all(isinstance(text, str) for text in texts):
        raise ShapingError("is not the head of a quarter: the file's beginning is missing")
    quarter.quarter, quarter.uplink, quarter.follows, zone_name = (str(text) for text in texts)
    quarter.before = body["before"]
    if QUARTER.fullmatch(path.stem) and path.stem != quarter.quarter:
        raise ShapingError(f"is the head of {quarter.quarter}, not of {path.stem}")
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ShapingError(f"names a time zone that is not known: {zone_name!r}") from error
    _check_before(quarter, chains.get(quarter.uplink))
    return zone


def _check_before(quarter: QuarterEvidence, former: QuarterEvidence | None) -> None:
    """That it follows the file before it, where that is here."""
    if former is None:
        if not quarter.follows and quarter.before != GENESIS:
            raise ShapingError("follows nothing, and names a hash before it")
        return
    quarter.last = former.last
    if quarter.follows != former.quarter:
        raise ShapingError(f"follows {quarter.follows or 'nothing'}, and the file before it is {former.quarter}")
    if quarter.before != former.head:
        raise ShapingError(f"does not follow the end of {former.file}: lines there were changed, removed or added")


def _check_hour(check: EvidenceCheck, quarter: QuarterEvidence, body: Mapping[str, Any], zone: ZoneInfo | None) -> None:
    if body.get("kind") != "hour":
        raise ShapingError("is not the line of an hour")
    hour, begin, end = (moment(body.get(key)) for key in ("hour", "begin", "end"))
    rows, last = check_rows(body), quarter.last
    if last is not None and hour <= last:
        raise ShapingError(f"is of {stamp(hour)}, which is not after {stamp(last)}")
    if zone is not None and quarter_of(hour, zone) != quarter.quarter:
        raise ShapingError(f"is of {stamp(hour)}, which is not in {quarter.quarter}")
    if not hour <= begin <= end <= hour + HOUR:
        raise ShapingError(f"begins or ends outside its hour {stamp(hour)}")
    if last is not None and hour - last > HOUR:
        check.gaps.append((quarter.file, last + HOUR, hour))
    quarter.first, quarter.last, quarter.hours = quarter.first or hour, hour, quarter.hours + 1
    for row in rows:
        _add(check.offices[row[0]], dict(zip(VERDICTS, row[FIRST_COUNT:], strict=True)))


def _add(office: OfficeEvidence, counts: Mapping[str, int]) -> None:
    undecided = counts[Verdict.UNDECIDABLE]
    office.decided += sum(counts.values()) - undecided
    office.missed += counts[Verdict.MISSED]
    office.undecided += undecided
