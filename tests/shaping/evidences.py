"""Evidence for tests: windows with a verdict, an agent's duty whose clocks are moved by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ledgers import CITY

from shaping.delivery import Verdict, WindowVerdict
from shaping.evidence.duty import EvidenceDuty
from shaping.ledger import Revision
from shaping.queues import Queue
from shaping.waiting import WaitingTally

UPLINK = "isp-utama"
QUEUE = Queue("dinkes", "receive", 625_000, 2_500_000)
REVISION = Revision(17, "f" * 64, {QUEUE.key: QUEUE.pair})
# Half past noon of a Monday in the middle of a quarter, WIB.
NOON = datetime(2026, 11, 30, 5, 30, tzinfo=UTC)


def window(verdict: Verdict, ended: float, queue: Queue = QUEUE) -> WindowVerdict:
    """A window of 15 s in which the queue waited for half of the time and sent 100 kB a second."""
    tally = WaitingTally(seconds=15.0, watched=15.0, bytes=1_500_000, samples=150, waiting=75, windows=1)
    return WindowVerdict(queue, ended - 15.0, ended, verdict, 1.0, tally)


@dataclass
class EvidenceScene:
    """A duty, and the two clocks that it sees."""

    state: Path
    wall: float = NOON.timestamp()
    steady: float = 1_000.0
    duty: EvidenceDuty = field(init=False)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Another process: what was only in memory is gone."""
        self.duty = EvidenceDuty(CITY, UPLINK, self.state, clock=lambda: self.wall, steady=lambda: self.steady)

    def sleep(self, seconds: float) -> None:
        """Both clocks go on."""
        self.wall += seconds
        self.steady += seconds

    def judge(self, *verdicts: Verdict, queue: Queue = QUEUE) -> None:
        """Windows that are over now, and the job's turn."""
        self.duty.count([window(verdict, self.steady, queue) for verdict in verdicts], REVISION)
        self.duty.write()

    def hours(self, *verdicts: Verdict, count: int = 1) -> None:
        """So many hours, with these verdicts in each."""
        for _ in range(count):
            self.judge(*verdicts)
            self.sleep(3600)
        self.duty.write()

    @property
    def files(self) -> Sequence[Path]:
        """The quarters' files."""
        return sorted(self.duty.folder.glob("*.jsonl"))
