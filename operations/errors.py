"""The room's exception: what a person at the terminal can mend; the text names the place and the next step."""


class OperationsError(Exception):
    """Caught once, in ``cli``."""
