"""What a requester's link leads to, for every page behind one: a token in, the case or the inbox entry out."""

from flask import current_app

from request_tracker.inbox import tracking
from request_tracker.inbox.entry import InboxEntry
from request_tracker.inbox.tracking import TrackingPlace
from request_tracker.web.shell.context import now, office


def link_key() -> bytes:
    """The office's key, which seals the links that are made anew."""
    return bytes(current_app.config["SECRET_KEY"])


def case_of_link(token: str) -> str:
    """The number of the case behind a link. Raises NotThere."""
    return tracking.case_behind(office().desk, link_key(), token, now())


def entry_of_link(token: str) -> InboxEntry:
    """The entry of the inbox behind a link. Raises NotThere."""
    return tracking.entry_behind(office().desk, link_key(), token)


def sending_of_link(token: str) -> TrackingPlace:
    """The case behind a link, else the entry that waits. Raises NotThere."""
    return tracking.sending_behind(office().desk, link_key(), token, now())
