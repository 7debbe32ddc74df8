"""The agent's conversation with the tracker: a proof for each reading that is new or was asked for."""

from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import CITY, ledger

from shaping.agent import Agent
from shaping.config import Config


def agent_of(place: Path, device: Box) -> Agent:
    config = Config(inventory=place, uplink="isp-utama", tracker="http://127.0.0.1:9", token="env:TOKEN", state=place)
    return Agent(config, CITY, device)


def test_KTM_08_an_open_recheck_makes_the_agent_prove_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, body = agent_of(tmp_path, Box()), ledger(dinkes=(625_000, 2_500_000))
    told: list[Any] = []
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, proof: told.append(proof))
    for asked in (None, None, 100.0, 100.0, 3600.0, None, None):
        agent.round({**body, "read_back_after": asked})
    assert len(told) == 4 and all(proof["ok"] for proof in told)
