"""The one error that a person at the terminal can mend."""


class ExporterError(Exception):
    """Something the person at the terminal can mend; caught once, in ``cli`` and ``part``."""
