"""What every driver of the folder must do, whichever device it stands for; a new one is tested without a line here."""

import inspect
from pathlib import Path

import pytest
from devices import Box
from ledgers import CITY, revision

from shaping.drivers.base import Driver, Site
from shaping.errors import ShapingError
from shaping.plan import Plan
from shaping.registry import driver_of, drivers

METHODS = sorted(name for name in vars(Driver) if not name.startswith("_"))
NO_PLAN = Plan((), (), False, hash="of nobody")
WANTED = revision(dinkes=(625_000, 2_500_000)).queues


def test_the_protocol_is_what_the_agent_and_the_commands_need() -> None:
    assert METHODS == ["apply", "confirm", "panic", "plan", "plan_text", "read", "undo"]


@pytest.mark.parametrize("name", drivers())
class TestEveryDriver:
    def made(self, name: str, state: Path) -> Driver:
        return driver_of(name, Site(CITY, "isp-utama", state))

    def test_it_has_every_method_with_the_parameters_of_the_protocol(self, name: str, tmp_path: Path) -> None:
        driver = self.made(name, tmp_path)
        for method in METHODS:
            ours = list(inspect.signature(getattr(driver, method)).parameters)
            assert ours == list(inspect.signature(getattr(Driver, method)).parameters)[1:], method

    def test_building_it_opens_and_writes_nothing(self, name: str, tmp_path: Path) -> None:
        self.made(name, tmp_path / "state")
        assert not (tmp_path / "state").exists()

    def test_an_empty_plan_is_said_to_need_nothing(self, name: str, tmp_path: Path) -> None:
        (line,) = self.made(name, tmp_path).plan_text(NO_PLAN)
        assert line.startswith("nothing to ")

    def test_a_plan_that_it_did_not_make_is_never_carried_out_nor_confirmed(self, name: str, tmp_path: Path) -> None:
        driver = self.made(name, tmp_path)
        with pytest.raises(ShapingError):
            driver.confirm(NO_PLAN, "Sari", 1.0)
        try:
            assert driver.apply(NO_PLAN) is False
        except ShapingError as error:
            assert "plan again" in str(error)
        assert list(tmp_path.iterdir()) == []

    def test_there_is_nothing_to_take_back_before_anything_was_done(self, name: str, tmp_path: Path) -> None:
        with pytest.raises(ShapingError):
            self.made(name, tmp_path).undo()


def test_the_device_of_the_tests_is_a_driver_too() -> None:
    device: Driver = Box()
    plan = device.plan(WANTED)
    assert device.apply(plan) and device.plan(WANTED).empty
    assert set(device.read(WANTED).queues.values()) == set(WANTED)
