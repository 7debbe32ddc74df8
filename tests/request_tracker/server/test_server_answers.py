"""What an application raises while its answer is taken is answered with a sentence, and the log has why, once."""

import errno
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from request_tracker.server.wsgi import WsgiAnswer, answer_of


def application(raises: Exception) -> Callable[..., Iterator[bytes]]:
    """Says that all is well, and then has a row that it cannot say."""

    def answers(_: Any, begin: Callable[..., Any]) -> Iterator[bytes]:
        begin("200 OK", [("Content-Type", "text/csv"), ("Content-Length", "4000")])
        yield b"row one\n"
        raise raises

    return answers


def text(answer: WsgiAnswer) -> str:
    return b"".join(piece for piece, _ in answer.pieces()).decode()


def test_a_fault_while_a_table_is_made_is_a_sentence_with_the_number_of_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answer = answer_of(application(KeyError("planted")), {})
    number = caplog.text.partition("number=")[2][:8]
    assert answer.status == 500 and text(answer).count(number) == 2 and "row one" not in text(answer)
    assert caplog.text.count("Traceback") == 1 and [name for name, _ in answer.fields] == [b"content-type"]


def test_a_disk_that_takes_no_more_of_an_answer_is_said_as_storage(caplog: pytest.LogCaptureFixture) -> None:
    answer = answer_of(application(OSError(errno.ENOSPC, "No space left on device")), {})
    assert answer.status == 503 and "tidak dapat membaca atau menyimpan data" in text(answer)
    assert "reason=storage_away" in caplog.text
