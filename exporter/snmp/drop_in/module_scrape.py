"""Scrapes of ``module=``: a target, a module and a credential's name in, snmp_exporter's page out.

``if_mib`` is our own; every other module is one of the office's ``snmp.yml`` (``snmp.modules``), which may bring its
own ``if_mib`` too.

The target is an inventory device by name or address; ``auth`` may name another credential of the inventory, and
``snmp_context`` another view of the device (SNMP v3). Nothing else is ever polled. As with snmp_exporter a failure is
no page but an error, so that Prometheus shows the target down.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from exporter.errors import ExporterError
from exporter.snmp.device.diagnosis import explained
from exporter.snmp.drop_in.if_mib import if_mib_page
from exporter.snmp.drop_in.kept_sessions import MOST_IDLE_PER_DEVICE, KeptSessions
from exporter.snmp.drop_in.module_reader import ModuleReader
from exporter.snmp.drop_in.snmp_yml import Modules
from exporter.snmp.engines.failure import Reason, SnmpFailure
from exporter.snmp.engines.interface import Engine, Session, SnmpTarget, login_of, target_of
from inventory.model import City, Device

MODULE = "if_mib"


class UnknownNameError(Exception):
    """The target, the module or the credential is not in the inventory."""


@dataclass(frozen=True)
class View:
    """As whom a device is asked, and for which of its contexts; "" is what the inventory says."""

    auth: str = ""
    context: str = ""


class DropIn:
    """Keeps a session per device and view that is asked for. ``city`` gives the city as it is in use."""

    def __init__(self, city: Callable[[], City], engine: Engine, modules: Modules | None = None) -> None:
        self._city = city
        self._modules = modules or Modules({}, {})
        self._sessions = KeptSessions(engine, lambda: MOST_IDLE_PER_DEVICE * len(city().devices))
        self._readers: OrderedDict[tuple[SnmpTarget, str], ModuleReader] = OrderedDict()

    async def scrape(self, target: str, module: str, view: View, seconds: float) -> bytes:
        """The page within that many seconds. Raises UnknownNameError and SnmpFailure."""
        self._check(module)
        device = self._device(target)
        snmp_target = self._target(device, view)
        read = self._page_of(module, snmp_target)
        try:
            with self._sessions.lent(snmp_target) as session:
                async with asyncio.timeout(seconds):
                    return await read(session)
        except TimeoutError as error:
            raise SnmpFailure(Reason.DEADLINE, f"{target} was not read within {seconds:.1f} s") from error
        except SnmpFailure as failure:
            raise await explained(failure, snmp_target) from failure

    def _page_of(self, module: str, target: SnmpTarget) -> Callable[[Session], Awaitable[bytes]]:
        if module not in self._modules.read:
            return if_mib_page
        reader = self._readers.setdefault((target, module), ModuleReader(self._modules.read[module]))
        self._readers.move_to_end((target, module))
        # As many as sessions are kept of all devices; the ones least lately asked for are walked anew.
        while len(self._readers) > max(1, MOST_IDLE_PER_DEVICE * len(self._city().devices)):
            self._readers.popitem(last=False)
        return reader.page

    def _check(self, module: str) -> None:
        if module in self._modules.refused:
            raise UnknownNameError(self._modules.refused[module])
        if module in self._modules.read or module == MODULE:
            return
        names = ", ".join(sorted({MODULE, *self._modules.read}))
        raise UnknownNameError(f"module {module!r} is not known; there is {names} (snmp.modules names the files)")

    def close(self) -> None:
        """Give every session back."""
        self._sessions.close()

    def _device(self, target: str) -> Device:
        for device in self._city().devices:
            if device.snmp and target in (device.name, str(device.address)):
                return device
        raise UnknownNameError(f"target {target!r} is no device with SNMP in the inventory, by name or address")

    def _target(self, device: Device, view: View) -> SnmpTarget:
        snmp_target = target_of(self._city(), device)
        try:
            login = login_of(self._city().credential(view.auth)) if view.auth else snmp_target.login
        except KeyError as error:
            raise UnknownNameError(f"auth {view.auth!r} is no credential of the inventory") from error
        except ExporterError as error:
            raise SnmpFailure(Reason.CREDENTIAL, str(error)) from error
        if view.context and login.version != "3":
            raise UnknownNameError(f"snmp_context {view.context!r} needs a credential of version 3")
        return replace(snmp_target, login=login, context=view.context or snmp_target.context)
