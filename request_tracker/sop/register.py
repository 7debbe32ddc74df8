"""The register of SOP revisions: approve, and read what is in force or what a running case keeps by hash."""

from datetime import date, datetime
from functools import lru_cache

from request_tracker.errors import NotThere, TrackerError
from request_tracker.sop.loader import approved_sop
from request_tracker.sop.model import Sop
from request_tracker.sop.words import Vocabulary, unknown_words
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store


def approve(store: Store, sop: Sop, effective_on: date, by: str, now: datetime) -> bool:
    """Store a revision for good; True if it is new. A changed text under a known revision is refused."""
    with store.transaction() as db:
        row = store.row("SELECT hash FROM sop_revisions WHERE code = ? AND revision = ?", [sop.code, sop.revision])
        # The same text again is no fault: ``init`` may be run again over an office that has begun.
        if row and row["hash"] == sop.hash:
            return False
        if row:
            raise TrackerError(
                f"{sop.code} revisi {sop.revision} is already approved with another text; "
                f"raise revisi to {sop.revision + 1} and approve that"
            )
        db.table("sop_revisions").insert(
            {
                "code": sop.code,
                "revision": sop.revision,
                "hash": sop.hash,
                "text": sop.text,
                "effective_on": effective_on.isoformat(),
                "approved_at": stamp(now),
                "approved_by": by,
            }
        )
    return True


def in_force(store: Store, code: str, day: date) -> Sop:
    """The newest revision effective on that day (the office's date); Refused if there is none."""
    row = store.row(
        "SELECT hash, text FROM sop_revisions WHERE code = ? AND effective_on <= ? ORDER BY revision DESC",
        [code, day.isoformat()],
    )
    if row is None:
        raise NotThere("unknown_sop", code=code)
    return _parsed(row["hash"], row["text"])


def all_in_force(store: Store, day: date) -> list[Sop]:
    """Every SOP in force on that day, by code."""
    codes = store.rows(
        "SELECT DISTINCT code FROM sop_revisions WHERE effective_on <= ? ORDER BY code", [day.isoformat()]
    )
    return [in_force(store, row["code"], day) for row in codes]


def hashes_in_force(store: Store, day: date) -> tuple[str, ...]:
    """The revisions that were in force by that day: of two of one SOP the later one says, which comes last."""
    query = "SELECT hash FROM sop_revisions WHERE effective_on <= ? ORDER BY code, revision"
    return tuple(row["hash"] for row in store.rows(query, [day.isoformat()]))


def codes(store: Store) -> list[str]:
    """The code of every SOP that was ever approved."""
    return [row["code"] for row in store.rows("SELECT DISTINCT code FROM sop_revisions ORDER BY code")]


def by_hash(store: Store, hash_: str) -> Sop:
    """The revision a case keeps; KeyError cannot happen, because revisions are never deleted."""
    row = store.row("SELECT hash, text FROM sop_revisions WHERE hash = ?", [hash_])
    if row is None:
        raise TrackerError(f"the SOP revision {hash_[:12]} is not in the register; restore it from a backup")
    return _parsed(row["hash"], row["text"])


def read_all(store: Store, vocabulary: Vocabulary) -> int:
    """Read every revision once, so that none is read under way; how many there are.

    Raises TrackerError where one names an action or a paper that this version lacks: its cases could not be walked.
    """
    sops = [by_hash(store, row["hash"]) for row in store.rows("SELECT hash FROM sop_revisions")]
    unknown = [
        f"{sop.code} revisi {sop.revision}: {message}; install the version of the tracker that has it"
        for sop in sops
        for _, message in unknown_words(sop, vocabulary)
    ]
    if unknown:
        raise TrackerError("\n".join(unknown))
    return len(sops)


# By the hash, so that a new revision is another entry. The loader that keeps line numbers is slow, and a page of many
# cases would parse the same few SOPs again for each of them.
@lru_cache(maxsize=64)
def _parsed(hash_: str, text: str) -> Sop:
    return approved_sop(text, f"register {hash_[:12]}")
