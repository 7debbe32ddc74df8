"""What the office publishes of outages (``status_page``): the open tickets, or none at all. No figure of traffic."""

from request_tracker.outages.tickets import open_tickets
from request_tracker.store.database import Row
from request_tracker.web.shell.context import office


def published_tickets() -> list[Row]:
    """The outages that strangers are told of; which facts of them, the templates ask of ``facts``."""
    return open_tickets(office().desk) if office().config.status_page else []
