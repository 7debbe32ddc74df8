"""kill -9 at random moments of each kind of write, over a hundred in all: nothing told is lost, nothing stands twice.

One child after the other acts on the same database and says what it has done; the parent kills it at a moment
that chance names, then lets the next one go on. ``LEBARPITA_KILLS=100`` kills a hundred times in each kind.

Where people sign, chance is not enough: by every door the child is killed before each statement in turn.
"""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from broken_statements import Snapshot
from doors import DOORS, Sent, stands
from kills import MOMENTS, Act, killed, killed_at
from tracker_office import FIFTY, HEAD, MONDAY, TECHNICIAN, request, to_technician, true_proof
from tracker_papers import PDF
from tracker_site import Site

from request_tracker.cases import ApplyAllocation, Desk, Sign, read_case, run
from request_tracker.cases.proofs import record_proof
from request_tracker.custody.upkeep import audit
from request_tracker.store import files

CASES = 3 * MOMENTS
LONGEST_SECONDS = 0.03


def opens(desk: Desk, turn: int) -> str:
    """A new case with its number, its messages and its secret link."""
    return request(desk, idempotency_key=f"turn-{turn}")


def signs(desk: Desk, turn: int) -> str:
    """A signature on a case of its own."""
    number = f"PKL-BW/2026/{turn + 1:06d}"
    run(desk, number, Sign("PKL-B-02", note="proses"), HEAD, MONDAY + timedelta(minutes=1))
    return number


def applies(desk: Desk, turn: int) -> str:
    """The technician's rates: a batch of the ledger and a signature in one."""
    number = f"PKL-BW/2026/{turn + 1:06d}"
    run(desk, number, ApplyAllocation("PKL-B-04", FIFTY), TECHNICIAN, MONDAY + timedelta(seconds=turn))
    return number


def finishes(desk: Desk, turn: int) -> str:
    """A proof that lets the waiting case go on: the proof, the case's events and its messages in one."""
    if read_case(desk, f"PKL-BW/2026/{turn + 1:06d}").awaiting is None:
        applies(desk, turn)
    now = MONDAY + timedelta(seconds=turn)
    return record_proof(desk, true_proof(desk, now, agent=f"agent-{turn}"), now).finished[0]


def attaches(desk: Desk, turn: int) -> str:
    """A paper: the file first, then its row."""
    content = b"%PDF-1.7 " + str(turn).encode() * 500
    with desk.store.transaction() as db:
        return str(
            files.keep(
                db, desk.store.path.parent / "files", files.PaperFile(content, "a.pdf", "application/pdf"), MONDAY
            ).sha256
        )


def proves(desk: Desk, turn: int) -> str:
    """A proof of the shaping agent."""
    record_proof(desk, true_proof(desk, MONDAY, agent=f"agent-{turn}"), MONDAY)
    return f"agent-{turn}"


def stored(desk: Desk, act: Act) -> list[str]:
    """What stands in the database of such acts, in the words in which they were told."""
    queries: dict[Act, str] = {
        opens: "SELECT number AS told FROM cases",
        applies: "SELECT case_number AS told FROM ledger WHERE case_number IS NOT NULL",
        finishes: "SELECT c.number AS told FROM events e JOIN cases c ON c.id = e.case_id"
        " WHERE e.kind = 'allocation_verified'",
        signs: "SELECT c.number AS told FROM events e JOIN cases c ON c.id = e.case_id"
        " WHERE e.kind = 'signed' AND e.step = 'PKL-B-02'",
        attaches: "SELECT sha256 AS told FROM files",
        proves: "SELECT agent AS told FROM proofs",
    }
    return [row["told"] for row in desk.store.rows(queries[act])]


def prepare(desk: Desk, act: Act) -> None:
    """The cases that the act needs, walked to where it can be done."""
    for turn in range(CASES if act in (signs, applies, finishes) else 0):
        number = opens(desk, turn)
        if act is not signs:
            to_technician(desk, number)


@pytest.mark.parametrize("act", [opens, signs, applies, finishes, attaches, proves], ids=lambda act: act.__name__)
def test_X_AUD_killed_at_any_moment_nothing_told_is_lost_and_nothing_stands_twice(desk: Desk, act: Act) -> None:
    chance = random.Random(act.__name__)
    prepare(desk, act)
    told = [act(desk, 0)]
    begun = time.monotonic()
    told.append(act(desk, 1))
    # The children inherit the SOP this process has read; on a busy machine they get the time of some acts all the same.
    longest = max(LONGEST_SECONDS, 4 * (time.monotonic() - begun))
    for moment in range(2 * MOMENTS):
        if moment >= MOMENTS:
            if len(told) > 2:
                break
            # So busy a machine that no child was done once: each has twice the time of the one before.
            longest *= 2
        first = len(stored(desk, act))
        told += killed(desk, act, first, chance.uniform(0.002, longest))
    found = Counter(stored(desk, act))
    assert set(told) <= set(found)
    assert set(found.values()) == {1}
    assert set(Counter(stored(desk, applies)).values()) <= {1}
    assert len(told) > 2
    assert audit(desk, desk.store.path.parent / "files") == []


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_X_AUD_killed_before_any_statement_of_signing_there_is_all_of_it_or_nothing(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: Callable[[Site], Sent]
) -> None:
    # The typesetter's threads do not live on in a forked child. It has no part in the transaction.
    monkeypatch.setattr("request_tracker.letters.keeping.set_paper", lambda paper, own: PDF)
    sent = door(site)
    before, nothing = Snapshot(site.desk, tmp_path), stands(site.desk)
    assert sent.send() == sent.taken
    everything, found = stands(site.desk), []
    for statement in count(1):
        before.put_back()
        if not killed_at(site.desk, sent.send, statement):
            break
        found.append(stands(site.desk))
    whole = found.index(everything)
    assert whole > 5 and found == [nothing] * whole + [everything] * (len(found) - whole)
    assert stands(site.desk) == everything
    assert audit(site.desk, site.desk.store.path.parent / "files") == []
