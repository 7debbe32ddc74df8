"""The agent's line to the tracker: a question in, its answer and the mark of what was heard out."""

from dataclasses import dataclass
from typing import Any

import requests

from runtime.bounded_http import Bounds, ask
from shaping.config import Config
from shaping.errors import ShapingError

# How long the tracker may take to be reached and to answer: a turn waits for it, and somebody's hand on the queues
# waits for the turn.
ASK_SECONDS = (1.0, 5.0)
_BOUNDS = Bounds(ASK_SECONDS[1], ASK_SECONDS[1], 4 * 2**20)
"""The ledger of ten thousand OPDs is half of that: a row of four rates has some 200 bytes."""
# Letters of a wrong answer that the log shows: the tracker's sentence, or the title of a proxy's page.
_SHOWN_OF_ANSWER = 200
# What to do about an answer that says only that it is refused (RFC 9110, 15.5).
_TOKEN = "; make one: lebarpita-tracker token add NAME --scope allocations:read --scope proofs:write"
_STEPS = {requests.codes.unauthorized: _TOKEN, requests.codes.forbidden: _TOKEN}


@dataclass(frozen=True)
class TrackerQuestion:
    """``etag`` is that of the last answer, '' for none: what was heard last is not sent again (RFC 9110, 13.1.2)."""

    method: str
    path: str
    body: Any
    etag: str = ""


def ask_tracker(config: Config, question: TrackerQuestion) -> tuple[Any, str]:
    """The answer, None where it is the one of ``etag``, and its own etag. Raises ShapingError."""
    reads = question.method == "GET"
    url = f"{config.tracker.rstrip('/')}{question.path}"
    headers = {"Authorization": f"Bearer {config.secret()}"}
    if reads and question.etag:
        headers["If-None-Match"] = question.etag
    try:
        answer = ask(question.method, url, _BOUNDS, json=question.body, headers=headers, timeout=ASK_SECONDS)
        if reads and answer.status == requests.codes.not_modified:
            return None, question.etag
        if answer.status != requests.codes.ok:
            said = answer.text[:_SHOWN_OF_ANSWER].strip()
            raise ShapingError(f"tracker: {url} answered {answer.status}: {said}{_STEPS.get(answer.status, '')}")
        return answer.json(), answer.headers.get("ETag", "") if reads else question.etag
    except requests.RequestException as error:
        step = "is it running, and is tracker: in shaping.yaml its address?"
        raise ShapingError(f"tracker: {url} did not answer ({type(error).__name__}); {step}") from error
    except ValueError as error:
        raise ShapingError(f"tracker: {url} answered something else than JSON; is it the right address?") from error
