"""What kind of file system a folder stands on, as the kernel says it (proc_pid_mountinfo(5))."""

import re
from pathlib import Path

# The fifth field of a line is where it is mounted.
_POINT = 4
# Fields are parted by blanks, so a blank in a name is written \\040; the type stands behind " - ".
_ESCAPED = re.compile(r"\\(\d{3})")
MOUNTS = Path("/proc/self/mountinfo")
# A database's write-ahead log is shared memory between its readers, which no network carries (sqlite.org/wal.html);
# and their locks are of each client alone, or kept by a server that forgets them when it starts anew.
OVER_THE_NETWORK = frozenset(
    ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "afs", "ncpfs", "fuse.sshfs")
)


def file_system(place: Path, mounts: str) -> str:
    """The type of what is mounted at the longest prefix of ``place``; "" where no line tells."""
    kind, longest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) > _POINT and after:
            point = Path(_ESCAPED.sub(lambda octal: chr(int(octal[1], 8)), fields[_POINT]))
            # The later of two mounts at one point covers the earlier.
            if place.is_relative_to(point) and len(point.parts) >= longest:
                kind, longest = after.split(" ")[0], len(point.parts)
    return kind


def network_file_system(place: Path) -> str | None:
    """The network file system that a folder stands on; None for a disk of this machine, or where nothing tells."""
    try:
        kind = file_system(place.resolve(), MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return None
    return kind if kind in OVER_THE_NETWORK else None
