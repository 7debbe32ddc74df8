"""The agent's jobs: a failure in one leaves the others going, and an agent that ends says so by its exit code."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from devices import Box
from ledgers import CITY, ledger
from planted_failures import UNEXPECTED, dies, survive
from ports import free_port

from shaping.agent import Agent
from shaping.config import Config
from shaping.convergence import FAILURES
from shaping.metrics import CATALOGUE

JOBS = ("ledger", "watch", "queues", "verdicts", "evidence", "proof")
CITY_FILE = Path(__file__).parents[2] / "inventory" / "example" / "city.yaml"


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agent:
    """An agent whose tracker answers and whose device takes what the ledger says."""
    config = Config(
        inventory=tmp_path, uplink="isp-utama", tracker="http://127.0.0.1:9", token="env:TOKEN", state=tmp_path
    )
    found, body = Agent(config, CITY, Box()), ledger(dinkes=(625_000, 2_500_000))
    monkeypatch.setattr(Agent, "_call", lambda _, method, path, proof: body)
    return found


def test_the_table_is_the_one_that_is_tested(agent: Agent) -> None:
    assert tuple(agent.jobs.states) == JOBS


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", JOBS)
def test_a_failure_planted_in_a_job_of_the_agent_leaves_the_others_going(
    agent: Agent, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception
) -> None:
    monkeypatch.setattr(Agent, "_judge", lambda _: None)
    asyncio.run(survive(agent.jobs, name, error, caplog))


def test_a_failure_in_the_verdicts_themselves_does_not_keep_the_proof_back(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Any] = []
    body = ledger(dinkes=(625_000, 2_500_000))
    monkeypatch.setattr(Agent, "_judge", lambda _: dict[str, None]()["dinkes"])

    def called(_: Agent, method: str, path: str, proof: object) -> dict[str, Any]:
        told.append(path)
        return body

    monkeypatch.setattr(Agent, "_call", called)
    for name in agent.jobs.states:
        agent.jobs.run(name)
    assert told == ["/api/allocations", "/api/proofs"]
    assert agent.jobs.states["verdicts"].failures == 1


def test_queues_that_could_not_be_read_are_neither_judged_nor_proven(
    agent: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in agent.jobs.states:
        agent.jobs.run(name)
    told: list[Any] = []
    monkeypatch.setattr(Box, "read", lambda *_: dict[str, None]()["htb"])
    monkeypatch.setattr(Agent, "_prove", lambda *_: told.append("proof"))
    monkeypatch.setattr(Agent, "_judge", lambda *_: told.append("verdict"))
    for name in agent.jobs.states:
        agent.jobs.run(name)
    assert told == [] and agent.failures["apply"] == 1


def test_the_agent_s_jobs_stand_on_its_page(agent: Agent) -> None:
    found = {metric.name: list(samples) for metric, samples in agent.samples()}
    assert found["lebarpita_job_failures_total"] == [(("shaper", name), 0) for name in JOBS]
    assert found["lebarpita_shaping_failures_total"] == [((reason,), 0) for reason in FAILURES]
    assert set(found) <= {metric.name for metric in CATALOGUE}


@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "raise KeyError('x')", "return"])
def test_an_agent_whose_loop_ends_ends_its_process(tmp_path: Path, ending: str) -> None:
    (tmp_path / "token").write_text("t" * 32)
    settings = {
        "inventory": str(CITY_FILE),
        "uplink": "isp-utama",
        "tracker": "http://127.0.0.1:9",
        "token": f"file:{tmp_path / 'token'}",
        "state": str(tmp_path),
        "listen": f"127.0.0.1:{free_port()}",
    }
    (tmp_path / "shaping.yaml").write_text(json.dumps(settings))
    told = dies(
        "import sys\nfrom shaping.agent import Agent\nfrom shaping.cli import main\n"
        f"def run(self):\n    {ending}\n"
        "Agent.run = run\n"
        "sys.exit(main(['agent', '--config', 'shaping.yaml']))\n",
        tmp_path,
    )
    assert "thread shaper-agent ended: " in told and "Traceback" not in told
