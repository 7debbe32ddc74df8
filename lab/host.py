"""The half of the lab that stands on the machine: takes the lock, starts the inner half, opens the ports.

It holds the inner half on a leash - a pipe - so that neither outlives the other, however one of them ends.
Never changes anything of the machine but its own state directory, its socket directory and its loopback ports.
"""

import argparse
import asyncio
import contextlib
import fcntl
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from lab import LabError
from lab.entry import entry, search_path
from lab.gate import open_outside
from lab.options import Options
from lab.places import Places

ROOT = Path(__file__).resolve().parent.parent
END_SECONDS = 40
READY, FAILED = "ready after", "failed: "
Say = Callable[[str], None]


def take_lock(places: Places) -> int:
    """The lock of a lab, held by an open descriptor until all of the lab has ended."""
    places.state.mkdir(parents=True, exist_ok=True)
    if any(places.state.iterdir()) and not places.marker.exists():
        raise LabError(f"state directory {places.state}: holds files that are not a lab's; choose another --state")
    places.marker.touch()
    descriptor = os.open(places.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LabError(f"a lab already runs in {places.state}; end it with: make down (python -m lab down)") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def clear(places: Places, keep: Sequence[Path] = ()) -> None:
    """Empty the state directory of an earlier lab, and its sockets."""
    kept = {places.marker, places.lock, *keep}
    for item in places.state.iterdir():
        if item not in kept:
            shutil.rmtree(item) if item.is_dir() else item.unlink()
    shutil.rmtree(places.sockets, ignore_errors=True)


def prepare(places: Places) -> None:
    """A clean state directory."""
    clear(places)
    for directory in (places.logs, places.secrets, places.config, places.state / "data", places.sockets):
        directory.mkdir(mode=0o700, exist_ok=True)


async def serve(places: Places, options: Options, lock: int, leash: bool, say: Say) -> int:
    """Run a lab to its end; the exit code."""
    servers, ports = await _open_ports(places, options)
    places.options.write_text(replace(options, ports=ports or options.ports).to_json())
    command = [*entry(say), sys.executable, "-m", "lab.control", str(places.state), str(places.sockets)]
    with (places.logs / "lab.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PATH": search_path()},
            pass_fds=(lock,),
            start_new_session=True,
        )
    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    if leash:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    facts: dict[str, object] = {"problems": []}
    facts |= {"pid": os.getpid(), "sockets": str(places.sockets), "ports": ports, "stack": options.stack}
    # Need no supervisor: whichever of the three ends first ends this process, and what it raises is its last word.
    listening = asyncio.create_task(_listen(process, say, lambda: _whole(places.facts, json.dumps(facts)), facts))
    ended = asyncio.create_task(process.wait())
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({ended, stopped, listening}, return_when=asyncio.FIRST_COMPLETED)
    if leash:
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
    stopped.cancel()
    code = await _end(process, ended)
    await listening
    for server in servers:
        server.close()
    return code if stop.is_set() else code or 1


async def _listen(
    process: asyncio.subprocess.Process, say: Say, ready: Callable[[], object], facts: dict[str, object]
) -> None:
    """Pass on what the inner half says; the lab is ready when it says so."""
    assert process.stdout is not None
    while line := await process.stdout.readline():
        text = line.decode(errors="replace").rstrip()
        if text.startswith(FAILED):
            facts["problems"] = text.removeprefix(FAILED).split()
        if text.startswith(READY):
            ready()
        say(text)


async def _open_ports(places: Places, options: Options) -> tuple[list[asyncio.Server], dict[str, int]]:
    servers: list[asyncio.Server] = []
    ports: dict[str, int] = {}
    for name, port in options.ports.items() if options.stack else ():
        try:
            server = await open_outside(port, places.sockets / f"{name}.sock")
        except OSError as error:
            raise LabError(
                f"port {port} for {name} cannot be opened: {error.strerror}; choose another: --port {name}=NUMBER"
            ) from error
        servers.append(server)
        ports[name] = server.sockets[0].getsockname()[1]
    return servers, ports


async def _end(process: asyncio.subprocess.Process, ended: "asyncio.Task[int]") -> int:
    """Let go of the leash, wait, and use force only where that is not enough."""
    if process.stdin is not None:
        process.stdin.close()
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(asyncio.shield(ended), END_SECONDS)
    process.kill()
    return await ended


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m lab.host STATE OPTIONS``: not for people; ``python -m lab up`` starts it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("options")
    parser.add_argument("--leash", action="store_true", help="end when standard input does")
    given = parser.parse_args(arguments)
    places = Places(given.state)
    try:
        lock = take_lock(places)
    except LabError as error:
        print(f"error: {error}", flush=True)
        return 1
    try:
        options = Options.from_json(given.options)
        prepare(places)
        return asyncio.run(serve(places, options, lock, given.leash, partial(_say, places.logs / "lab.log")))
    except LabError as error:
        _say(places.logs / "lab.log", f"error: {error}")
        return 1
    finally:
        clear(places, keep=[places.logs])


def _whole(path: Path, text: str) -> None:
    """Its being there says that the lab is ready, so it is there whole or not at all."""
    fresh = path.with_suffix(".new")
    fresh.write_text(text)
    fresh.replace(path)


def _say(log: Path, line: str) -> None:
    """To the log, and to whoever still reads our output."""
    with log.open("a") as file:
        file.write(f"{line}\n")
    with contextlib.suppress(OSError):
        print(line, flush=True)
    if line.startswith(READY):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
