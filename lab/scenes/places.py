"""What a city's lines, devices and offices are called, and where they stand: codes in, the watch's series out."""

import math
from collections.abc import Iterator, Sequence

from lab.scenes.scene import Series, series

_MIDDLE = (-5.5, 110.3)
# Degrees: branches some three kilometres from the middle, offices some hundred metres from their branch.
_BRANCH_STEP, _OFFICE_STEP = 0.03, 0.006
# The golden angle, in radians, puts no two beside each other.
_ANGLE = 2.4


def names_and_places(codes: Sequence[tuple[str, str, str]], uplink: str) -> Iterator[Series]:
    """Of each code, line and branch: offices in a spiral around their branch, branches around the middle."""
    branches = sorted({branch for _, _, branch in codes})
    yield series("watch", "link_info", 1, link=uplink, name="Serat ISP utama")
    yield series("watch", "flow_exporter_info", 1, exporter="core", name="Router inti")
    yield from _stands("core", "", "Router inti", _MIDDLE)
    spots = {branch: _around(_MIDDLE, number, _BRANCH_STEP) for number, branch in enumerate(branches, 1)}
    for branch, spot in spots.items():
        yield series("watch", "link_info", 1, link=branch, name=f"Serat cabang {branch[4:]}")
        yield from _stands(branch, branch, f"Router cabang {branch[4:]}", spot)
    for number, (opd, line, branch) in enumerate(codes, 1):
        yield series("watch", "link_info", 1, link=line, name=f"Dinas {opd[4:]}")
        yield from _place(_around(spots[branch], number, _OFFICE_STEP), link=line, opd=opd, name=f"Dinas {opd[4:]}")


def _stands(device: str, link: str, name: str, spot: tuple[float, float]) -> Iterator[Series]:
    yield series("watch", "device_info", 1, device=device, name=name)
    yield from _place(spot, link=link, opd="", name=name)


def _around(middle: tuple[float, float], number: int, step: float) -> tuple[float, float]:
    far, angle = step * math.sqrt(number), _ANGLE * number
    return middle[0] + far * math.cos(angle), middle[1] + far * math.sin(angle)


def _place(spot: tuple[float, float], **labels: str) -> Iterator[Series]:
    for name, degrees in zip(("latitude", "longitude"), spot, strict=True):
        yield series("watch", f"place_{name}_degrees", degrees, **labels)
