"""The configuration's part on advice: thresholds by which a request is judged; evidence reads no more of it."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from inventory.model import Rate


class EvidencePart(BaseModel):
    """By what the advice on a request is judged; ``docs/why/evidence.md`` has the reasons of the usual values.

    ``used_percent``: of its ceiling, from which a direction needs more; ``comfortable_percent``: what its p95 should be
    of a new one; ``least_measured_percent``: of the window, below which nothing is judged; ``most_impossible_percent``:
    of the means, above the port's speed; ``round_to``: the ceilings that are advised are multiples of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    # From four fifths on, queues form in the busy hour; at three fifths a year's growth of 30 % fits.
    used_percent: Annotated[int, Field(ge=50, le=95)] = 80
    comfortable_percent: Annotated[int, Field(ge=30, le=90)] = 60
    # Fifteen days of thirty: every weekday twice.
    least_measured_percent: Annotated[int, Field(ge=10, le=100)] = 50
    # A counter that was set back wrongly makes one such mean; more than one in a hundred is no accident.
    most_impossible_percent: Annotated[int, Field(ge=0, le=50)] = 1
    # As allocations are sold and written: 5 Mbit/s.
    round_to: Rate = 625_000

    @model_validator(mode="after")
    def _falls(self) -> "EvidencePart":
        if self.comfortable_percent >= self.used_percent:
            raise ValueError("comfortable_percent must be below used_percent, or a new ceiling is full at once")
        return self
