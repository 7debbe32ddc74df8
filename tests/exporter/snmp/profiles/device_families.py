"""Agents in the form of the families that profiles are shipped for: what each sends, and what must come of it.

Rows are written by hand from the MIBs that the profiles name. A value that is no reading stands in each table that has
such a value, so that it is shown to give nothing.
"""

from device_family import DeviceFamily
from families_of_air import AIR
from families_of_glass import GLASS

FAMILIES: dict[str, DeviceFamily] = {**GLASS, **AIR}

__all__ = ["FAMILIES", "DeviceFamily"]
