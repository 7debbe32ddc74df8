"""How every process of ours logs: one event a line, key=value, on standard error, which the service manager reads."""

import logging

LINE = "time=%(asctime)s level=%(levelname)s %(message)s"


def begin() -> None:
    """Log from INFO on. Called once, by whoever serves."""
    logging.basicConfig(level=logging.INFO, format=LINE)
