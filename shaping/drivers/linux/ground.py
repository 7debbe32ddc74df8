"""What a plan says of the ground it stands on: leaf, size of frames, offloads. Lines for the person who applies it."""

from inventory.admission import DIRECTIONS
from runtime.offloads import offloads_of
from shaping.drivers.base import Site
from shaping.drivers.linux.probing import Probe

# A bundle holds up to 64 KiB (GSO_MAX_SIZE in linux/netdevice.h): at 1 Mbit/s, in bytes a second, half a second.
_BUNDLE_BYTES, _MEGABIT = 65_536, 125_000


def lines(site: Site, probe: Probe) -> tuple[str, ...]:
    """The leaf and why it is that one, what the line adds to a frame, and each interface that bundles frames."""
    return (f"queues: {probe.sentence}", *_overhead(site), *_offloads(site))


def _overhead(site: Site) -> tuple[str, ...]:
    shaping = site.shaping
    if not (shaping.overhead_bytes or shaping.smallest_frame_bytes):
        return ("rates are of frames without what the line adds; overhead_bytes: of the city file counts it",)
    least = f", at least {shaping.smallest_frame_bytes}" if shaping.smallest_frame_bytes else ""
    return (f"rates are of the line: each frame counts {shaping.overhead_bytes:+d} bytes{least}",)


def _offloads(site: Site) -> tuple[str, ...]:
    by_place = {site.place(way): offloads_of(site.place(way)) for way in DIRECTIONS}
    return tuple(_sentence(site, place, active) for place, active in sorted(by_place.items()))


def _sentence(site: Site, place: str, active: tuple[str, ...] | None) -> str:
    if active is None:
        return f"{place}: the interface does not say whether it bundles frames (ethtool -k {place})"
    if not active:
        return f"{place}: each frame is a frame: tso, gso, gro and lro are off"
    off = " ".join(f"{name} off" for name in active)
    seconds = _BUNDLE_BYTES / _MEGABIT
    sentence = f"{place}: {', '.join(active)} on: up to {_BUNDLE_BYTES // 1024} KiB come as one bundle; an office of"
    sentence += f" 1 Mbit/s waits {seconds:.1f} s for one of its own"
    if site.shaping.overhead_bytes:
        sentence += ", and overhead is counted once a bundle"
    return f"{sentence}; to have none: ethtool -K {place} {off}"
