"""Why a neighbour over HTTP was not reached, as a sentence: an exception of requests in, what to look at out. Pure."""

import socket

import requests

NO_ADDRESS = "that is no address; write http://HOST or https://HOST"

# How deep a library wraps the reason of a failure: requests, urllib3's retries, its connection, the system.
_DEEPEST = 8


def why_unreached(error: requests.RequestException) -> str:
    """What happened and what to do next, without the library's own words; those where it is none of the usual."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not accepted here; let this machine trust it, or give the address it was made for"
    if isinstance(error, requests.Timeout):
        return "it does not answer in time; look whether it runs, and whether a firewall stands in between"
    if isinstance(error, (requests.exceptions.MissingSchema, requests.exceptions.InvalidURL)):
        return NO_ADDRESS
    if isinstance(error, requests.exceptions.InvalidSchema):
        return "only http:// and https:// are spoken"
    cause = _of_the_system(error)
    if isinstance(cause, ConnectionRefusedError):
        return "the connection is refused: nothing listens on that port; look at the port, and whether it runs"
    if isinstance(cause, socket.gaierror):
        return "no such host name is known here; look at its spelling, or write its IP address"
    if cause is not None and cause.strerror:
        return f"it cannot be reached ({cause.strerror}); look whether this machine has a way to it"
    return str(error)


def _of_the_system(error: BaseException) -> OSError | None:
    """The system's own refusal below the library's."""
    below: BaseException | None = error
    for _ in range(_DEEPEST):
        if below is None:
            return None
        if isinstance(below, OSError) and not isinstance(below, requests.RequestException) and below.errno:
            return below
        wrapped = getattr(below, "reason", None) or next(iter(below.args), None)
        below = wrapped if isinstance(wrapped, BaseException) else below.__cause__ or below.__context__
    return None
