"""Run inside ``unshare --user --map-root-user --net``: the tracker falls silent before a rate begins and ends.

The agent runs as a process on the real kernel; what its class holds is read from the kernel, not from the agent.
"""

import json
import sys
import time
from pathlib import Path

from ledgers import ledger, timed
from shaped_machine import OFFICES, Tracker, agent, ceiling, interfaces, until

BASE, EVENT = (625_000, 2_500_000), (625_000, 5_000_000)
# Of the event, seconds from when its page is there: three times the agent's wait between two questions.
BEGINS_AFTER, LASTS = 15.0, 6.0


def main() -> None:
    interfaces()
    base = ledger(1, **dict.fromkeys(OFFICES, BASE))
    Tracker.body = base
    office = OFFICES[1]
    with agent(Path(sys.argv[1]), "127.0.0.1:9832"):
        until(lambda: ceiling() == BASE[1] and Tracker.proofs)
        begin = time.time() + BEGINS_AFTER
        end = begin + LASTS
        pages = Tracker.answers[200]
        Tracker.body = timed(base, (begin, 2, {office: EVENT}), (end, 3, {office: BASE}))
        until(lambda: Tracker.answers[200] > pages)
        Tracker.silent = True
        before = time.time()
        until(lambda: ceiling() == EVENT[1])
        begun = time.time()
        until(lambda: ceiling() == BASE[1])
        ended = time.time()
        Tracker.silent = False
        until(lambda: any(proof["revision"] == 3 for proof in Tracker.proofs))
    last = Tracker.proofs[-1]
    (read,) = [row for row in last["readback"] if (row["opd"], row["direction"]) == (office, "receive")]
    found = {"applied_before": before < begin, "not_early": begun >= begin and ended >= end, "ok": last["ok"]}
    print(json.dumps({**found, "read": read["ceiling"], "same_hash": last["hash"] == base["hash"]}))


if __name__ == "__main__":
    main()
