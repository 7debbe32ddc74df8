"""clamd is asked over its socket: what it finds has a name, and no verdict is never taken for a clean one."""

import subprocess
from collections.abc import Iterator
from hashlib import md5
from pathlib import Path

import pytest
from children import child, until
from clamd_fake import EICAR, SILENCE, fake_clamd
from tracker_papers import PDF

from request_tracker.store.virus_scan import PIECE_BYTES, ScannerDown, found_in

CLAMD = Path("/usr/sbin/clamd")


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Debian's own clamd with one signature of ours (the real ones come by internet): the address of its socket."""
    folder = tmp_path_factory.mktemp("clamd")
    signatures = folder / "signatures"
    signatures.mkdir()
    text = EICAR.strip()
    (signatures / "uji.hdb").write_text(f"{md5(text, usedforsecurity=False).hexdigest()}:{len(text)}:Uji.EICAR\n")
    place = folder / "clamd.ctl"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {place}\nDatabaseDirectory {signatures}\nForeground yes\nStreamMaxLength 1M\n"
        f"TemporaryDirectory {folder}\nLogFile {folder}/log\nFixStaleSocket yes\n"
    )
    with child([CLAMD, "--foreground", "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL) as running:
        until(place.exists, "clamd's socket", running)
        yield f"unix:{place}"


def test_the_real_clamd_finds_what_it_knows_and_nothing_in_a_letter(clamd: str) -> None:
    assert found_in(PDF, clamd) is None
    assert "Uji.EICAR" in str(found_in(EICAR.strip(), clamd))


def test_the_real_clamd_refuses_what_is_above_its_own_size_and_that_is_no_verdict(clamd: str) -> None:
    with pytest.raises(ScannerDown):
        found_in(b"\0" * (3 * 2**20), clamd)
    assert found_in(PDF, clamd) is None


@pytest.mark.parametrize("way", ["unix", "tcp"])
def test_the_file_arrives_whole_in_pieces(way: str, tmp_path: Path) -> None:
    with fake_clamd(tmp_path if way == "unix" else None) as fake:
        content = b"x" * (2 * PIECE_BYTES + 1)
        assert found_in(content, fake.address) is None
        assert "EICAR" in str(found_in(EICAR, fake.address))
        assert fake.files == [content, EICAR]


@pytest.mark.parametrize("order", ["INSTREAM size limit exceeded. ERROR", "stream: OK and more", ""])
def test_an_answer_that_is_no_verdict_is_none(order: str, tmp_path: Path) -> None:
    with fake_clamd(tmp_path) as fake:
        fake.order = order
        with pytest.raises(ScannerDown, match="clamd said"):
            found_in(PDF, fake.address)


def test_a_scanner_that_is_not_there_or_does_not_answer_is_down(tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/none", "tcp:127.0.0.1:9"):
        with pytest.raises(ScannerDown):
            found_in(PDF, address)
    with fake_clamd(tmp_path) as fake, pytest.raises(ScannerDown, match="timed out"):
        fake.order = SILENCE
        found_in(PDF, fake.address, patience_seconds=0.2)
