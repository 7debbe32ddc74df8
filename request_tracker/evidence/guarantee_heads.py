"""Where each shaping agent's evidence of a quarter stood last: its proofs in, the head of its chain out.

The file stays with the agent. What is kept here, among proofs that the anchor holds, says later that no line of it was
written anew: ``lebarpita-shaping evidence verify --hash`` finds the line.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from request_tracker.words.bilingual import Both, filled

# Digits of the hash on a paper: few enough to type, and of a quarter's 2,209 lines no two begin alike.
SHOWN_HASH = 16
# An agent tells the end of a quarter within the hour after it.
_AFTER = timedelta(days=1)
_NEWEST = """SELECT agent, body FROM proofs WHERE id IN (
    SELECT max(id) FROM proofs
    WHERE received_at >= ? AND received_at < ? AND json_extract(body, '$.evidence.quarter') = ? GROUP BY agent
) ORDER BY agent"""
_TEXT = Both("triwulan {}: sidik {}… sampai {}", "quarter {}: fingerprint {}… up to {}")


@dataclass(frozen=True)
class GuaranteeHead:
    """``until`` is the moment up to which its lines speak, in the office's zone; ``hash`` the last line's sha256."""

    agent: str
    quarter: str
    until: datetime
    hash: str

    @property
    def text(self) -> Both:
        """``triwulan 2026Q4: sidik 0a1b2c3d4e5f6071… sampai 30-11-2026 12.00``."""
        return filled(_TEXT, self.quarter, self.hash[:SHOWN_HASH], f"{self.until:%d-%m-%Y %H.%M}")


def guarantee_head(agent: str, part: Mapping[str, Any], local: Callable[[datetime], datetime]) -> GuaranteeHead:
    """The head that a proof tells (``evidence`` of it, checked when it came)."""
    until = local(datetime.fromtimestamp(part["until"], UTC))
    return GuaranteeHead(agent, part["quarter"], until, part["hash"])


def guarantee_heads(
    store: Store, quarter: str, moments: tuple[datetime, datetime], local: Callable[[datetime], datetime]
) -> tuple[GuaranteeHead, ...]:
    """Each agent's last one of the quarter that lies between these moments; none where no agent told any."""
    begin, end = moments
    rows = store.rows(_NEWEST, [stamp(begin), stamp(end + _AFTER), quarter])
    return tuple(guarantee_head(row["agent"], json.loads(row["body"])["evidence"], local) for row in rows)
