"""Debian's VictoriaMetrics as a child of the tests: started, fed with samples, ended with the block."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import Request, urlopen

from alertmanager_real import answers
from children import child, until
from ports import free_port


@contextmanager
def victoria(folder: Path, *more: str) -> Iterator[str]:
    """The database's address; ``more`` are further flags."""
    address = f"127.0.0.1:{free_port()}"
    command = ["victoria-metrics", f"-storageDataPath={folder / 'tsdb'}", f"-httpListenAddr={address}"]
    # A figure is asked for as soon as it was sent here, not after the usual half minute.
    command += ["-search.latencyOffset=0s", *more]
    with (folder / "victoria.log").open("w") as log, child(command, stdout=log, stderr=log):
        until(lambda: answers(f"http://{address}/health"), "VictoriaMetrics answers")
        yield f"http://{address}"


def feed(url: str, lines: str) -> None:
    """Samples in Prometheus' text format; a moment behind a value is in milliseconds."""
    with urlopen(Request(f"{url}/api/v1/import/prometheus", lines.encode()), timeout=120):
        pass
