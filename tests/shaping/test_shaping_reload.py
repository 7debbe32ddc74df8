"""Another city for an agent at work: a revision with a new office goes into force, another uplink is refused."""

from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import CITY, ledger
from new_office import CODE, with_office
from test_shaping_agent import agent_of
from tree import EXAMPLE_CITY

from inventory.model import City
from inventory.reading import parse_city
from shaping.agent import Agent
from shaping.drivers.base import Site
from shaping.errors import ShapingError

NEW = ledger(2, dinkes=(625_000, 2_500_000), **{CODE: (625_000, 2_500_000)})


def test_an_office_that_the_city_has_since_is_shaped_at_the_next_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proofs: list[Any] = []
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, body: proofs.append(body))
    told, device = list[City](), Box()
    agent = agent_of(tmp_path, device)
    agent.tell_driver = told.append
    with pytest.raises(ShapingError, match=CODE):
        agent.round(NEW)
    city = parse_city(with_office())
    agent.adopt(city)
    # Not in the middle of a turn: the agent's own loop takes it.
    assert agent.city is CITY and not told
    agent._take_city()
    agent.round(NEW)
    assert told == [city] and {key[0] for key in device.queues} == {"dinkes", CODE}
    assert proofs[-1]["ok"]


ELSEWHERE = (("device: core\n    interface: wan", "device: agg\n    interface: wan"), ("wan, re", "wan2, re"))


@pytest.mark.parametrize("change", ELSEWHERE)
def test_an_uplink_that_is_shaped_elsewhere_needs_a_new_agent(tmp_path: Path, change: tuple[str, str]) -> None:
    agent, text = agent_of(tmp_path, Box()), EXAMPLE_CITY.read_text()
    assert change[0] in text
    with pytest.raises(ShapingError, match="start lebarpita-shaping anew"):
        agent.adopt(parse_city(text.replace(*change)))
    agent._take_city()
    assert agent.city is CITY


def test_a_site_works_on_the_city_it_was_told_last(tmp_path: Path) -> None:
    site, city = Site(CITY, "isp-utama", tmp_path), parse_city(with_office())
    site.adopt(city)
    assert site.city is city and site.place("transmit") == "wan"
