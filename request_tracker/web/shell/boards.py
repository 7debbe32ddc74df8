"""Addresses of Grafana's boards: a board, its variable and a span of time in, a link out; None without a Grafana."""

from datetime import datetime
from urllib.parse import urlencode

from request_tracker.web.shell.context import office

# The uids of ``dashboards``: a board's name for ever.
OPD_BOARD, LINK_BOARD = "lebarpita-opd", "lebarpita-link"


def board_address(board: str, variable: str, value: str, span: tuple[datetime, datetime]) -> str | None:
    """The board for that value over that time; None where the office has no Grafana (``grafana:``)."""
    base = office().config.grafana
    if base is None:
        return None
    begin, end = (round(moment.timestamp() * 1000) for moment in span)
    return f"{base.rstrip('/')}/d/{board}?{urlencode({f'var-{variable}': value, 'from': begin, 'to': end})}"
