"""The second engine, easysnmp, net-snmp's own library: an SnmpTarget in, a Session out.

It also asks what the others cannot: contexts of SNMP v3, and agents over TCP.

Each session has a worker process of its own: the library blocks, and it crashes in threads. Slower than gufo by far;
the differential oracle of the tests. Nothing is asked of it but GET and GETNEXT.
"""

import asyncio
import contextlib
import json
import math
import sys
from collections.abc import Sequence
from typing import Any

from exporter.snmp.engines.failure import Reason, SnmpFailure, TooBigError
from exporter.snmp.engines.interface import MAX_ROWS, MAX_VARBINDS, SnmpTarget, one_by_one
from exporter.snmp.wire.ber import Value

# The worker's exit code, unlike Python's own 1 (traceback) and 2 (wrong use).
NOT_INSTALLED = 3
# The longest line from the worker: MAX_ROWS rows of JSON at some hundred bytes, several times over.
_LINE_BYTES = 2**26
# A walk of MAX_ROWS, one GETNEXT at a time, at a few milliseconds each.
_WALK_SECONDS = 600.0


class EasySession:
    """A worker process that is started at the first request and again after it died."""

    def __init__(self, target: SnmpTarget) -> None:
        self.target = target
        self.sent = 0
        self.retried = 0
        self._worker: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def get(self, oids: Sequence[str]) -> dict[str, Value]:
        """See Session.get."""
        if len(oids) > MAX_VARBINDS:
            raise TooBigError
        wanted = set(oids)
        # net-snmp counts its own timeouts and retries, in whole seconds; this is the bound over it, should the library
        # hang.
        seconds = math.ceil(self.target.timeout_seconds) * (self.target.retries + 1) + 1.0
        rows = await self._answer_rows({"get": list(oids)}, seconds)
        return {oid: value for oid, value in rows if oid in wanted}

    async def get_each(self, requests: Sequence[Sequence[str]]) -> list[dict[str, Value] | None]:
        """See Session.get_each; one after the other."""
        return await one_by_one(self.get, requests)

    async def walk(self, oid: str, limit: int = MAX_ROWS) -> list[tuple[str, Value]]:
        """See Session.walk."""
        return await self._answer_rows({"walk": oid, "limit": limit}, _WALK_SECONDS)

    def close(self) -> None:
        """See Session.close."""
        worker, self._worker = self._worker, None
        if worker is not None:
            with contextlib.suppress(ProcessLookupError):
                worker.kill()
            if worker.stdin is not None:
                worker.stdin.close()

    async def _answer_rows(self, request: dict[str, Any], seconds: float) -> list[tuple[str, Value]]:
        async with self._turn:
            self.sent += 1
            try:
                async with asyncio.timeout(seconds):
                    answer = await self._exchanged(request)
            # A cancelled request leaves its answer in the pipe, where the next one would read it as its own: the worker
            # is ended.
            except BaseException as error:
                self.close()
                if isinstance(error, TimeoutError):
                    raise self._failure(Reason.TIMEOUT, "did not answer in time") from error
                raise
        if answer.get("too_big"):
            raise TooBigError
        if "failure" in answer:
            raise self._failure(Reason(answer["failure"]), answer["message"])
        # JSON has no bytes; the worker sends them as a list of numbers.
        return [(oid, bytes(value) if isinstance(value, list) else value) for oid, value in answer["rows"]]

    async def _exchanged(self, request: dict[str, Any]) -> dict[str, Any]:
        worker = self._worker or await self._started()
        self._worker = worker
        assert worker.stdin is not None and worker.stdout is not None
        worker.stdin.write(json.dumps(request).encode() + b"\n")
        # No drain before: a request is at most some kilobytes, and an empty line below says that the worker is gone.
        line = await worker.stdout.readline()
        if not line:
            code = await worker.wait()
            if code == NOT_INSTALLED:
                hint = "pip install 'lebarpita[easysnmp]'"
                raise self._failure(
                    Reason.NETWORK, f"easysnmp, which also reads contexts and TCP, is not installed; {hint}"
                )
            raise self._failure(Reason.BAD_ANSWER, f"the library crashed (code {code})")
        return dict(json.loads(line))

    async def _started(self) -> asyncio.subprocess.Process:
        command = [sys.executable, "-m", "exporter.snmp.engines.easysnmp_worker"]
        pipe = asyncio.subprocess.PIPE
        worker = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, limit=_LINE_BYTES
        )
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(_login_message(self.target)).encode() + b"\n")
        return worker

    def _failure(self, reason: Reason, message: str) -> SnmpFailure:
        return SnmpFailure(reason, f"{self.target.name} ({self.target.address} port {self.target.port}): {message}")


def _peer(target: SnmpTarget) -> str:
    """The agent as net-snmp writes it (snmpcmd(1), AGENT SPECIFICATION): ``udp:10.0.0.1:161``, ``tcp6:[::1]:161``."""
    if ":" in target.address:
        return f"{target.transport}6:[{target.address}]:{target.port}"
    return f"{target.transport}:{target.address}:{target.port}"


def _login_message(target: SnmpTarget) -> dict[str, Any]:
    login = target.login
    return {
        "peer": _peer(target),
        "context": target.context,
        "timeout": math.ceil(target.timeout_seconds),
        "retries": target.retries,
        "version": login.version,
        "community": login.community,
        "user": login.user,
        "auth": login.auth,
        "auth_key": login.auth_key,
        "privacy": login.privacy,
        "privacy_key": login.privacy_key,
    }
