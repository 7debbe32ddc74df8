"""Another city for a poller at work: a device that stayed as it was is polled on, another one is begun anew."""

import pytest
from ports import free_port
from snmp_scene import ENGINE, agent, awaited, value
from test_snmp_service import city_of, core

from exporter.snmp.device.plan import plan_city
from exporter.snmp.scrape.scrapes import Scrapes, UnknownTargetError
from exporter.snmp.testing.scripted_objects import ScriptedInterface
from inventory.model import City

A = "name: a, address: 10.9.9.9"


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("T_COMMUNITY", "lab")


def scrapes_of(city: City) -> Scrapes:
    return Scrapes(plan_city(city), ENGINE)


@awaited
async def test_a_new_line_is_counted_at_a_device_that_is_polled_on() -> None:
    async with agent(ScriptedInterface(1, b"lo"), ScriptedInterface(2, b"wan")) as (_, port):
        scrapes = scrapes_of(city_of(core(port)))
        first = await scrapes.scrape("core", 100)
        assert value(first, "lebarpita_link_up", link="isp") is not None
        (before,) = scrapes.devices()
        before.refresh_seconds = 3.0
        scrapes.adopt(plan_city(city_of(core(port), A)))
        page = await scrapes.scrape("core", 100)
    assert value(page, "lebarpita_link_up", link="to-a") is not None
    (after,) = scrapes.devices()
    assert after is not before and after.refresh_seconds == 3.0 and b"snmp_polls_total 2" in scrapes.own_page()
    scrapes.close()


@awaited
async def test_the_same_city_leaves_each_device_as_it_is() -> None:
    async with agent(ScriptedInterface(1, b"wan")) as (_, port):
        scrapes = scrapes_of(city_of(core(port)))
        await scrapes.scrape("core", 100)
        (before,) = scrapes.devices()
        scrapes.adopt(plan_city(city_of(core(port))))
        assert scrapes.devices() == (before,) and before.poller.interface_map is not None
        scrapes.close()


@awaited
async def test_a_device_at_another_address_is_begun_anew_and_one_that_left_is_no_target() -> None:
    async with agent(ScriptedInterface(1, b"wan")) as (_, port):
        scrapes = scrapes_of(city_of(core(port)))
        await scrapes.scrape("core", 100)
        scrapes.adopt(plan_city(city_of(core(free_port()))))
        assert scrapes.devices() == ()
        with pytest.raises(UnknownTargetError, match="'a' is no device"):
            await scrapes.scrape("a", 100)
        scrapes.close()


def test_the_names_are_told_here_too_so_that_a_dead_watch_takes_none_along() -> None:
    scrapes = scrapes_of(city_of(core(161)))
    assert b'lebarpita_device_info{device="core",name="' in scrapes.own_page()
    assert b'lebarpita_link_info{link="isp",name="' in scrapes.own_page()
    scrapes.adopt(plan_city(city_of(core(161), A)))
    assert b'lebarpita_device_info{device="a",name="a"} 1' in scrapes.own_page()
    scrapes.close()
