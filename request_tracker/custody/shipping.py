"""A backup off the machine: checked whole, encrypted, sent by the office's command, written down once there."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from request_tracker.backup_settings import BackupPart
from request_tracker.custody.backup import damages
from request_tracker.custody.office_commands import filled, run
from request_tracker.errors import TrackerError
from request_tracker.store.chain import stamp
from request_tracker.store.database import Store
from request_tracker.store.rights_journal import CLOCK_AT, RightsAct, record

SENT, DRILLED = "backup_sent", "restore_drilled"
# Every ZIP with a file in it begins so (APPNOTE 4.3.7).
_ZIP = b"PK\x03\x04"


def newest(place: Path) -> Path:
    """A backup: the file itself, or the newest of a folder by its name. Raises TrackerError where there is none."""
    if not place.is_dir():
        return place
    names = sorted(place.glob("*.zip"), key=lambda path: path.name)
    if not names:
        raise TrackerError(f"{place}: holds no backup; take one with lebarpita backup")
    return names[-1]


def ship(store: Store, part: BackupPart, source: Path, now: datetime) -> None:
    """Send it, encrypted; the encrypted file is gone afterwards. Raises TrackerError; then nothing is written down."""
    if faults := damages(source):
        raise TrackerError("\n".join([*(f"{source}: {line}" for line in faults), "nothing was sent"]))
    sealed = source.with_name(f"{source.name}.sealed") if part.encrypt else source
    try:
        if part.encrypt:
            _seal(part, source, sealed)
        run(filled(part.send, {"file": str(sealed), "name": sealed.name}), part)
    finally:
        if sealed != source:
            with suppress(OSError):
                sealed.unlink()
    with store.transaction() as db:
        record(db, RightsAct(SENT, f"backup:{source.name}", {"bytes": source.stat().st_size}))


def last(store: Store, kind: str, now: datetime) -> float | None:
    """Unix seconds of the last backup that was sent or drilled; before that of the first event; None before both."""
    # What was written while the clock was ahead says nothing of how old it is.
    sql = f"SELECT max({CLOCK_AT}) FROM rights_journal WHERE kind = ? AND {CLOCK_AT} <= ?"
    if kind == DRILLED:
        sql += " AND json_extract(data, '$.faults') = 0"
    at = store.value(sql, [kind, stamp(now)]) or store.value("SELECT min(recorded_at) FROM events")
    return None if at is None else datetime.fromisoformat(at).timestamp()


def _seal(part: BackupPart, source: Path, sealed: Path) -> None:
    try:
        sealed.unlink(missing_ok=True)
        sealed.touch(mode=0o600)
    except OSError as error:
        raise TrackerError(f"{sealed}: cannot be written: {error.strerror}; make room beside the backup") from error
    run(part.encrypt, part, source=source, target=sealed)
    with sealed.open("rb") as file:
        begin = file.read(len(_ZIP))
    if not begin or begin == _ZIP:
        what = "nothing" if not begin else "the backup as it is"
        raise TrackerError(f"{part.encrypt[0]}: gave {what}; nothing was sent")
