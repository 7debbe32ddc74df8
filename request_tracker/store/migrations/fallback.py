"""Plans for the loss of an uplink: what was asked to be signed, and what became of it."""

from sqlite_utils import Database, Migrations

migrations = Migrations("fallback")


@migrations()
def fallback_plans(db: Database) -> None:
    """``content`` is canonical JSON with its sha256 beside it; ``outcome``: confirmed, refused, replaced, withdrawn."""
    db.execute(
        """CREATE TABLE fallback_plans (
             id INTEGER PRIMARY KEY, loss TEXT NOT NULL, content TEXT NOT NULL, hash TEXT NOT NULL,
             asked_by TEXT NOT NULL, asked_at TEXT NOT NULL, decided_by TEXT, decided_at TEXT, outcome TEXT) STRICT"""
    )
    # What is signed is what was asked: only a decision is ever added to a row.
    db.execute(
        "CREATE TRIGGER fallback_plans_same BEFORE UPDATE OF id, loss, content, hash, asked_by, asked_at"
        " ON fallback_plans BEGIN SELECT RAISE(ABORT, 'fallback_plans: what was asked is never changed'); END"
    )
    db.execute(
        "CREATE TRIGGER fallback_plans_no_delete BEFORE DELETE ON fallback_plans"
        " BEGIN SELECT RAISE(ABORT, 'fallback_plans is append-only'); END"
    )


@migrations()
def newest_proofs(db: Database) -> None:
    """The wall asks for each agent's newest proof every few seconds; the table only grows, and a proof is large."""
    db.execute("CREATE INDEX proofs_of_agent ON proofs (agent)")
