"""What every page stands in: who asks, in which language, the menu, how figures are written, what a form sends once."""

from request_tracker.web.shell.context import OfficeDesk
from request_tracker.web.shell.failures import FailureTellingFlask
from request_tracker.web.shell.pages import pages_in
from request_tracker.web.shell.serving import configure, serve

__all__ = ["FailureTellingFlask", "OfficeDesk", "configure", "pages_in", "serve"]
