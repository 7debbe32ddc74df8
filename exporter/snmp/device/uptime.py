"""When a device was started, followed through reboots and through sysUpTime's wrap after 497 days. Pure.

sysUpTime counts hundredths of a second in 32 bits (RFC 3418), so a fall is a reboot unless the wrap was due.
"""

from dataclasses import dataclass, replace

# TimeTicks are hundredths of a second in 32 bits (RFC 2578, 7.1.8): 497 days.
WRAP_TICKS = 2**32
# Longer than an answer is ever under way (timeout and retries); below it the start stays the same to the bit.
DRIFT_SECONDS = 5.0
# A wrap is believed within a minute of when it was due.
_WRAP_SLACK_TICKS = 6_000
# The answers of one poll differ by up to a second.
NEAR_SLACK_TICKS = 100
# Ten seconds that sysUpTime may lag: an answer's way, and agents that renew it seldom.
LATE_TICKS = 1_000
# A device's clock may run 2 % slow; sysUpTime that lags further behind has begun anew and overtaken its old value.
SLOW_CLOCK = 0.02


@dataclass(frozen=True)
class Boot:
    """``started`` (Unix seconds) stays the same to the bit while the device runs; ``reboots`` are those seen."""

    started: float
    ticks: int
    answered_at: float
    wraps: int = 0
    reboots: int = 0

    @property
    def uptime_seconds(self) -> float:
        """How long the device has been running, wraps included."""
        return (self.ticks + self.wraps * WRAP_TICKS) / 100

    def moment(self, ticks: int) -> float:
        """The Unix second at which sysUpTime was ``ticks``; a value ahead of now is from before the last wrap."""
        ahead = ticks > self.ticks + NEAR_SLACK_TICKS and self.wraps
        return self.started + (ticks + (self.wraps - (1 if ahead else 0)) * WRAP_TICKS) / 100


def follow(previous: Boot | None, ticks: int, now: float) -> Boot:
    """The boot after another look at sysUpTime; ``now`` is in Unix seconds."""
    if previous is None:
        return Boot(now - ticks / 100, ticks, now)
    # What sysUpTime should say now, had nothing happened.
    due = previous.ticks + int((now - previous.answered_at) * 100)
    slack = max(LATE_TICKS, (due - previous.ticks) * SLOW_CLOCK)
    if ticks + NEAR_SLACK_TICKS >= previous.ticks and ticks >= due - slack:
        return _steady(replace(previous, ticks=ticks, answered_at=now), now)
    # It fell to just where the wrap would have put it: no reboot.
    if abs(due - WRAP_TICKS - ticks) < _WRAP_SLACK_TICKS:
        return _steady(replace(previous, ticks=ticks, answered_at=now, wraps=previous.wraps + 1), now)
    return Boot(now - ticks / 100, ticks, now, reboots=previous.reboots + 1)


def _steady(boot: Boot, now: float) -> Boot:
    """The same start, unless the clocks have drifted apart by more than answers ever jitter."""
    started = now - boot.uptime_seconds
    return boot if abs(started - boot.started) < DRIFT_SECONDS else replace(boot, started=started)
