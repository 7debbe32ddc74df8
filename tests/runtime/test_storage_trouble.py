"""What the disk did is told from what the program did, though both raise alike."""

import errno
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound

from runtime.storage_trouble import is_of_storage


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EMFILE, errno.ENOENT, errno.EACCES])
def test_what_the_disk_refuses_is_of_storage(number: int) -> None:
    assert is_of_storage(OSError(number, "said by the kernel", "/var/lib/x"))


@pytest.mark.parametrize(
    "error",
    [
        TemplateNotFound("case.html"),
        ConnectionRefusedError(errno.ECONNREFUSED, "x"),
        OSError("says nothing"),
        KeyError(),
    ],
    ids=["template", "network", "unknown", "program"],
)
def test_what_only_derives_from_oserror_is_not(error: Exception) -> None:
    assert not is_of_storage(error)


@pytest.mark.parametrize("statement", ["SELECT nothing_such", "SELECT 1 FROM nowhere", "INSERT INTO x VALUES (1)"])
def test_a_statement_that_is_wrong_is_a_fault_of_the_program(statement: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE x (a INTEGER PRIMARY KEY CHECK (a > 1))")
        with pytest.raises(sqlite3.Error) as raised:
            connection.execute(statement)
    assert not is_of_storage(raised.value)


def test_a_database_that_is_held_damaged_or_not_to_be_opened_is_of_storage(tmp_path: Path) -> None:
    (tmp_path / "damaged").write_bytes(b"no database at all" * 100)
    with closing(sqlite3.connect(tmp_path / "held")) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        for name in ("held", "damaged", "no/such/folder"):
            with pytest.raises(sqlite3.Error) as raised:
                sqlite3.connect(tmp_path / name, timeout=0).execute("SELECT * FROM sqlite_master")
            assert is_of_storage(raised.value), name
