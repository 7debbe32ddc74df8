"""Run inside ``unshare --user --map-root-user --net``: the agent as a process of its own beside a tracker, as JSON.

A ledger is applied, somebody's hand is mended, a signature arrives, a large change waits, a kill leaves nothing.
"""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from ledgers import ledger
from shaped_machine import OFFICES, Tracker, agent, ceiling, interfaces, until

ADDRESS = "127.0.0.1:9830"


def main() -> None:
    interfaces()
    Tracker.body = ledger(1, **dict.fromkeys(OFFICES, (625_000, 2_500_000)))
    with agent(Path(sys.argv[1]), ADDRESS) as process:
        print(json.dumps(story(process)))


def story(process: "subprocess.Popen[bytes]") -> dict[str, Any]:
    until(lambda: ceiling() == 2_500_000 and Tracker.proofs)
    time.sleep(2.0)
    calm = len(Tracker.proofs)
    change = "tc class change dev lan parent 1eb:1 classid 1eb:11 htb rate 1mbit ceil 1mbit quantum 1514"
    subprocess.run(change.split(), check=True)
    hand = until(lambda: ceiling() == 2_500_000)
    until(lambda: any("drift" in proof for proof in Tracker.proofs))
    figures = dict.fromkeys(OFFICES, (625000, 2500000))
    office = OFFICES[1]
    Tracker.body = ledger(2, **(figures | {office: (625_000, 5_000_000)}))
    signed = until(lambda: ceiling() == 5_000_000)
    Tracker.body = ledger(3, **dict.fromkeys(OFFICES, (125_000, 125_000)))
    until(lambda: "lebarpita_shaping_waits_for_a_person 1.0" in page())
    told = page()
    beside = children(process.pid)
    process.kill()
    process.wait()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in beside))
    return {
        "hand": hand,
        "signed": signed,
        "held": ceiling(),
        "answers": {str(status): count for status, count in Tracker.answers.items()},
        "drift": [proof["drift"]["changes"] for proof in Tracker.proofs if "drift" in proof],
        "calm": calm,
        "counted": [line for line in told.splitlines() if line.startswith("lebarpita_shaping_drift_noticed_total{")],
        "watchdogs": len(beside),
        "office": office,
    }


def page() -> str:
    with urlopen(f"http://{ADDRESS}/metrics", timeout=60) as answer:
        return str(answer.read().decode())


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main()
