"""The room's one exception: something the person at the terminal can mend. Caught once, in ``cli`` and ``agent``."""


class ShapingError(Exception):
    """The text names the thing, the value, the place and the next step."""
