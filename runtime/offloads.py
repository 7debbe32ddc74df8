"""Which bundles an interface makes of frames: its name in, the offloads that are on, out. Reads only (ethtool)."""

import array
import errno
import fcntl
import socket
import struct

# linux/sockios.h: SIOCETHTOOL.
_SIOCETHTOOL = 0x8946
# linux/ethtool.h: ETHTOOL_GTSO, ETHTOOL_GGSO, ETHTOOL_GGRO, ETHTOOL_GFLAGS; each answers in one u32 after its own,
# the last in its bit ETH_FLAG_LRO.
_ANY = 0xFFFFFFFF
_QUESTIONS = {"tso": (0x1E, _ANY), "gso": (0x23, _ANY), "gro": (0x2B, _ANY), "lro": (0x25, 1 << 15)}


def offloads_of(interface: str) -> tuple[str, ...] | None:
    """Those of tso, gso, gro and lro that are on; None where this interface does not say."""
    active = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as control:
        for name, (question, mask) in _QUESTIONS.items():
            value = array.array("I", [question, 0])
            # struct ifreq: 16 bytes of name, a pointer to the question, and room that is not used.
            request = struct.pack("16sP16x", interface.encode(), value.buffer_info()[0])
            try:
                fcntl.ioctl(control, _SIOCETHTOOL, request)
            except OSError as error:
                if error.errno in (errno.EOPNOTSUPP, errno.ENODEV, errno.EPERM):
                    return None
                raise
            if value[1] & mask:
                active.append(name)
    return tuple(active)
