"""Beacons: hosts that call a place of which nobody else in the city hears, as regularly as a clock. Pure.

The method and what it does not see: ``docs/why/attacks.md``. What was called stands in ``regular_calls``.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from exporter.flows.history.attack_signs import MOST_SIGNS, AttackSign, Rows
from exporter.flows.history.key_sums import HOST, PORT_BIT, PORT_MASK, REMOTE
from exporter.flows.history.regular_calls import RegularCalls
from exporter.flows.history.usage_rows import host_text, network_text, network_words

BEACON = "beacon"
# Calls, and minutes that they last: what a person does is not as regular for as long.
LEAST_CALLS, LEAST_MINUTES = 10, 30
# Minutes between two calls, at most: the alert remembers a sign for ten.
MOST_PERIOD = 10
# A call may stray from its clock by a tenth of the period (jitter) and by the grain of a minute. The line is drawn from
# the first to the last, which stray too: twice the jitter for a distance from it, four times for two gaps' difference.
_GRAIN, _JITTER = 1.0, 0.1
# Bytes: a call each minute may be one connection that is kept open, but a hello of TLS with its packets is larger than
# the sign of life that such a connection gives.
_HANDSHAKE = 600
# Minutes: a shorter period means a call in nearly every minute.
_EVERY_MINUTE = 1.5
_OPD, _SERVICE = 4, 5


def beacon_signs(calls: RegularCalls, codes: Sequence[str]) -> list[AttackSign]:
    """Those that called in the newest minute, the most calls first and at most MOST_SIGNS."""
    judged = np.flatnonzero(calls.calls[:, 0] & (calls.calls.sum(axis=1) >= LEAST_CALLS))
    return sorted(_signs(calls.at(judged), codes), key=lambda sign: -sign.number)[:MOST_SIGNS]


def regular(ages: Rows, size: float) -> int:
    """How many of the newest calls are regular, 0 where they are not; ``ages`` in minutes, from 0 on.

    ``size``: bytes of the smallest call.
    """
    newest = ages[: max(LEAST_CALLS, int(np.searchsorted(ages, LEAST_MINUTES, "right")))]
    if len(newest) < LEAST_CALLS:
        return 0
    period = float(newest[-1]) / (len(newest) - 1)
    if period > MOST_PERIOD or newest[-1] + period < LEAST_MINUTES or (period < _EVERY_MINUTE and size < _HANDSHAKE):
        return 0
    distance = np.abs(newest - period * np.arange(len(newest))).max()
    gaps = np.diff(newest)
    stray = _JITTER * period
    punctual = distance <= _GRAIN + 2 * stray and gaps.max() - gaps.min() <= _GRAIN + 4 * stray
    return len(newest) if punctual else 0


def _signs(calls: RegularCalls, codes: Sequence[str]) -> Iterator[AttackSign]:
    # Of a remote side only its network is told beyond a day (UU 27/2022).
    networks = network_words(*(calls.keys[word] for word in REMOTE))
    for row in range(len(calls.smallest)):
        number = regular(np.flatnonzero(calls.calls[row]), float(calls.smallest[row]))
        if number:
            yield AttackSign(
                BEACON,
                codes[int(calls.keys[_OPD, row])],
                host_text(*(int(calls.keys[word, row]) for word in HOST)),
                True,
                int(calls.keys[_SERVICE, row] >> PORT_BIT & PORT_MASK),
                number,
                int(number * calls.smallest[row]),
                network_text(*(int(word[row]) for word in networks)),
            )
