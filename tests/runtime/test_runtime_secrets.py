"""Secrets: text and raw bytes, whole and spoilt; every refusal is a sentence with its reference and the next step."""

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from runtime.secrets import LONGEST_BYTES, MAKE, SecretError, _warn, read_key, read_secret, read_token

ALL = (read_token, read_secret, read_key)
RAW = bytes(range(224, 256))


def written(folder: Path, content: bytes, mode: int = 0o600) -> str:
    file = folder / "secret"
    file.write_bytes(content)
    file.chmod(mode)
    return f"file:{file}"


def refused(reference: str, read: Callable[[str], object] = read_token) -> str:
    with pytest.raises(SecretError) as caught:
        read(reference)
    return str(caught.value)


def test_it_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_SECRET", "hunter2")
    assert [read("env:T_SECRET") for read in ALL] == ["hunter2", "hunter2", b"hunter2"]
    reference = written(tmp_path, b"hunter3\n")
    assert [read(reference) for read in ALL] == ["hunter3", "hunter3", b"hunter3"]


def test_a_key_of_raw_bytes_signs_whole(tmp_path: Path) -> None:
    assert read_key(written(tmp_path, RAW + b"\n")) == RAW + b"\n"


@pytest.mark.parametrize("read", [read_token, read_secret])
@pytest.mark.parametrize("raw", [RAW, b"\x00\x01 plain, yet no text", "utf-16".encode("utf-16")])
def test_raw_bytes_where_text_is_needed_are_a_sentence_with_the_command_that_mends_it(
    raw: bytes, read: Callable[[str], object], tmp_path: Path
) -> None:
    reference = written(tmp_path, raw)
    said = refused(reference, read)
    assert said.startswith(f"secret {reference}: is not text") and said.count("\n") == 0
    assert f"(umask 077; {MAKE} > {tmp_path / 'secret'})" in said


@given(content=some.binary(max_size=64))
def test_no_content_raises_anything_else_or_stands_in_the_message(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    reference = written(tmp_path_factory.getbasetemp(), content)
    for read in ALL:
        try:
            assert read(reference)
        except SecretError as error:
            assert str(error).startswith(f"secret {reference}: ") and str(error).isprintable()


@pytest.mark.parametrize("value", ["zwei\nZeilen", "kunci-é", "tab\tulator"])
def test_a_token_that_no_header_carries_is_refused_and_never_shown(value: str, tmp_path: Path) -> None:
    reference = written(tmp_path, value.encode())
    assert read_secret(reference) == value
    said = refused(reference)
    assert "which no header carries" in said and value not in said


@pytest.mark.parametrize("read", ALL)
@pytest.mark.parametrize("content", [b"", b" \n\n"])
def test_an_empty_secret_is_none(content: bytes, read: Callable[[str], object], tmp_path: Path) -> None:
    assert "is empty" in refused(written(tmp_path, content), read)


def test_a_variable_that_is_unset_or_empty_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused("env:T_UNSET").startswith("secret env:T_UNSET: the environment variable T_UNSET is not set; ")
    monkeypatch.setenv("T_EMPTY", "")
    assert "T_EMPTY is not set" in refused("env:T_EMPTY")


def test_a_variable_of_raw_bytes_is_no_text_and_a_good_key() -> None:
    code = "from runtime.secrets import *; print(read_key('env:T_RAW') == bytes([255, 254])); read_token('env:T_RAW')"
    here = {**os.environb, b"T_RAW": b"\xff\xfe"}
    done = subprocess.run([sys.executable, "-c", code], env=here, capture_output=True, text=True, check=False)
    assert done.stdout == "True\n"
    assert "SecretError: secret env:T_RAW: is not text" in done.stderr.splitlines()[-1]


def test_a_directory_and_a_file_that_is_not_there_are_a_sentence(tmp_path: Path) -> None:
    assert "is a directory, not a file; put the secret there" in refused(f"file:{tmp_path}")
    assert "cannot be read: No such file or directory" in refused(f"file:{tmp_path}/none")
    assert "cannot be read: Not a directory" in refused(f"{written(tmp_path, b'x')}/none")


def test_a_file_that_this_user_may_not_read_names_the_user(tmp_path: Path) -> None:
    reference = written(tmp_path, b"hunter2", 0o000)
    code = f"import os; from runtime.secrets import *; os.geteuid() or os.setuid(65534); read_token({reference!r})"
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o011)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "may not read it; give it to that user with chown and chmod 0400" in done.stderr.splitlines()[-1]


def test_a_file_without_an_end_is_no_secret() -> None:
    assert f"more than {LONGEST_BYTES} bytes" in refused("file:/dev/urandom")


@pytest.mark.parametrize("reference", ["hunter2", "file:", "env:", "file:/a\0b", "https://x"])
def test_a_value_in_the_place_of_a_reference_is_never_shown(reference: str) -> None:
    assert refused(reference) == "a secret is named env:NAME or file:/path, never written out"


def test_a_file_that_everybody_may_read_is_used_and_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    _warn.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert [read_token(written(tmp_path, b"hunter2", 0o644)) for _ in range(3)] == ["hunter2"] * 3
    assert [record.getMessage() for record in caplog.records] == [
        f"event=secret_open_to_all file={tmp_path}/secret mend='chmod o= {tmp_path}/secret'"
    ]
    caplog.clear()
    read_token(written(tmp_path, b"hunter2", 0o640))
    _warn("/run/secrets/webhook")
    assert caplog.records == []
