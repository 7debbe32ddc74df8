"""How every process of ours logs: one event a line, key=value, on standard error, which the service manager reads."""

import logging

from runtime.release import RELEASE

log = logging.getLogger(__name__)
LINE = "time=%(asctime)s level=%(levelname)s %(message)s"


def begin() -> None:
    """Log from INFO on. Called once, by whoever serves."""
    logging.basicConfig(level=logging.INFO, format=LINE)
    log.info("event=started version=%s", RELEASE)
