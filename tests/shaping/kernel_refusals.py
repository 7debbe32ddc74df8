"""An operation that the kernel refuses, or does and does not answer: planted for the length of a block."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from shaping.drivers.linux import nft, rtnetlink
from shaping.drivers.linux.nft import Interfaces
from shaping.drivers.linux.owners import Map
from shaping.errors import ShapingError

NOTHING = Map({})
PLACES = Interfaces("wan", "lan")


@contextmanager
def refusing(place: int, how: str, number: int) -> Iterator[None]:
    """The operation at that place fails, once; ``lost``: it was carried out all the same."""
    counted = itertools.count()
    real, real_script = rtnetlink.Netlink.change, nft.apply_script

    def fail(work: Callable[[], None], error: Exception) -> None:
        due = next(counted) == place
        if not due or how == "lost":
            work()
        if due:
            raise error

    def change(link: rtnetlink.Netlink, message: int, flags: int, body: bytes) -> None:
        fail(lambda: real(link, message, flags, body), OSError(number, "planted"))

    def script(text: str) -> None:
        fail(lambda: real_script(text), ShapingError("nftables refused the map: planted"))

    rtnetlink.Netlink.change, nft.apply_script = change, script  # type: ignore[method-assign, assignment]  # Planted for the length of a test.
    try:
        yield
    finally:
        rtnetlink.Netlink.change, nft.apply_script = real, real_script  # type: ignore[method-assign]  # Planted for the length of a test.
