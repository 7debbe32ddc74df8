"""The clock that stands still for the pictures runs on afterwards, also in modules that were loaded meanwhile."""

import sys
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from docs.faces.made_up_office import MOMENT
from docs.faces.standing_still import stopped_clock
from request_tracker.web.shell import context


def test_a_module_that_is_loaded_while_the_clock_stands_has_the_real_one_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, late = context.now, ModuleType("request_tracker.loaded_late")
    with stopped_clock():
        assert context.now() == MOMENT
        vars(late)["now"] = context.now
        monkeypatch.setitem(sys.modules, late.__name__, late)
    assert vars(late)["now"] is context.now is real
    assert datetime.now(UTC) - context.now() < timedelta(hours=1)
