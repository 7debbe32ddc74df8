"""The child process that speaks SNMP through easysnmp (net-snmp's C library): one JSON a line, request in, answer out.

It runs alone because the library crashes in threads and takes its process with it; the parent starts another. The
first line is the login, so that no secret stands on a command line. GET and GETNEXT only.
"""

import json
import sys
from typing import Any

try:
    import easysnmp
    from easysnmp.exceptions import EasySNMPError, EasySNMPNoSuchNameError, EasySNMPTimeoutError
except ImportError:
    # easysnmp_engine.NOT_INSTALLED; that module is not read here, for it would bring asyncio into every worker.
    sys.exit(3)

from exporter.snmp.engines.failure import Reason

# The names that net-snmp's bindings give to the types of RFC 2578.
_NUMBERS = frozenset({"INTEGER", "INTEGER32", "COUNTER", "COUNTER64", "GAUGE", "TICKS", "UNSIGNED32", "UINTEGER"})
_TEXTS = frozenset({"OBJECTID", "IPADDR", "NETADDR"})


def main() -> int:
    """Answer until standard input ends."""
    login = json.loads(sys.stdin.readline())
    session = None
    for line in sys.stdin:
        try:
            # Over TCP the session is a connection, and version 3 asks who the agent is: either may fail.
            session = session or _session(login)
        except EasySNMPError as error:
            answer = _failed(str(error))
        else:
            answer = _answer(session, json.loads(line))
        print(json.dumps(answer), flush=True)
    return 0


def _session(login: dict[str, Any]) -> Any:
    version = {"1": 1, "2c": 2, "3": 3}[login["version"]]
    peer = login["peer"]

    class Session(easysnmp.Session):  # type: ignore[misc]  # easysnmp has no types
        # The library takes every colon for that before a port; net-snmp below it knows transports and IPv6.
        connect_hostname = property(lambda _: peer)

    common = {
        "version": version,
        "timeout": login["timeout"],
        "retries": login["retries"],
        "use_numeric": True,
    }
    if version != 3:
        return Session(**common, community=login["community"])
    level = (
        "auth_with_privacy" if login["privacy"] else "auth_without_privacy" if login["auth"] else "no_auth_or_privacy"
    )
    keys = {"security_level": level, "security_username": login["user"], "context": login["context"]}
    if login["auth"]:
        keys |= {"auth_protocol": login["auth"], "auth_password": login["auth_key"]}
    if login["privacy"]:
        keys |= {"privacy_protocol": login["privacy"], "privacy_password": login["privacy_key"]}
    return Session(**common, **keys)


def _answer(session: Any, request: dict[str, Any]) -> dict[str, Any]:
    try:
        if "get" in request:
            # The leading dot says to net-snmp that this is a whole OID, not a part below its prefix.
            return {"rows": _rows(session.get([f".{oid}" for oid in request["get"]]))}
        return _walk(session, request["walk"], request["limit"])
    # SNMPv1 refuses a whole request for one unknown OID (RFC 1157, 4.1.2); the caller then asks in smaller parts.
    except EasySNMPNoSuchNameError:
        return {"too_big": True}
    except EasySNMPTimeoutError:
        return {"failure": Reason.TIMEOUT, "message": "did not answer in time"}
    except EasySNMPError as error:
        return _failed(str(error))


def _failed(message: str) -> dict[str, Any]:
    # The library raises its general error with a sentence; the sentence is all there is to tell these apart.
    if "too large" in message or "tooBig" in message:
        return {"too_big": True}
    # Without its first letter, so that the word is found with a capital and without.
    reason = Reason.AUTHENTICATION if "uthentication" in message or "user" in message else Reason.BAD_ANSWER
    return {"failure": reason, "message": message}


def _walk(session: Any, oid: str, limit: int) -> dict[str, Any]:
    rows: list[Any] = []
    place = oid
    last: tuple[int, ...] = ()
    while True:
        row = _place(session.get_next([f".{place}"])[0])
        if row is None or not row[0].startswith(f"{oid}."):
            return {"rows": rows}
        arcs = tuple(map(int, row[0].split(".")))
        # A GETNEXT must go forward (RFC 3416, 4.2.2); an agent that goes back or in a circle would be walked for ever.
        if arcs <= last or len(rows) >= limit:
            return {"failure": Reason.ENDLESS, "message": f"the table {oid} does not end at {row[0]}; it was left"}
        place, last = row[0], arcs
        if row[1] is not None:
            rows.append(row)


def _rows(variables: Any) -> list[Any]:
    places = (_place(variable) for variable in variables)
    return [place for place in places if place is not None and place[1] is not None]


def _place(variable: Any) -> tuple[str, Any] | None:
    """OID and value of one varbind: numbers as such, text as text, bytes as a list; None at the end of the MIB."""
    oid = ".".join(part for part in (variable.oid.lstrip("."), variable.oid_index) if part)
    kind = variable.snmp_type
    if kind == "ENDOFMIBVIEW" or not oid:
        return None
    if kind in _NUMBERS:
        return oid, int(variable.value)
    if kind in _TEXTS:
        return oid, variable.value.lstrip(".")
    if kind in ("OCTETSTR", "BITS"):
        # easysnmp hands octets over as text of the same code points; latin-1 is the coding that gives them back one to
        # one.
        return oid, list(variable.value.encode("latin-1", "replace"))
    return oid, None


if __name__ == "__main__":
    sys.exit(main())
