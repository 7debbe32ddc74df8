"""The units of systemd: a service in, its text out. Each may do what it needs and nothing else (systemd.exec(5)).

What is measured: ``systemd-analyze security`` gives each less than 2.5 of 10; the test runs it offline.
"""

from operations.install.services import BACKUPS, ETC, FLOWS, GROUP, SNMP_SECRETS, TRACKER, Installation, InstalledPart

# No ProcSubset=pid: prometheus-client reads /proc/stat for the start of the process (LebarpitaPartRestarting), the
# shaping agent the boot's id. @resources stays allowed: a child that works on pictures is niced (picture_child).
HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectHostname=yes
ProtectClock=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RemoveIPC=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
UMask=0077
"""
# A server that 8,000 browsers reach (docs/why/server.md), and room for files beside them.
OPEN_FILES = 16_384
# Receive buffer of the flows' socket, as the collector asks for (exporter.flows.intake.receiver): systemd may give it.
FLOW_BUFFER = "32M"
# In the tracker's state: everything was prepared, to the last token.
PREPARED = "prepared"
_NO_RIGHTS = "CapabilityBoundingSet=\nAmbientCapabilities=\nPrivateUsers=yes\n"


def service_unit(service: InstalledPart, office: Installation) -> str:
    """The unit of a long-running service."""
    needs = "".join(f"{line}\n" for line in service.extra)
    return (
        f"[Unit]\nDescription=lebarpita {service.title}\n"
        f"After=network-online.target\nWants=network-online.target\n{needs}"
        # Never given up: whatever ends a part, it is started anew (runtime.supervision ends one that is ill).
        "StartLimitIntervalSec=0\n\n"
        f"[Service]\nType=exec\nExecStart={office.programs}/{service.command} --config {ETC / service.settings}\n"
        # The city file read anew while the part goes on (runtime.reload).
        "ExecReload=/bin/kill -HUP $MAINPID\n"
        "Restart=always\nRestartSec=2\n"
        # The flow part's last minute may take 70 seconds to be written (exporter.cli.ENDING_SECONDS).
        "TimeoutStopSec=90\n"
        f"{_identity(service)}{_rights(service)}{_families(service)}{_files(service)}{HARDENING}"
        "\n[Install]\nWantedBy=multi-user.target\n"
    )


def flow_socket() -> str:
    """The socket that receives flows also while the collector is started anew."""
    return (
        "[Unit]\nDescription=lebarpita: where exporters send NetFlow, IPFIX and sFlow\n\n"
        f"[Socket]\nListenDatagram=0.0.0.0:2055\nReceiveBuffer={FLOW_BUFFER}\nService={FLOWS.unit}.service\n\n"
        "[Install]\nWantedBy=sockets.target\n"
    )


def init_unit(office: Installation) -> str:
    """Prepares the tracker once: its database, and the tokens that other parts hold already.

    Once is when all of it was done: the mark is made last. A database alone says nothing of the tokens, and what was
    restored or shipped here has those of another machine; ``init`` and ``token add`` may be run again.
    """
    tracker, config = f"{office.programs}/lebarpita-tracker", f"--config {ETC / TRACKER.settings}"
    tokens = (
        ("shaping-token", "shaping", "--scope allocations:read --scope proofs:write"),
        ("metrics-token", "prometheus", "--scope metrics:read"),
    )
    adoptions = "".join(
        f"ExecStart={tracker} token add {name} {scopes} --from file:%d/{secret} {config}\n"
        for secret, name, scopes in tokens
    )
    return (
        f"[Unit]\nDescription=lebarpita: the tracker's database, made once\n"
        f"ConditionPathExists=|!{TRACKER.state}/tracker.db\n"
        f"ConditionPathExists=|!{TRACKER.state}/{PREPARED}\nBefore={TRACKER.unit}.service\n\n"
        # The set-up token is printed once: to a file that root and the tracker alone can reach, not to the journal.
        f"[Service]\nType=oneshot\nExecStart={tracker} init {config}\n{adoptions}"
        f"ExecStart=/usr/bin/touch {TRACKER.state}/{PREPARED}\n"
        f"StandardOutput=append:{TRACKER.state}/setup-token\n"
        f"{_identity(TRACKER, ('shaping-token', 'metrics-token'))}{_alone()}"
    )


def backup_unit(office: Installation) -> str:
    """Takes a backup and throws away the oldest of more than two weeks of them."""
    return (
        "[Unit]\nDescription=lebarpita: the tracker's backup of the day\n\n"
        f"[Service]\nType=oneshot\nExecStart={office.programs}/lebarpita backup"
        f" --config {ETC / TRACKER.settings} --folder {BACKUPS}\n"
        f"{_identity(TRACKER, (), BACKUPS.name)}{_alone()}"
    )


def ship_unit(office: Installation) -> str:
    """Sends the newest backup to another machine, where ``backup.send`` of tracker.yaml names a way."""
    return (
        "[Unit]\nDescription=lebarpita: the tracker's backup off this machine\n"
        "After=network-online.target lebarpita-backup.service\nWants=network-online.target\n\n"
        f"[Service]\nType=oneshot\nExecStart={office.programs}/lebarpita-tracker ship {BACKUPS}"
        f" --config {ETC / TRACKER.settings}\n"
        f"{_identity(TRACKER, (), BACKUPS.name)}{_NO_RIGHTS}{_families(TRACKER)}{HARDENING}"
    )


def drill_unit(office: Installation) -> str:
    """Restores the newest backup beside the office, verifies it and is gone again."""
    return (
        "[Unit]\nDescription=lebarpita: restoring the tracker's backup, tried\n\n"
        f"[Service]\nType=oneshot\nExecStart={office.programs}/lebarpita-tracker drill {BACKUPS} --scratch {BACKUPS}"
        f" --config {ETC / TRACKER.settings}\n"
        f"{_identity(TRACKER, (), BACKUPS.name)}{_alone()}"
    )


def verify_unit(office: Installation) -> str:
    """Verifies every chain and number; fails, and is seen by ``systemctl --failed``, where one is broken."""
    return (
        "[Unit]\nDescription=lebarpita: every chain of the tracker, verified\n\n"
        f"[Service]\nType=oneshot\nExecStart={office.programs}/lebarpita-tracker audit verify"
        f" --config {ETC / TRACKER.settings}\n"
        f"{_identity(TRACKER, ())}{_alone()}"
    )


def timer(title: str, calendar: str) -> str:
    """A timer of the service of its own name; what was missed while the machine was off is done at its start."""
    return (
        f"[Unit]\nDescription=lebarpita: {title}\n\n"
        f"[Timer]\nOnCalendar={calendar}\nRandomizedDelaySec=10m\nPersistent=yes\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )


def _identity(service: InstalledPart, secrets: tuple[str, ...] | None = None, *states: str) -> str:
    """Whose it is: user, group, state folder (its own, 0700), and the secrets handed to it alone."""
    handed = service.secrets if secrets is None else secrets
    credentials = "".join(f"LoadCredential={name}:{ETC / 'secrets' / name}\n" for name in handed)
    environment = f"EnvironmentFile=-{SNMP_SECRETS}\n" if service.needs_snmp and secrets is None else ""
    return (
        f"User={service.unit}\nGroup={service.unit}\nSupplementaryGroups={GROUP}\n"
        f"StateDirectory={' '.join((service.unit, *states))}\nStateDirectoryMode=0700\n{credentials}{environment}"
    )


def _rights(service: InstalledPart) -> str:
    if not service.rights:
        return _NO_RIGHTS
    # Rights over the network count in the machine's own user namespace only, so that PrivateUsers= would take them.
    rights = " ".join(service.rights)
    return f"CapabilityBoundingSet={rights}\nAmbientCapabilities={rights}\n"


def _families(service: InstalledPart) -> str:
    return f"RestrictAddressFamilies={' '.join(('AF_INET', 'AF_INET6', 'AF_UNIX', *service.families))}\n"


def _files(service: InstalledPart) -> str:
    return f"LimitNOFILE={OPEN_FILES}\n" if service is TRACKER else ""


def _alone() -> str:
    """What works on the disk and speaks to nobody."""
    return f"{_NO_RIGHTS}PrivateNetwork=yes\nRestrictAddressFamilies=AF_UNIX\n{HARDENING}"
