"""What strangers may put on the disk, in a day and in all: the size of a paper in, nothing or a refusal out.

Who is logged in is known and may always hand in. The sums of a day stand in the file of rate limits, by address; what
they have handed in that stands in no case yet is in ``parked_files``.
"""

from flask import current_app, request
from flask_login import current_user

from request_tracker.config import DiskPart
from request_tracker.errors import NotNow
from request_tracker.store.database import Store
from request_tracker.store.parked_files import strangers_bytes
from request_tracker.web.shell.limits import FileStorage

MEGABYTE = 2**20
DAY_SECONDS = 86_400
ALL, OF_ADDRESS = "papers", "papers/{}"


def is_stranger() -> bool:
    """Whether whoever sends this has no account here."""
    return not current_user.is_authenticated


def charge(size_bytes: int, disk: DiskPart, store: Store) -> None:
    """Count a stranger's paper. Raises NotNow where his address, or all strangers together, have had theirs."""
    if not is_stranger():
        return
    if strangers_bytes(store) + size_bytes > disk.megabytes_of_strangers_parked * MEGABYTE:
        raise NotNow("papers_parked")
    megabytes, hits = -(-size_bytes // MEGABYTE), _hits()
    mine = OF_ADDRESS.format(request.remote_addr)
    if not hits.acquire_entry(mine, disk.megabytes_of_an_address_a_day, DAY_SECONDS, megabytes):
        raise NotNow("papers_of_address")
    if not hits.acquire_entry(ALL, disk.megabytes_of_strangers_a_day, DAY_SECONDS, megabytes):
        raise NotNow("papers_of_all")


def _hits() -> FileStorage:
    storage: FileStorage = current_app.extensions["hits"]
    return storage
