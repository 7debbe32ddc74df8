"""The two private attributes of gufo-snmp 0.13 on which the hot path stands."""

from typing import Any

from snmp_scene import awaited, target

from exporter.snmp.engines.gufo_engine import open_session

NEXT_STEP = (
    "gufo-snmp changed inside. Give gufo_wire.GufoSocket what it needs from the new version, or let GufoSession.get "
    "call SnmpSession.get_many (a third more CPU per request); run the bench; then move the pin in pyproject.toml."
)


@awaited
async def test_the_installed_gufo_still_has_the_socket_and_the_number_that_the_hot_path_uses() -> None:
    session = open_session(target(161))
    inner: Any = getattr(session, "_sock", None)
    number = getattr(session, "_fd", None)
    assert callable(getattr(inner, "send_get_many", None)), NEXT_STEP
    assert callable(getattr(inner, "recv_get_many", None)), NEXT_STEP
    assert isinstance(number, int) and number == inner.get_fd(), NEXT_STEP
