"""What a part does on a disk that takes no more: run inside ``small_disk``; prints what the test is to know, as JSON.

``python full_disk_scenes.py SCENE FOLDER``: the folder is a file system of a few megabytes, and full means ENOSPC.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from exporter.flows.history.key_sums import KEY_WORDS, MinuteSums, keyed
from exporter.flows.history.minute_wire import MinuteToWrite, minute_bytes
from exporter.flows.history.parquet import main as write_history
from exporter.flows.history.parquet import reading
from exporter.watch.journal import Journal
from exporter.watch.outages import Outage
from runtime.health import folder_fault
from shaping.state import load, save

FORM = {"opd": "dinkes", "wanted_receive": "50", "purpose": "uji", "contact_name": "Nama", "contact_phone": "08"}


def fill(folder: Path) -> Path:
    """A file that takes all the room there is."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    return filler


def tracker(folder: Path) -> dict[str, Any]:
    """Requests with a letter until the disk is full; pages meanwhile; the same form again once there is room."""
    # Here and not above: the other scenes carry no Flask.
    from tracker_papers import other_pdf  # noqa: PLC0415
    from tracker_site import new_site  # noqa: PLC0415

    from request_tracker.config import DiskPart  # noqa: PLC0415
    from request_tracker.custody.upkeep import audit  # noqa: PLC0415

    os.environ["SESSION"] = "rahasia-sesi-yang-panjang"
    # No floor: here the disk itself refuses, as it does where others fill it faster than the floor is looked at.
    site, reserve = new_site(folder, disk=DiskPart(least_free_megabytes=0)), folder / "reserve"
    reserve.write_bytes(bytes(2 * 2**20))

    def send(turn: int) -> tuple[int, str]:
        # Something that is kept: what stands between a PDF's objects is not.
        letter = other_pdf(os.urandom(60_000).hex())
        answer = site.post("/permohonan", **FORM, key=f"key-{turn}", letter=(BytesIO(letter), "s.pdf"))
        return answer.status_code, answer.text

    told = 0
    while (answer := send(told))[0] == 200:
        told += 1
    pages = {page: site.client.get(page).status_code for page in ("/", "/permohonan", "/status", "/masuk", "/sop")}
    health = {page: site.client.get(page).status_code for page in ("/healthz", "/readyz", "/api/health")}
    reserve.unlink()
    again = send(told)[0]
    stored = site.desk.store.value("SELECT count(*) FROM inbox")
    faults = audit(site.desk, folder / "files")
    return {
        **{"told": told, "full": answer, "pages": pages, "health": health},
        **{"again": again, "stored": stored, "faults": faults},
    }


def watch(folder: Path) -> dict[str, Any]:
    """Outages before, during and after; what a watch that starts anew reads of them."""
    journal = Journal(folder / "outages.jsonl")
    before = [Outage(f"root-{n}", "link", 1000.0 + n, ("dinkes",)) for n in range(3)]
    for outage in before:
        journal.write(outage)
    filler = fill(folder)
    turn = 0
    while not journal.failures:
        journal.write(Outage(f"full-{turn}", "link", 2000.0 + turn, ("dinkes" * 50,)))
        turn += 1
    filler.unlink()
    journal.write(Outage("after", "link", 3000.0, ("dinkes",)))
    anew = Journal(journal.path)
    anew.load()
    roots = [outage.root for outage in anew.outages.values()]
    return {"failures": journal.failures, "anew_failures": anew.failures, "roots": roots, "written": turn - 1}


def shaping(folder: Path) -> dict[str, Any]:
    """The last good ledger stays until the next one is whole."""
    path = folder / "ledger.json"
    save(path, {"revision": 1})
    filler = fill(folder)
    try:
        save(path, {"revision": 2, "rows": list(range(20_000))})
        refused = ""
    except OSError as error:
        refused = str(error.strerror)
    during = load(path)
    filler.unlink()
    save(path, {"revision": 2})
    left = sorted(entry.name for entry in folder.iterdir())
    return {"refused": refused, "during": during, "after": load(path), "left": left}


def history(folder: Path) -> dict[str, Any]:
    """A minute that finds no room leaves no half file under its name; the next one is written."""
    hosts, cut = np.arange(20_000, dtype=np.uint64), np.zeros((KEY_WORDS - 1, 20_000), np.uint64)
    sums = MinuteSums.empty(1)
    sums.add(keyed(np.vstack((hosts + np.uint64(2**40), cut)), hosts))
    content = minute_bytes(MinuteToWrite(60, ("dinkes",), len(hosts), sums))
    filler = fill(folder)
    codes = []
    for room in (False, True):
        if room:
            filler.unlink()
        read, write = os.pipe()
        if (pid := os.fork()) == 0:
            os.close(write)
            os.dup2(read, 0)
            os._exit(write_history([str(folder), "36500"]))
        os.close(read)
        with suppress(BrokenPipeError), os.fdopen(write, "wb") as feed:
            feed.write(content)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        if not room:
            half = [path.name for path in folder.glob("*.parquet")]
    with reading(folder, 0) as ask:
        total = ask("SELECT sum(bytes) FROM uses", [])[0][0]
    return {"codes": codes, "half": half, "total": int(str(total)), "wanted": int(hosts.sum())}


def readiness(folder: Path) -> dict[str, Any]:
    """What a part says of its folder before, while it is full, and with room again."""
    before, filler = folder_fault(folder), fill(folder)
    during = folder_fault(folder)
    filler.unlink()
    return {"before": before, "during": during, "after": folder_fault(folder)}


SCENES: dict[str, Callable[[Path], dict[str, Any]]] = {
    "tracker": tracker,
    "watch": watch,
    "shaping": shaping,
    "history": history,
    "readiness": readiness,
}


if __name__ == "__main__":
    print(json.dumps(SCENES[sys.argv[1]](Path(sys.argv[2]))))
