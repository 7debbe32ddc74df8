"""Which virtual ports are bundles of others, so that their speed is the sum of their active members. Pure.

An ieee8023adLag says so by its type. Cisco's port-channels are propVirtual, as its VLANs and loopbacks are: those are
bundles that are called so, or that the device's ifStackTable (RFC 2863) puts on top of several ports.
"""

import re
from collections.abc import Collection, Iterable

# IANAifType: propVirtual, ieee8023adLag.
PROP_VIRTUAL, LAG = 53, 161
# Names as makers give them: Po1, Port-channel1, Bundle-Ether1, ae0, Eth-Trunk1, Bridge-Aggregation1, bond0, Trk1,
# smartgroup1 (ZTE), AggregatePort 1 (Ruijie), Link-Aggregation1, lacp1, team0.
_CALLED = re.compile(
    rb"(?i)(?:po|port-?channel|bundle-ether|be|ae|eth-?trunk|(?:bridge|route)-aggregation|[br]agg|bond(?:ing)?|lag|trk"
    rb"|smartgroup|aggregate-?port|ag|link-?agg(?:regation)?|lacp|team)[ -]?[0-9]+"
)
# Of one lower layer a VLAN or a tunnel is made, too.
_SEVERAL = 2


def is_bundle(kind: int, names: Iterable[bytes], members: Collection[str]) -> bool:
    """Whether a port of that ifType, called by those names, with those rows below it, is a bundle."""
    if kind != PROP_VIRTUAL:
        return kind == LAG
    return len(set(members) - {"0"}) >= _SEVERAL or any(_CALLED.fullmatch(name) for name in names)
