"""On which file system a folder stands: by the longest mount, and a network's is told."""

from pathlib import Path

import pytest

from runtime import file_system
from runtime.file_system import network_file_system

MOUNTS = r"""
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /srv rw - nfs4 filer:/srv rw,vers=4.2
31 30 8:2 / /srv/lokal rw - xfs /dev/sdb1 rw
32 22 0:27 / /mnt/data\040kota rw master:2 - cifs //filer/kota rw
33 22 8:3 / /var rw - nfs filer:/var rw
34 22 8:4 / /var rw - ext4 /dev/sdc1 rw
not a line
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/var/lib/lebarpita", "ext4"),
        ("/srv/lebarpita", "nfs4"),
        ("/srv/lokal/lebarpita", "xfs"),
        ("/srvx", "ext4"),
        ("/mnt/data kota/tracker.db", "cifs"),
    ],
)
def test_the_longest_mount_and_of_two_the_later_says_the_kind(place: str, kind: str) -> None:
    assert file_system.file_system(Path(place), MOUNTS) == kind


def test_where_no_line_tells_nothing_is_said() -> None:
    assert file_system.file_system(Path("/x"), "") == ""


def test_this_machine_s_own_table_is_read_and_a_network_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert network_file_system(tmp_path / "not made yet") is None
    made = tmp_path / "mountinfo"
    made.write_text(f"30 22 0:26 / {tmp_path} rw - nfs4 filer:/srv rw\n")
    monkeypatch.setattr(file_system, "MOUNTS", made)
    assert network_file_system(tmp_path / "tracker.db") == "nfs4"
    monkeypatch.setattr(file_system, "MOUNTS", tmp_path / "none")
    assert network_file_system(tmp_path) is None
