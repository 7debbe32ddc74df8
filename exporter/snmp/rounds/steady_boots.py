"""Whether each device goes on running, for all of them at once: sysUpTimes of a round in, who is steady out.

As ``exporter.snmp.device.uptime.follow`` where nothing happened, and a little stricter; who is not steady is followed
there.
"""

import numpy as np
from numpy.typing import NDArray

from exporter.snmp.device.poller import TORN_TIMEOUTS
from exporter.snmp.device.uptime import DRIFT_SECONDS, LATE_TICKS, NEAR_SLACK_TICKS, SLOW_CLOCK, Boot

Ticks = NDArray[np.int64]
Mask = NDArray[np.bool_]


class SteadyBoots:
    """By a device's place: its last sysUpTime, when that was (Unix seconds), and how many rounds it has gone on."""

    def __init__(self, devices: int) -> None:
        self.ticks = np.zeros(devices, np.int64)
        self.at, self._started, self._apart = np.zeros((3, devices))
        self.rounds = np.zeros(devices, np.int64)

    def begin(self, place: int, boot: Boot, timeout_seconds: float) -> None:
        """Go on from what a poll has seen."""
        self.ticks[place], self.at[place], self._started[place] = boot.ticks, boot.answered_at, boot.started
        # Hundredths of a second.
        self._apart[place] = 100 * timeout_seconds * TORN_TIMEOUTS
        self.rounds[place] = 0

    def steady(self, youngest: Ticks, oldest: Ticks, at: float) -> Mask:
        """Whose sysUpTimes go on as they must; of those that did not answer it means nothing."""
        passed = (at - self.at) * 100
        behind = passed - np.maximum(LATE_TICKS, passed * SLOW_CLOCK)
        return (
            (youngest + NEAR_SLACK_TICKS >= self.ticks)
            & (youngest - self.ticks >= behind + 1)
            & (np.abs(at - youngest / 100 - self._started) < DRIFT_SECONDS)
            & (youngest - oldest <= self._apart)
        )

    def keep(self, read: Mask, youngest: Ticks, at: float) -> None:
        """Remember what was read."""
        self.ticks[read], self.at[read] = youngest[read], at
        self.rounds[read] += 1
