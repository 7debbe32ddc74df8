"""Lines that are ill: what each look found in, since when each link is ill out. Pure.

A link stays ill until it was not named for a while, so that a loss about the threshold is one state and no flicker.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from exporter.watch.lines.loss import LossyLink

# A minute of looks in which the link is not named: the window of five minutes has then forgotten most of the loss.
WELL_AFTER_SECONDS = 60.0


@dataclass(frozen=True)
class Illness:
    """An ill link: what it loses by the last look that named it (``named_at``), and since when. Unix seconds."""

    lossy: LossyLink
    since: float
    named_at: float


def follow(before: Mapping[str, Illness], lossy_links: Iterable[LossyLink], at: float) -> dict[str, Illness]:
    """The ill links after a look at ``at``."""
    lossy_now = {lossy.link: lossy for lossy in lossy_links}
    after = {
        name: ill for name, ill in before.items() if name not in lossy_now and at - ill.named_at < WELL_AFTER_SECONDS
    }
    for name, lossy in lossy_now.items():
        since = before[name].since if name in before else at
        after[name] = Illness(lossy, since, at)
    return after
