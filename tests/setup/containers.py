"""A machine in namespaces for the Compose file: stand-in images of Debian's packages, and podman-compose run there.

What comes from a registry elsewhere is built here: a Debian by debootstrap, Python, Prometheus and Alertmanager by its
packages. Each has the name ``stand-in-...``, so that nobody takes one for the real thing. Nothing is left mounted.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from children import child
from tree import ROOT

# A start on a machine that is busy with other work; each wait ends as soon as the thing is true.
PATIENCE_SECONDS = 300
PARTS = ("exporter", "watch", "flows", "tracker", "shaper", "prometheus", "alertmanager")
# crun takes no machine whose controllers are half in cgroup 1 and half in 2; without the second half limits are real.
# lan is the router that sends flows: in a network of its own, so that its packets come by a wire.
_NAMESPACES = """
mount --make-rprivate /
if mountpoint -q /sys/fs/cgroup/unified; then umount -l /sys/fs/cgroup/unified; fi
ip link set lo up
unshare --net sleep infinity &
router=$!
while [ "$(readlink /proc/$router/ns/net)" = "$(readlink /proc/$$/ns/net)" ]; do sleep 0.1; done
ip link add wan type veth peer name lan netns $router
ip address add 10.99.0.1/24 dev wan
ip link set wan up
nsenter --net=/proc/$router/ns/net sh -c 'ip address add 10.99.0.2/24 dev lan; ip link set lan up'
echo $router
wait
"""
# Limits that an engine raises by itself only where it may; here they are what every machine grants.
_CONTAINERS_CONF = """
[containers]
default_ulimits = ["nofile=16384:16384", "nproc=16384:16384"]
[engine]
cgroup_manager = "cgroupfs"
"""
_PYTHON = """
FROM localhost/stand-in-debian
RUN apt-get update -qq && apt-get install -qq --no-install-recommends ca-certificates python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt
"""
_MONITORING = """
FROM localhost/stand-in-debian
RUN apt-get update -qq && apt-get install -qq --no-install-recommends prometheus prometheus-alertmanager busybox \
 && ln -s /bin/busybox /usr/bin/wget && rm -rf /var/lib/apt/lists/* /var/cache/apt
USER 65534
ENTRYPOINT ["/usr/bin/{program}"]
"""


@dataclass
class Machine:
    """Namespaces with an engine in them; ``folder`` holds its images and its state and is kept."""

    folder: Path
    compose: Path
    environment: dict[str, str] = field(default_factory=dict)
    router: int = 0
    _keeper: "subprocess.Popen[Any] | None" = None
    _stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        """Make the namespaces. Raises where this is not root's to do."""
        conf = self.folder / "containers.conf"
        conf.write_text(_CONTAINERS_CONF)
        storage = self.folder / "storage.conf"
        places = f'graphroot = "{self.folder}/images"\nrunroot = "{self.folder}/run"\n'
        storage.write_text(f'[storage]\ndriver = "overlay"\n{places}')
        self.environment |= os.environ | {"CONTAINERS_CONF": str(conf), "CONTAINERS_STORAGE_CONF": str(storage)}
        words = ["unshare", "--mount", "--net", "bash", "-ec", _NAMESPACES]
        how: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "start_new_session": True}
        self._keeper = self._stack.enter_context(child(words, **how))
        assert self._keeper.stdout is not None
        self.router = int(self._keeper.stdout.readline())

    def stop(self) -> None:
        """End everything that runs in it; the namespaces go with their last process."""
        self.run("podman", "rm", "--all", "--force", "--time", "5", check=False)
        self.run("podman", "volume", "prune", "--force", check=False)
        if self._keeper is not None:
            os.kill(self.router, 15)
            self._keeper.wait(timeout=PATIENCE_SECONDS)
        self._stack.close()

    def run(self, *words: str, check: bool = True, **more: Any) -> "subprocess.CompletedProcess[str]":
        """A command inside, in the clone."""
        assert self._keeper is not None
        where = [f"--target={self._keeper.pid}", "--mount", "--net", f"--wd={ROOT}"]
        inside = ["nsenter", *where, "--", *words]
        done = subprocess.run(inside, text=True, capture_output=True, env=self.environment, check=False, **more)
        assert not check or done.returncode == 0, f"{words}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
        return done

    def as_router(self, *words: str, **more: Any) -> None:
        """A command where the router stands."""
        subprocess.run(["nsenter", f"--target={self.router}", "--net", "--", *words], check=True, **more)

    def images(self) -> None:
        """Build the stand-ins; what an earlier run built is taken again."""
        base = self.folder / "debian"
        if not (base / "etc/debian_version").exists():
            # In the network that leads out, which the machine's own is not.
            subprocess.run(["debootstrap", "--variant=minbase", "bookworm", str(base)], check=True, capture_output=True)
        if self.run("podman", "image", "exists", "localhost/stand-in-debian", check=False).returncode != 0:
            self.run("sh", "-ec", f"tar -C {base} -c . | podman import - localhost/stand-in-debian")
        self.build("python", _PYTHON)
        self.build("prometheus", _MONITORING.replace("{program}", "prometheus"))
        self.build("alertmanager", _MONITORING.replace("{program}", "prometheus-alertmanager"))

    def build(self, name: str, text: str) -> None:
        """A stand-in of that text. Building needs Debian's mirror, so it is done in the machine's own network."""
        self.outside("-t", f"localhost/stand-in-{name}", "-f", "-", ".", input=text)

    def outside(self, *words: str, **more: Any) -> None:
        """``podman build`` in the network that leads out."""
        # A firewall that opens TLS has its own certificate, here as on the office's machines.
        (self.folder / "pip.conf").write_text("[global]\ncert = /etc/pip-certificates\ntimeout = 180\n")
        certificates = ["--volume=/etc/ssl/certs/ca-certificates.crt:/etc/pip-certificates:ro"]
        certificates += [f"--volume={self.folder}/pip.conf:/etc/pip.conf:ro"]
        build = ["podman", "build", "--quiet", "--layers", "--network=host", *certificates, *words]
        assert self._keeper is not None
        inside = ["nsenter", f"--target={self._keeper.pid}", "--mount", f"--wd={ROOT}", "--", *build]
        done = subprocess.run(inside, text=True, capture_output=True, env=self.environment, check=False, **more)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]

    def container(self, part: str) -> Any:
        """What the engine knows of a part's container."""
        return json.loads(self.run("podman", "inspect", f"lebarpita_{part}_1").stdout)[0]

    def inside(self, part: str, *words: str) -> str:
        """A command among a part's files, with every right, which no root inside a container has; its output."""
        program = self.container(part)["State"]["Pid"]
        return self.run("nsenter", f"--target={program}", "--mount", "--", *words).stdout

    def page(self, url: str, *headers: str) -> str:
        """A page of the machine's loopback; empty where nobody answers."""
        words = [word for header in headers for word in ("-H", header)]
        return self.run("curl", "-sS", "-m", "30", *words, url, check=False).stdout


def until(what: str, done: Callable[[], object]) -> None:
    """Wait until it is true."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(1)
