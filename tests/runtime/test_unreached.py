"""Why a neighbour was not reached is a sentence with what to do next, whatever the library wrapped it in."""

import errno
import socket

import pytest
import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from runtime.unreached import why_unreached


def wrapped(cause: OSError) -> requests.ConnectionError:
    """As requests raises it: urllib3's retries around its connection around the system's refusal."""
    connection = NewConnectionError(None, "long text")  # type: ignore[arg-type]  # the pool is only for its text
    connection.__cause__ = cause
    return requests.ConnectionError(MaxRetryError(None, "/api", connection))  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (wrapped(ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")), "nothing listens on that port"),
        (wrapped(socket.gaierror(socket.EAI_NONAME, "Name or service not known")), "no such host name is known here"),
        (wrapped(OSError(errno.EHOSTUNREACH, "No route to host")), "it cannot be reached (No route to host)"),
        (requests.exceptions.SSLError("long"), "its certificate is not accepted here"),
        (requests.ReadTimeout("long"), "it does not answer in time"),
        (requests.exceptions.MissingSchema("long"), "that is no address; write http://HOST or https://HOST"),
        (requests.exceptions.InvalidSchema("long"), "only http:// and https:// are spoken"),
        (requests.ConnectionError("the answer is longer than 5 bytes"), "the answer is longer than 5 bytes"),
    ],
)
def test_the_reason_is_a_sentence_with_the_next_step(error: requests.RequestException, why: str) -> None:
    assert why in why_unreached(error)
    assert "long text" not in why_unreached(error)
