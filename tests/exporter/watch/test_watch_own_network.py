"""The monitor's own port: a real one in a namespace of its own, with and without carrier and route."""

import subprocess
import sys

import pytest
from tree import ROOT

STORY = """
import subprocess, sys, time
from ipaddress import ip_address
from exporter.watch.own_network import cut_off

def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True)

own, root, length, more = sys.argv[1:]
ip("link", "set", "lo", "up")
ip("link", "add", "w0", "type", "veth", "peer", "name", "w1")
ip("address", "add", f"{own}/{length}", "dev", "w0", *filter(None, [more]))
ip("link", "set", "w0", "up")
said = [cut_off(ip_address(root))]
ip("link", "set", "w1", "up")
# The kernel says the new carrier by work of its own (linkwatch), later where the machine is busy.
end = time.monotonic() + 180
while cut_off(ip_address(root)) and time.monotonic() < end:
    time.sleep(0.05)
said += [cut_off(ip_address(root)), cut_off(ip_address(own))]
ip("link", "delete", "w0")
said.append(cut_off(ip_address(root)))
print(said)
"""


@pytest.mark.parametrize(
    ("own", "root", "length", "more"),
    [("10.9.0.2", "10.9.0.1", "24", ""), ("2001:db8:9::2", "2001:db8:9::1", "64", "nodad")],
)
def test_a_port_without_carrier_or_a_host_without_a_route_is_cut_off(
    own: str, root: str, length: str, more: str
) -> None:
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", STORY, own, root, length, more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[True, False, False, True]"
