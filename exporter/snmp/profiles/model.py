"""A device profile as a checked value: field names are the keys of its YAML file, unknown keys are errors.

How a value is made of what the agent sends, in this order: ``pattern`` (a number out of text), ``invalid``, ``values``,
``signed_bits``, ``whole``, ``scale`` with ``entity``, ``offset``, ``unit``.
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from exporter.snmp.profiles.quantities import QUANTITIES, UNITS, Quantity

# No device has so many objects that a person would write by hand; a profile stays something one can read.
_MOST_READINGS = 40


def _pattern(text: str) -> str:
    try:
        if re.compile(text).groups != 1:
            raise ValueError(f"{text!r} must have exactly one group in parentheses: the part that counts")
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}; test it with python3 -m re") from error
    return text


Oid = Annotated[str, Field(pattern=r"^1(\.\d{1,10}){3,40}$")]
Pattern = Annotated[str, AfterValidator(_pattern)]


class ProfilePart(BaseModel):
    """A part of a profile: unchanging once read."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RowName(ProfilePart):
    """What a row is called. With ``oid`` by that column, found by the first ``arcs`` of the index (all if unsaid).

    The next ``keep`` arcs of the index follow the name (``gpon 0/1:5``; all if unsaid). Without ``oid`` rows are
    ``text`` and their number, or with ``index`` their index (only where that is no address). A ``pattern`` keeps a part
    of the name; rows whose name does not match it are another reading's.
    """

    oid: Oid | None = None
    arcs: Annotated[int, Field(ge=1, le=20)] | None = None
    keep: Annotated[int, Field(ge=0, le=20)] | None = None
    index: bool = False
    pattern: Pattern | None = None
    text: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}$")] = "item"


class RowFilter(ProfilePart):
    """Only rows whose value in the column ``oid`` (of the same index, or its first ``arcs``) is among ``among``.

    The column is learnt every ten minutes, as names are; ``each_turn`` where it says a state.
    """

    oid: Oid
    among: tuple[int, ...] = Field(min_length=1)
    arcs: Annotated[int, Field(ge=1, le=20)] | None = None
    each_turn: bool = False


class EntityScale(ProfilePart):
    """Columns that say the power of ten of each row, as ENTITY-SENSOR-MIB (RFC 3433) does."""

    scale: Oid
    precision: Oid
    arcs: Annotated[int, Field(ge=1, le=20)] | None = None


class ProfileReading(ProfilePart):
    """One column (or, ending in .0, one object) that becomes samples of one metric."""

    measures: str
    oid: Oid
    unit: str
    medium: Literal["optical", "onu", "pon", "radio", "lte"] | None = None
    scale: float = 1.0
    offset: float = 0.0
    signed_bits: Literal[8, 16, 32] | None = None
    pattern: Pattern | None = None
    invalid: tuple[int, ...] = ()
    values: dict[int, float] = Field(default_factory=dict)
    otherwise: float | None = None
    whole: tuple[Oid, ...] = ()
    entity: EntityScale | None = None
    where: tuple[RowFilter, ...] = ()
    item: RowName = RowName()
    low: float | None = None
    high: float | None = None

    @property
    def quantity(self) -> Quantity:
        """What it measures."""
        return QUANTITIES[self.measures]

    @property
    def steady(self) -> tuple[str, ...]:
        """Columns that seldom change: names and scales."""
        scales = (self.entity.scale, self.entity.precision) if self.entity else ()
        name = (self.item.oid,) if self.item.oid else ()
        return (*name, *scales, *(row.oid for row in self.where if not row.each_turn))

    @property
    def moving(self) -> tuple[str, ...]:
        """Columns that are read at each turn."""
        return (self.oid, *self.whole, *(row.oid for row in self.where if row.each_turn))

    @model_validator(mode="after")
    def _fits_its_quantity(self) -> Self:
        if self.measures not in QUANTITIES:
            raise ValueError(f"measures: {self.measures!r} is not known; write one of {', '.join(QUANTITIES)}")
        quantity = self.quantity
        units = UNITS[quantity.base]
        if self.unit not in units:
            raise ValueError(f"unit: {self.unit!r} does not fit {self.measures}; write one of {', '.join(units)}")
        if quantity.has_medium != (self.medium is not None):
            word = (
                "needs a medium: optical, onu, pon, radio or lte"
                if quantity.has_medium
                else "has no medium; leave it out"
            )
            raise ValueError(f"medium: {self.measures} {word}")
        for side, value, metric in (("low", self.low, quantity.low), ("high", self.high, quantity.high)):
            if value is not None and metric is None:
                raise ValueError(f"{side}: {self.measures} has no {side} threshold; leave it out")
        if self.otherwise is not None and not self.values:
            raise ValueError("otherwise: stands only beside values")
        return self


class Applies(ProfilePart):
    """Which devices it is for: those whose sysObjectID begins so and that have the object ``has``, or those named.

    Of both ``sys_object_id`` and ``has`` each must hold where it is written.
    """

    sys_object_id: tuple[Oid, ...] = ()
    has: Oid | None = None
    devices: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.sys_object_id or self.has or self.devices):
            raise ValueError("write sys_object_id, has, or devices; else it would be asked of every device")
        return self


class Profile(ProfilePart):
    """A whole file. ``mib`` says where the numbers are from; the profile's name is that of the file."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    title: Annotated[str, Field(min_length=3, max_length=80)]
    mib: Annotated[str, Field(min_length=3, max_length=300)]
    applies: Applies
    readings: tuple[ProfileReading, ...] = Field(min_length=1, max_length=_MOST_READINGS)
