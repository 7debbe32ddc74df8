"""The half of the lab inside the namespaces: process 1 there, so that nothing it started outlives it.

Builds the city, starts the services and answers requests on a Unix socket: one JSON object a line in, one out.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn

from inventory.reading import InventoryError, read_city
from lab import LabError
from lab.city import add_agents, environment
from lab.day import DayClock
from lab.faults import NetworkFaults
from lab.host import ROOT
from lab.namespaces import entering
from lab.network import Network
from lab.options import Options
from lab.paths import Paths
from lab.plan import ISP, NOC, plan
from lab.port_forward import open_inside
from lab.services import Service, Services
from lab.stack import Stack, StackSite, add_stack
from runtime.jobs import Job, Jobs
from runtime.supervision import JobTasks

Request = dict[str, Any]
# The longest request or answer on the control socket: the output of a command, as one line of JSON.
MAX_LINE = 16 * 2**20
# An office day of 24 hours in 48 minutes: its morning rise is seen within a demo.
DAY_SPEED = 30
# Long enough that a part that ends at once again does not fill the log, short enough for a demo.
REVIVE_SECONDS = 1.0


class Control:
    """One running lab: ``start`` brings it up, ``answer`` does what a client asks, ``stop`` ends it."""

    def __init__(self, paths: Paths, sockets: Path, say: Callable[[str], None]) -> None:
        self.paths, self.sockets, self.say = paths, sockets, say
        self.options = Options.from_json(paths.options.read_text())
        self.city = read_city(self.options.city)
        self.plan = plan(self.city)
        self.network = Network(self.plan)
        self.services = Services(paths.logs, environment())
        self.faults = NetworkFaults(self.network, self.services)
        self.stack: Stack | None = None
        self.turn = asyncio.Lock()
        self.ended = asyncio.Event()
        self.servers: list[asyncio.AbstractServer] = []

    async def start(self) -> None:
        """Bring the lab up, saying every step."""
        started = time.monotonic()
        opds, links = len(self.plan.opds), len(self.plan.wires)
        self.say(f"network: {len(self.plan.routers)} routers, {opds} offices, {links} links")
        await asyncio.to_thread(self.network.build)
        agents = add_agents(self.city, self.network, self.paths, self.services, self.options.netflow)
        self.say(f"agents: {', '.join(agents.names)}")
        await asyncio.to_thread(self._start_all, agents.names)
        if self.options.stack:
            site = StackSite(city=self.city, plan=self.plan, paths=self.paths, options=self.options)
            self.stack = add_stack(site, self.services, agents.secrets)
            failed = await asyncio.to_thread(self.stack.start, self.say)
            self.say(f"failed: {' '.join(failed)}") if failed else None
            for name, (host, port) in self.stack.faces.items():
                self.servers.append(await open_inside(self.sockets / f"{name}.sock", NOC, host, port))
        argv = (sys.executable, "-m", "lab.traffic", str(self.paths.state))
        self.services.catalogue["traffic"] = Service("traffic", ISP, argv, "udp:443", {"PYTHONPATH": str(ROOT)})
        if self.options.hour is not None:
            await self._traffic({"hour": self.options.hour, "speed": DAY_SPEED, "scale": 1})
        self.servers.append(await asyncio.start_unix_server(self._serve, str(self.sockets / "control"), limit=MAX_LINE))
        # Inside a folder of mode 0700: whoever started the lab may ask, also from outside the user namespace.
        (self.sockets / "control").chmod(0o666)
        self.say(f"ready after {time.monotonic() - started:.1f} s")

    def _start_all(self, names: tuple[str, ...]) -> None:
        for name in names:
            self.services.launch(name)
        for name in names:
            self.services.wait(name)

    async def revive(self) -> None:
        """Start anew, as systemd would, what ended because a thread or task of its own did; a job of the lab."""
        for name in self.services.fallen():
            self.say(f"service {name} ended by itself and is started again; {self.paths.logs / name}.log says why")
            await asyncio.to_thread(self.services.launch, name)

    async def stop(self) -> None:
        """End every program; what is left dies with this process."""
        for server in self.servers:
            server.close()
        await asyncio.to_thread(self.services.stop_all)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Whatever an answer raises, its asker must not wait for ever.
        with contextlib.closing(writer), contextlib.suppress(OSError, ValueError):
            while line := await reader.readline():
                # Need no supervisor: both are waited for, and what answering raises is raised here.
                answering = asyncio.create_task(self.answer(json.loads(line)))
                gone = asyncio.create_task(_gone(reader))
                await asyncio.wait({answering, gone}, return_when=asyncio.FIRST_COMPLETED)
                if not answering.done():
                    answering.cancel()
                    break
                gone.cancel()
                writer.write(json.dumps(answering.result()).encode() + b"\n")
                await writer.drain()

    async def answer(self, request: Request) -> Request:
        """The answer to one request: ``{"ok": true, "result": ...}`` or ``{"ok": false, "error": sentence}``."""
        acts: dict[str, Callable[[Request], Awaitable[Any]]] = {
            "status": self._status,
            "fault": self._fault,
            "flap": self._flap,
            "reboot": self._reboot,
            "exec": self._exec,
            "service": self._service,
            "counters": self._counters,
            "traffic": self._traffic,
            "down": self._down,
        }
        try:
            act = acts.get(str(request.get("do")))
            if act is None:
                raise LabError(f"request {request.get('do')!r} is unknown; known are {', '.join(acts)}")
            return {"ok": True, "result": await act(request)}
        except (LabError, KeyError, TypeError) as error:
            sentence = str(error) if isinstance(error, LabError) else f"request {request.get('do')}: {error!r}"
            return {"ok": False, "error": sentence}

    async def _status(self, _: Request) -> Request:
        return {
            "nodes": list(self.plan.nodes),
            "links": [wire.name for wire in self.plan.wires],
            "faults": self.faults.status(),
            "services": self.services.status(),
            "city": self.options.city,
            "hour": self._hour(),
        }

    def _hour(self) -> float | None:
        if not self.services.alive("traffic"):
            return None
        return round(DayClock.from_json(self.paths.clock.read_text()).hour_at(time.time()), 2)

    async def _fault(self, request: Request) -> None:
        acts: dict[str, Callable[..., None]] = {
            "cut": self.faults.cut,
            "heal": self.faults.heal,
            "silence": self.faults.silence,
            "delay": self.faults.delay,
            "kill": self.faults.kill,
        }
        async with self.turn:
            await asyncio.to_thread(acts[request["act"]], *request["arguments"])

    async def _flap(self, request: Request) -> list[float]:
        """Cut and heal; how many seconds each cut lasted at most, for a busy machine draws it out."""
        link, lasted = request["link"], []
        for _ in range(int(request["times"])):
            begun = time.monotonic()
            await self._fault({"act": "cut", "arguments": [link]})
            await asyncio.sleep(float(request["down_seconds"]))
            await self._fault({"act": "heal", "arguments": [link]})
            lasted.append(time.monotonic() - begun)
            await asyncio.sleep(float(request["up_seconds"]))
        return lasted

    async def _reboot(self, request: Request) -> None:
        async with self.turn:
            await asyncio.to_thread(self.faults.begin_reboot, request["node"])
        await asyncio.sleep(float(request["seconds"]))
        async with self.turn:
            await asyncio.to_thread(self.faults.end_reboot, request["node"])

    async def _exec(self, request: Request) -> Request:
        """Run a command in a namespace. It dies with the client that asked for it."""
        if request["node"] not in self.plan.nodes:
            raise LabError(f"no node is called {request['node']!r}; the nodes are {', '.join(self.plan.nodes)}")
        process = await asyncio.create_subprocess_exec(
            *entering(request["node"], request["argv"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment(), **request.get("environment", {})},
            start_new_session=True,
        )
        try:
            output = process.communicate((request.get("input") or "").encode())
            out, err = await asyncio.wait_for(output, request.get("timeout"))
        except TimeoutError:
            raise LabError(f"{' '.join(request['argv'])}: not done after {request['timeout']} s") from None
        finally:
            with contextlib.suppress(ProcessLookupError):
                # The whole group: a shell's children would go on without it.
                os.killpg(process.pid, signal.SIGKILL)
        return {
            "code": process.returncode,
            "stdout": out.decode(errors="replace"),
            "stderr": err.decode(errors="replace"),
        }

    async def _service(self, request: Request) -> None:
        acts: dict[str, Callable[[str], None]] = {
            "start": self.services.start,
            "stop": self.services.stop,
            "kill": self.services.kill,
        }
        await asyncio.to_thread(acts[request["act"]], request["name"])

    async def _counters(self, request: Request) -> Request:
        show = ["ip", "-n", request["node"], "-s", "-j", "link", "show", "dev", request["interface"]]
        done = await asyncio.to_thread(subprocess.run, show, capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabError(f"{request['node']}: {done.stderr.strip()}")
        row = json.loads(done.stdout)[0]
        return {"index": row["ifindex"], "receive": row["stats64"]["rx"], "transmit": row["stats64"]["tx"]}

    async def _traffic(self, request: Request) -> None:
        """Set the clock of the day and let traffic follow it; no hour stops it."""
        if request["hour"] is None:
            await asyncio.to_thread(self.services.stop, "traffic")
            return
        clock = DayClock(float(request["hour"]), time.time(), float(request["speed"]), float(request["scale"]))
        new = self.paths.clock.with_suffix(".new")
        new.write_text(clock.to_json())
        # Renamed over: the traffic reads the clock at any moment and must never meet half of it.
        new.replace(self.paths.clock)
        await asyncio.to_thread(self.services.start, "traffic")

    async def _down(self, _: Request) -> None:
        self.ended.set()


async def _gone(reader: asyncio.StreamReader) -> None:
    """Returns when the client hangs up while its request is being worked on (it sends nothing meanwhile)."""
    while not reader.at_eof():
        await asyncio.sleep(0.1)


async def _run(control: Control) -> int:
    loop = asyncio.get_running_loop()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_, control.ended.set)
    # The leash: the host half never writes; readable means that it has gone.
    loop.add_reader(sys.stdin.fileno(), control.ended.set)
    # Need no supervisor: both are waited for here, and the end of either is acted upon.
    ended = asyncio.create_task(control.ended.wait())
    starting = asyncio.create_task(control.start())
    try:
        await asyncio.wait({ended, starting}, return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            async with JobTasks(Jobs("lab", (Job("revive", REVIVE_SECONDS, control.revive),))).running():
                await ended
        else:
            starting.cancel()
    except LabError as error:
        control.say(f"error: {error}")
        return 1
    finally:
        loop.remove_reader(sys.stdin.fileno())
        control.say("ending")
        await control.stop()
        shutil.rmtree(control.sockets, ignore_errors=True)
    return 0


def main(arguments: list[str]) -> NoReturn:
    """``python -m lab.control STATE SOCKETS``: not for people; the host half starts it in fresh namespaces."""
    paths = Paths(Path(arguments[0]))
    # Its own /run, so that ``ip netns`` writes nothing on the machine's.
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/run"], check=True)

    async def live() -> int:
        return await _run(Control(paths, Path(arguments[1]), lambda line: print(line, flush=True)))

    try:
        code = asyncio.Runner().run(live())
    except (LabError, InventoryError) as error:
        print(f"error: {error}", flush=True)
        code = 1
    os._exit(code)  # process 1 ends at once and with it everything here; threads that still start things do not matter


if __name__ == "__main__":
    main(sys.argv[1:])
