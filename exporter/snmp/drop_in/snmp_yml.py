"""snmp_exporter's own configuration as checked values: an office's ``snmp.yml`` in, its modules out.

Both forms are read: modules at the top (up to 0.22) and under ``modules`` (from 0.23 on). What a file says of logins,
versions, time-outs and retries is the city file's business here and is passed over. A module with anything that is not
supported is refused as a whole, by name and reason; the others work.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from exporter.errors import ExporterError
from runtime.lined_yaml import UnreadableError, read_unlined

Oid = Annotated[str, Field(pattern=r"^\.?\d+(\.\d+)+$")]
Name = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
TextType = Literal["OctetString", "DisplayString", "PhysAddress48", "InetAddressIPv4", "InetAddressIPv6"]
IndexType = Literal[TextType, "Integer", "Integer32", "gauge", "counter", "EnumAsInfo"]
ValueType = Literal[
    TextType, "gauge", "counter", "Float", "Double", "DateAndTime", "EnumAsInfo", "EnumAsStateSet", "Bits"
]
# snmp_exporter's own file, with every module of its generator, has 2.5 MB; a wrong path may name a disk image.
MOST_BYTES = 32_000_000
# Said by the city file: the device's credential, version, time-out and retries, and how many rows it is asked for.
_OF_THE_CITY = frozenset(("version", "auth", "timeout", "retries", "max_repetitions", "use_unconnected_udp_socket"))


class YmlPart(BaseModel):
    """A part of the file: unchanging once read, and no key in it that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class YmlIndex(YmlPart):
    """One index of a table."""

    labelname: Name
    type: IndexType
    fixed_size: int = 0
    implied: bool = False
    enum_values: dict[int, str] = Field(default_factory=dict)


class YmlLookup(YmlPart):
    """A label that another column says; without ``labels`` the label is taken away."""

    labelname: Name
    labels: tuple[str, ...] = ()
    oid: Oid = "0.0"
    type: Literal[TextType, "gauge", "Integer", "Integer32", "counter"] = "OctetString"


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no regular expression that Python reads: {error}") from error
    return text


class YmlExtract(YmlPart):
    """A number taken out of a text."""

    regex: Annotated[str, AfterValidator(_regex)]
    value: str = "$1"


class YmlMetric(YmlPart):
    """One object that becomes a metric."""

    name: Name
    oid: Oid
    type: ValueType
    help: str = ""
    indexes: tuple[YmlIndex, ...] = ()
    lookups: tuple[YmlLookup, ...] = ()
    enum_values: dict[int, str] = Field(default_factory=dict)
    regex_extracts: dict[str, tuple[YmlExtract, ...]] = Field(default_factory=dict)
    scale: float = 0.0
    offset: float = 0.0


class YmlModule(YmlPart):
    """What is walked and asked for, and what it becomes."""

    walk: tuple[Oid, ...] = ()
    get: tuple[Oid, ...] = ()
    metrics: tuple[YmlMetric, ...] = ()


class Modules:
    """Every module of an office's files; the refused ones with their reason."""

    def __init__(self, read: Mapping[str, YmlModule], refused: Mapping[str, str]) -> None:
        self.read = read
        self.refused = refused


def read_modules(paths: Sequence[Path]) -> Modules:
    """Every module of the files. Raises ExporterError where a file is none, or a module stands in two of them."""
    read: dict[str, YmlModule] = {}
    refused: dict[str, str] = {}
    for path in paths:
        for name, tree in _trees(path).items():
            if name in read or name in refused:
                raise ExporterError(f"{path}: module {name!r} stands in another file too; take one of them out")
            try:
                read[name] = YmlModule.model_validate(_without_the_city(tree))
            except ValidationError as error:
                refused[name] = f"{path}: module {name!r} is not supported: {_first(error)}"
    return Modules(read, refused)


def _trees(path: Path) -> Mapping[str, Any]:
    try:
        tree = read_unlined(path, MOST_BYTES)
    except UnreadableError as error:
        raise ExporterError(str(error)) from error
    modules = tree.get("modules", tree) if isinstance(tree, dict) else None
    if not isinstance(modules, dict):
        raise ExporterError(
            f"{path}: is no snmp.yml; it is a mapping of modules, as snmp_exporter's generator writes it"
        )
    return {name: module for name, module in modules.items() if modules is not tree or name != "auths"}


def _without_the_city(tree: Any) -> Any:
    return {key: value for key, value in tree.items() if key not in _OF_THE_CITY} if isinstance(tree, dict) else tree


def _first(error: ValidationError) -> str:
    faults = error.errors()
    fault: Any = faults[0]
    value = f" (it is {fault['input']!r})" if isinstance(fault["input"], str | int | float) else ""
    more = f"; and {len(faults) - 1} more" if len(faults) > 1 else ""
    return f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}{value}{more}"
