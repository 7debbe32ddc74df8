"""A disk that takes no more: nothing told is lost, nothing stands half, people read a sentence, room helps at once.

A child process may not let any file grow past a limit, which to SQLite and to us is a full disk.
"""

import errno
import json
import os
import re
import resource
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from tracker_office import INVENTORY, MBIT, MONDAY, request, true_proof
from tracker_papers import pdf
from tracker_site import Site

from request_tracker.cases import Allocation, Desk
from request_tracker.config import TrackerConfig
from request_tracker.custody.backup import backup
from request_tracker.custody.upkeep import audit
from request_tracker.errors import NotStored, TrackerError
from request_tracker.ledger import allocations
from request_tracker.people.sessions import add_token
from request_tracker.reports.export import export
from request_tracker.store import files

FORM = {
    "opd": "dinkes",
    "wanted_receive": "50",
    "purpose": "terisi dengan susah payah",
    "contact_name": "Nama",
    "contact_phone": "08",
}
ROOM_BYTES = 250_000
FULL = "penyimpanan pelacak penuh"


def limited(desk: Desk, room: int, body: Callable[[Callable[[], None]], Any]) -> Any:
    """What ``body`` returns in a child whose files stay below ``room`` bytes until it calls what it is given."""
    desk.store.close()
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
        try:
            answer = body(lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before))
        except BaseException as error:
            answer = f"failed: {error!r}"
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as told:
        answer = json.loads(told.read())
    os.waitpid(pid, 0)
    return answer


def until_full(act: Callable[[int], str], make_room: Callable[[], None]) -> dict[str, Any]:
    """Act until the disk is full, then make room and act once more."""
    told: list[str] = []
    for turn in range(1000):
        try:
            told.append(act(turn))
        except NotStored as error:
            make_room()
            return {"told": [*told, act(turn + 1)], "sentence": error.text(), "log": str(error)}
    raise AssertionError("the disk was never full")


def attach(desk: Desk, turn: int) -> str:
    content = pdf(str(turn).encode() * 10_000 * (turn + 1))
    with desk.store.transaction() as db:
        folder = desk.store.path.parent / "files"
        return str(files.keep(db, folder, files.PaperFile(content, "a.pdf", "application/pdf"), MONDAY).sha256)


ACTS: dict[str, tuple[Callable[[Desk, int], str], str]] = {
    "cases": (lambda desk, turn: request(desk, idempotency_key=f"turn-{turn}"), "SELECT number AS told FROM cases"),
    "attachments": (attach, "SELECT sha256 AS told FROM files"),
}


@pytest.mark.parametrize("kind", ACTS)
def test_X_AUD_on_a_full_disk_nothing_told_is_lost_and_nothing_stands_half(desk: Desk, kind: str) -> None:
    act, query = ACTS[kind]
    answer = limited(desk, ROOM_BYTES, lambda room: until_full(lambda turn: act(desk, turn), room))
    assert FULL in answer["sentence"] and "cannot write now" in answer["log"]
    assert len(answer["told"]) > 1
    assert sorted(row["told"] for row in desk.store.rows(query)) == sorted(answer["told"])
    kept = [path for path in (desk.store.path.parent / "files").rglob("*") if path.is_file()]
    assert len(kept) == (len(answer["told"]) if kind == "attachments" else 0)
    assert audit(desk, desk.store.path.parent / "files") == []


def sent(site: Site, turn: int) -> tuple[int, str]:
    letter = (BytesIO(pdf(str(turn).encode())), "surat.pdf")
    answer = site.post("/permohonan", key=f"key-{turn}", **FORM, letter=letter)
    return answer.status_code, answer.text


def requests_until_full(site: Site, make_room: Callable[[], None]) -> dict[str, Any]:
    pages: list[str] = []
    for turn in range(1000):
        status, text = sent(site, turn)
        if status != 200:
            make_room()
            return {"told": pages, "status": status, "page": text, "again": sent(site, turn)}
        pages.append(re.findall(r">(TT-\d+)<", text)[0])
    raise AssertionError("the disk was never full")


def test_PKL_B_01_a_full_disk_is_told_on_the_form_with_everything_typed_still_in_it(site: Site) -> None:
    answer = limited(site.desk, ROOM_BYTES, lambda room: requests_until_full(site, room))
    assert answer["status"] == 503 and FULL in answer["page"] and FORM["purpose"] in answer["page"]
    assert "Traceback" not in answer["page"] and "tracker.db" not in answer["page"]
    stored = [f"TT-{row['id']}" for row in site.desk.store.rows("SELECT id FROM inbox ORDER BY id")]
    assert answer["told"] and stored[:-1] == answer["told"]
    assert answer["again"][0] == 200 and stored[-1] in answer["again"][1]
    assert audit(site.desk, site.desk.store.path.parent / "files") == []


def test_the_agents_proof_is_asked_for_again_when_the_disk_is_full(site: Site) -> None:
    head = {"Authorization": f"Bearer {add_token(site.desk.store, 'agent', ['proofs:write'], MONDAY)}"}
    opening = Allocation(2 * MBIT, 10 * MBIT, 2 * MBIT, 10 * MBIT)
    with site.desk.store.transaction() as db:
        allocations.write(
            site.desk.store, db, [allocations.Change("dinkes", opening, "system", None, "saldo awal")], MONDAY
        )
    proof = true_proof(site.desk, MONDAY, said="x" * 100_000)

    def post(make_room: Callable[[], None]) -> list[Any]:
        full = site.client.post("/api/proofs", json=proof, headers=head)
        make_room()
        return [
            full.status_code,
            (full.json or {})["error"],
            site.client.post("/api/proofs", json=proof, headers=head).json,
        ]

    full, sentence, then = limited(site.desk, 60_000, post)
    assert (full, "send it again" in sentence, then["accepted"]) == (503, True, True)
    assert site.desk.store.value("SELECT count(*) FROM proofs") == 1


def test_an_export_that_finds_no_room_leaves_no_half_file_that_would_exist_the_next_time(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(out: BinaryIO, *_: Any) -> int:
        out.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    request(desk)
    with monkeypatch.context() as full:
        full.setattr("request_tracker.reports.export.write", no_room)
        with pytest.raises(TrackerError, match="cannot be written: No space left"):
            export(desk, "events", tmp_path / "events.csv")
    assert list(tmp_path.glob("events.csv*")) == []
    assert export(desk, "events", tmp_path / "events.csv") > 2
    assert [path.name for path in tmp_path.glob("events.csv*")] == ["events.csv"]


def test_a_backup_that_finds_no_room_leaves_no_half_file(desk: Desk, tmp_path: Path) -> None:
    config = TrackerConfig(inventory=INVENTORY, database=desk.store.path, files=tmp_path / "files")

    def save(make_room: Callable[[], None]) -> list[Any]:
        with pytest.raises(TrackerError, match="no backup was written") as told:
            backup(desk.store, config, tmp_path / "copy.zip")
        left = [path.name for path in tmp_path.glob("copy.zip*")]
        make_room()
        backup(desk.store, config, tmp_path / "copy.zip")
        return [str(told.value), left, (tmp_path / "copy.zip").exists()]

    _, left, then = limited(desk, ROOM_BYTES, save)
    assert (left, then) == ([], True)
