"""An office day as numbers: how busy an OPD is at an hour, and which hour it is on a clock that can be moved. Pure."""

import json
from dataclasses import asdict, dataclass
from itertools import pairwise
from zlib import crc32

# Hour of the day and how busy offices are, 0 to 1: morning rise, Friday-prayer-and-lunch dip, close at four.
CURVE = (
    (0, 0.04),
    (6, 0.05),
    (7.5, 0.35),
    (9, 0.9),
    (10.5, 1.0),
    (12, 0.45),
    (13.5, 0.85),
    (15, 0.7),
    (17, 0.1),
    (24, 0.04),
)
# Offices download: one byte goes up for five that come down.
TRANSMIT_SHARE = 0.2
# One office close to its allocation, so that the demo has something to find.
BUSY_PEAK = 0.85
# The others, lowest and highest share: quiet beside the busiest, and never the same.
QUIET_PEAK = (0.03, 0.12)

# Evidence and recording rules are means of five minutes.
MEAN_SECONDS = 300


@dataclass(frozen=True)
class DayClock:
    """The lab's clock: at ``set_at`` (Unix seconds) it was ``hour``, and it runs ``speed`` times as fast as ours."""

    hour: float
    set_at: float
    speed: float = 30.0
    scale: float = 1.0

    def hour_at(self, now: float) -> float:
        """The hour of the lab's day, 0 to 24."""
        return (self.hour + (now - self.set_at) * self.speed / 3600) % 24

    def to_json(self) -> str:
        """The clock as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "DayClock":
        """The clock back."""
        return cls(**json.loads(text))


def end_of_past(now: float) -> float:
    """Where a made-up past ends: so long before ``now`` that no mean has invented and measured samples in it."""
    return float(int(now) // MEAN_SECONDS * MEAN_SECONDS) - MEAN_SECONDS


def busy(hour: float) -> float:
    """How busy an office is, 0 to 1, straight lines between the points of the curve."""
    for (start, low), (end, high) in pairwise(CURVE):
        if start <= hour <= end:
            return low + (high - low) * (hour - start) / (end - start)
    return CURVE[-1][1]


def peak(opd: str, busiest: str) -> float:
    """The share of its allocation an OPD uses when busiest: always the same for the same name."""
    low, high = QUIET_PEAK
    # crc32, not hash(): that differs from one process to the next.
    return BUSY_PEAK if opd == busiest else low + (high - low) * (crc32(opd.encode()) % 1000) / 1000


def rate(allocation: int, opd: str, busiest: str, hour: float, scale: float) -> int:
    """Bytes per second towards an OPD at an hour, never more than nine tenths of its allocation."""
    # Below the ceiling: what the shaper dropped would be sent and never be seen on the boards.
    return int(min(allocation * 0.9, allocation * peak(opd, busiest) * busy(hour) * scale))
