"""A file read anew: adopted, or refused with its sentence while the one before goes on."""

import asyncio
import logging
import os
import signal
from collections.abc import Callable

import pytest
from children import until
from planted_failures import UNEXPECTED

from runtime.reload import RELOAD_SUCCESSFUL, RELOAD_TIME, Reload, in_loop


class Refused(Exception):
    """What a person can mend."""


def refusing(error: Exception) -> Callable[[], str]:
    def read() -> str:
        raise error

    return read


def new_reload(wall: Callable[[], float] = lambda: 7.0) -> Reload[str]:
    return Reload("flows", (Refused,), wall)


def test_what_was_read_is_adopted_and_said_with_its_time() -> None:
    moments = iter((5.0, 9.0))
    reload, adopted = new_reload(lambda: next(moments)), list[str]()
    assert dict(reload.samples())[RELOAD_TIME] == [(("flows",), 5.0)]
    assert reload.once(lambda: "kota", adopted.append) and adopted == ["kota"]
    assert reload.samples() == [(RELOAD_SUCCESSFUL, [(("flows",), 1)]), (RELOAD_TIME, [(("flows",), 9.0)])]


def test_a_refused_file_is_logged_whole_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    reload, adopted = new_reload(), list[str]()
    assert not reload.once(refusing(Refused("city.yaml line 14: no")), adopted.append)
    assert not adopted and dict(reload.samples())[RELOAD_SUCCESSFUL] == [(("flows",), 0)]
    assert "event=config_refused part=flows reason='city.yaml line 14: no'" in caplog.text


@pytest.mark.parametrize("error", UNEXPECTED, ids=repr)
def test_what_nobody_expected_is_a_refusal_too_and_the_next_reading_is_tried(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    reload, adopted = new_reload(), list[str]()
    assert not reload.once(refusing(error), adopted.append)
    assert type(error).__name__ in caplog.text
    assert reload.once(lambda: "kota", adopted.append) and adopted == ["kota"]


def test_a_signal_before_the_part_has_begun_is_answered_when_it_has(caplog: pytest.LogCaptureFixture) -> None:
    before = signal.getsignal(signal.SIGHUP)
    reload, adopted = new_reload().listen(), list[str]()
    try:
        os.kill(os.getpid(), signal.SIGHUP)
        reload.start(lambda: "kota", adopted.append)
        until(lambda: adopted == ["kota"])
    finally:
        signal.signal(signal.SIGHUP, before)
        reload.stop()
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


def test_a_loop_adopts_between_two_of_its_tasks_whoever_read() -> None:
    async def part() -> bool:
        reload, where = new_reload(), list[object]()
        adopt = in_loop(lambda _: where.append(asyncio.get_running_loop()))
        done = await asyncio.to_thread(reload.once, lambda: "kota", adopt)
        return done and where == [asyncio.get_running_loop()]

    assert asyncio.run(part())
