"""How every process of ours logs: one event a line, key=value, on standard error, which the service manager reads."""

import logging

from runtime.release import RELEASE

log = logging.getLogger(__name__)
LINE = "time=%(asctime)s level=%(levelname)s %(message)s"
_EVENT = "event="


class EventFormatter(logging.Formatter):
    """One line for each event, also where it has a traceback: the journal makes an entry of each line.

    What a library says in its own words becomes ``event=library`` with the library's name.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # logging's own name
        """The line, with a library's words as a value."""
        if not record.message.startswith(_EVENT):
            record.message = f"{_EVENT}library logger={record.name} text={record.message!r}"
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def format(self, record: logging.LogRecord) -> str:
        """The line; a traceback stands at its end as one value."""
        first, *rest = super().format(record).split("\n")
        return f"{first} traceback={chr(10).join(rest)!r}" if rest else first


def is_told(record: logging.LogRecord) -> bool:
    """Our events, and of libraries what is wrong: what they do in passing names people's addresses sometimes."""
    return record.levelno >= logging.WARNING or record.getMessage().startswith(_EVENT)


def begin() -> None:
    """Log from INFO on. Called once, by whoever serves."""
    handler = logging.StreamHandler()
    handler.setFormatter(EventFormatter(LINE))
    handler.addFilter(is_told)
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    log.info("event=started version=%s", RELEASE)
