"""HTB classes for tests: only the rates differ."""

from shaping.drivers.linux.classes import Class


def htb_class(rate: int, ceil: int, minor: int = 0x10, burst: int = 1600) -> Class:
    """The class of the first OPD with these rates."""
    return Class(minor=minor, rate=rate, ceil=ceil, burst=1600, cburst=burst, quantum=1514, leaf="bfifo", queue=16_000)
