"""A real ClickHouse of Debian's package ``clickhouse-server``, alone in a folder, for the tests that need one."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests
from children import child, until
from ports import free_port

from exporter.flows.account.settings import ClickhouseSettings

PASSWORD = "sandi 'gudang' \\ data"
# Debian's puts it where only root looks without being asked.
PROGRAM = shutil.which("clickhouse-server") or "/usr/sbin/clickhouse-server"
_CONFIG = """<yandex>
<logger><level>warning</level><console>1</console></logger>
<http_port>{http}</http_port><tcp_port>{tcp}</tcp_port><listen_host>127.0.0.1</listen_host>
<path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path><users_config>users.xml</users_config>
<default_profile>default</default_profile><default_database>default</default_database>
<mark_cache_size>67108864</mark_cache_size>
</yandex>"""
_USERS = """<yandex>
<profiles><default><max_memory_usage>1000000000</max_memory_usage></default></profiles>
<users><default><password>{password}</password><networks><ip>127.0.0.1</ip></networks>
<profile>default</profile><quota>default</quota></default></users>
<quotas><default></default></quotas>
</yandex>"""


@dataclass
class ServerFolder:
    """Where the server's files are, and where it listens; it may be started, ended and started again."""

    folder: Path
    http: int = field(default_factory=free_port)
    tcp: int = field(default_factory=free_port)

    @property
    def settings(self) -> ClickhouseSettings:
        return ClickhouseSettings(
            url=f"http://127.0.0.1:{self.http}",
            database="default",
            table="lebarpita_uses",
            user="default",
            collector="kota",
            answers=True,
            password=PASSWORD,
        )

    @contextmanager
    def running(self) -> Iterator[ClickhouseSettings]:
        self.folder.mkdir(exist_ok=True)
        config = self.folder / "config.xml"
        config.write_text(_CONFIG.format(http=self.http, tcp=self.tcp, folder=self.folder))
        (self.folder / "users.xml").write_text(_USERS.format(password=PASSWORD))
        with (
            (self.folder / "log").open("ab") as log,
            child([PROGRAM, f"--config-file={config}"], stdout=log, stderr=subprocess.STDOUT) as server,
        ):
            until(lambda: self._answers(), "clickhouse-server answers", server)
            yield self.settings

    def _answers(self) -> bool:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", self.http)):
                return False
        return requests.get(self.settings.url, timeout=60).ok
