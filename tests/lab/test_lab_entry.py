"""By which words the private namespaces are entered, for each user; what the kernel answers is a stand-in."""

import os
from collections.abc import Sequence

import pytest

from lab import LabError, entry


def _words(monkeypatch: pytest.MonkeyPatch, user: int, allowed: Sequence[str]) -> list[str]:
    """The words for that user where the kernel allows only those that begin so."""
    monkeypatch.setattr(os, "getuid", lambda: user)
    monkeypatch.setattr(
        entry, "_refusal", lambda words: None if words[: len(allowed)] == [*allowed] else "not permitted"
    )
    return entry.entry(print)


def test_everybody_takes_a_namespace_of_users_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    allowed = ["unshare", "--user"]
    assert _words(monkeypatch, 0, allowed)[:2] == _words(monkeypatch, 1000, allowed)[:2] == allowed


def test_root_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _words(monkeypatch, 0, ["unshare", "--net"])[:2] == ["unshare", "--net"]


def test_root_who_may_not_either_reads_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LabError, match="not permitted"):
        _words(monkeypatch, 0, ["never"])
