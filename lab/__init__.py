"""The lab: a city of network namespaces made from a city file. Imported by nothing but the tests."""


class LabError(Exception):
    """Something the person at the terminal can mend; caught once, in ``cli``."""
