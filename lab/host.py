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
from lab.options import Options
from lab.paths import Paths
from lab.port_forward import open_outside

ROOT = Path(__file__).resolve().parent.parent
# All services get eight seconds to end (Services.stop), one after the other where they are slow.
END_SECONDS = 40
READY, FAILED = "ready after", "failed: "
Say = Callable[[str], None]


def take_lock(paths: Paths) -> int:
    """The lock of a lab, held by an open descriptor until all of the lab has ended."""
    paths.state.mkdir(parents=True, exist_ok=True)
    if any(paths.state.iterdir()) and not paths.marker.exists():
        raise LabError(f"state directory {paths.state}: holds files that are not a lab's; choose another --state")
    paths.marker.touch()
    descriptor = os.open(paths.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        # flock, not a file that exists: the kernel gives it up when the process dies, however it dies.
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise LabError(f"a lab already runs in {paths.state}; end it with: make down (python -m lab down)") from None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())
    return descriptor


def clear(paths: Paths, keep: Sequence[Path] = ()) -> None:
    """Empty the state directory of an earlier lab, and its sockets."""
    exempt = {paths.marker, paths.lock, *keep}
    for item in paths.state.iterdir():
        if item not in exempt:
            shutil.rmtree(item) if item.is_dir() else item.unlink()
    shutil.rmtree(paths.sockets, ignore_errors=True)


def prepare(paths: Paths) -> None:
    """A clean state directory."""
    clear(paths)
    for directory in (paths.logs, paths.secrets, paths.config, paths.state / "data", paths.sockets):
        directory.mkdir(mode=0o700, exist_ok=True)


async def serve(paths: Paths, options: Options, lock: int, leash: bool, say: Say) -> int:
    """Run a lab to its end; the exit code."""
    servers, ports = await _open_ports(paths, options)
    paths.options.write_text(replace(options, ports=ports or options.ports).to_json())
    command = [*entry(say), sys.executable, "-m", "lab.control", str(paths.state), str(paths.sockets)]
    with (paths.logs / "lab.log").open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            cwd=ROOT,
            env={**os.environ, "PATH": search_path()},
            # The inner half holds the lock too: a new lab waits until the old one's last process has ended.
            pass_fds=(lock,),
            start_new_session=True,
        )
    stop = asyncio.Event()
    for signal_ in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_, stop.set)
    if leash:
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
    facts: dict[str, object] = {"problems": []}
    facts |= {"pid": os.getpid(), "sockets": str(paths.sockets), "ports": ports, "stack": options.stack}
    # Need no supervisor: whichever of the three ends first ends this process, and what it raises is its last word.
    listening = asyncio.create_task(_listen(process, say, lambda: _whole(paths.facts, json.dumps(facts)), facts))
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


async def _open_ports(paths: Paths, options: Options) -> tuple[list[asyncio.Server], dict[str, int]]:
    servers: list[asyncio.Server] = []
    ports: dict[str, int] = {}
    for name, port in options.ports.items() if options.stack else ():
        try:
            server = await open_outside(port, paths.sockets / f"{name}.sock")
        except OSError as error:
            raise LabError(
                f"port {port} for {name} cannot be opened: {error.strerror}; choose another: --port {name}=NUMBER,"
                f" or LEBARPITA_PORT_{name.upper().replace('-', '_')}=NUMBER before make demo"
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
    parsed = parser.parse_args(arguments)
    paths = Paths(parsed.state)
    try:
        lock = take_lock(paths)
    except LabError as error:
        print(f"error: {error}", flush=True)
        return 1
    try:
        options = Options.from_json(parsed.options)
        prepare(paths)
        return asyncio.run(serve(paths, options, lock, parsed.leash, partial(_say, paths.logs / "lab.log")))
    except LabError as error:
        _say(paths.logs / "lab.log", f"error: {error}")
        return 1
    finally:
        clear(paths, keep=[paths.logs])


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
