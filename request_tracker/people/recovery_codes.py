"""Recovery codes: for somebody whose telephone or key is gone. Made together, shown once, kept as hashes, used once."""

import hashlib
import secrets
from datetime import datetime

from request_tracker.store.chain import stamp
from request_tracker.store.database import Store

# Without signs that are mistaken for each other on paper (0 o, 1 l i).
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
CODES = 10  # As many as the well-known services give; they fit on a slip of paper.
# Sixteen of 31 signs are 79 bits: a plain hash of it cannot be searched.
LENGTH, GROUP = 16, 4


def new_codes(store: Store, user: int, now: datetime) -> list[str]:
    """Make an account's codes anew; all earlier ones are void."""
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(LENGTH)) for _ in range(CODES)]
    with store.transaction() as db:
        db.execute("DELETE FROM recovery_codes WHERE user_id = ?", [user])
        rows = [{"hash": _hash(user, code), "user_id": user, "made_at": stamp(now), "used_at": None} for code in codes]
        db.table("recovery_codes").insert_all(rows)
    return ["-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes]


def codes_left(store: Store, user: int) -> int:
    """How many of an account's codes are unused."""
    sql = "SELECT count(*) FROM recovery_codes WHERE user_id = ? AND used_at IS NULL"
    return int(store.value(sql, [user]))


def take_recovery_code(store: Store, user: int, typed: str, now: datetime) -> bool:
    """Use a code up; False where it is none of the account's, or used."""
    code = typed.lower().replace("-", "").replace(" ", "")
    with store.transaction() as db:
        sql = "UPDATE recovery_codes SET used_at = ? WHERE hash = ? AND user_id = ? AND used_at IS NULL"
        return bool(db.execute(sql, [stamp(now), _hash(user, code), user]).rowcount)


def _hash(user: int, code: str) -> str:
    return hashlib.sha256(f"{user}:{code}".encode()).hexdigest()
