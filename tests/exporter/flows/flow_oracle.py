"""A second decoder, as plain as can be: one record after the other with ``struct``, Python's own integers, no NumPy.

It knows NetFlow v5, v9 and IPFIX and the rules of counting, and shares no code with the collector.
"""

import struct
from collections import Counter
from fractions import Fraction
from ipaddress import ip_address

from exporter.flows.account.exporter_settings import ExporterSettings
from inventory.model import City

Fields = list[tuple[int, int, int]]


class Oracle:
    def __init__(self, city: City, habit: ExporterSettings) -> None:
        self.settings = habit
        self.prefixes = [(prefix, opd.code) for opd in city.opds for prefix in opd.prefixes]
        self.templates: dict[tuple[object, ...], tuple[Fields, bool]] = {}
        self.samplers: dict[tuple[object, ...], Fraction] = {}
        self.opd: Counter[tuple[str, str]] = Counter()
        self.count: Counter[str] = Counter()

    def take(self, data: bytes, source: str) -> None:
        version = struct.unpack_from("!H", data)[0]
        if version == 5:
            self.v5(data, source)
            return
        domain = struct.unpack_from("!I", data, 16 if version == 9 else 12)[0]
        place = 20 if version == 9 else 16
        while place + 4 <= len(data):
            number, size = struct.unpack_from("!HH", data, place)
            self.set(data[place + 4 : place + size], number, (source, version, domain))
            place += size

    def v5(self, data: bytes, source: str) -> None:
        count, sampling = struct.unpack_from("!H", data, 2)[0], struct.unpack_from("!H", data, 22)[0] & 0x3FFF
        for place in range(count):
            row = struct.unpack_from("!4s4s4sHHIIIIHHBBBBHHBBH", data, 24 + 48 * place)
            told = {8: row[0], 12: row[1], 10: row[3], 14: row[4], 2: row[5], 1: row[6]}
            whole = {(0, key): one if isinstance(one, bytes) else one.to_bytes(4, "big") for key, one in told.items()}
            self.record(whole, Fraction(sampling or self.settings.sampling or 1), {})

    def set(self, content: bytes, number: int, stream: tuple[object, ...]) -> None:
        ipfix = stream[1] == 10
        if number in ((2, 3) if ipfix else (0, 1)):
            self.learn(content, stream, ipfix, options=number in (1, 3) and (ipfix or number == 1) and number != 2)
            return
        fields, options = self.templates[*stream, number]
        place = 0
        while place < len(content):
            start = place
            told: dict[tuple[int, int], bytes] = {}
            for element, length, enterprise in fields:
                if length == 65535:
                    length, place = content[place], place + 1
                    if length == 255:
                        length, place = struct.unpack_from("!H", content, place)[0], place + 2
                told.setdefault((enterprise, element), content[place : place + length])
                place += length
            if options:
                name = number_of(told, 302) or number_of(told, 48) or -1
                rate = number_of(told, 50) or number_of(told, 34)
                self.samplers[*stream, name] = Fraction(rate or 1)
                continue
            if not any(content[start:place]):
                continue
            mine = {key[-1]: rate for key, rate in self.samplers.items() if key[:-1] == stream}
            self.record(told, mine.get(-1) or Fraction(self.settings.sampling or 1), mine)
            if all(length != 65535 for _, length, _ in fields) and len(content) - place < sum(f[1] for f in fields):
                return

    def learn(self, content: bytes, stream: tuple[object, ...], ipfix: bool, options: bool) -> None:
        place = 0
        while place + 4 <= len(content):
            number, count = struct.unpack_from("!HH", content, place)
            place += 6 if options else 4
            fields: Fields = []
            for _ in range(count):
                element, length = struct.unpack_from("!HH", content, place)
                place, enterprise = place + 4, 0
                if ipfix and element & 0x8000:
                    enterprise, place = struct.unpack_from("!I", content, place)[0], place + 4
                fields.append((element & 0x7FFF, length, enterprise))
            self.templates[*stream, number] = fields, options

    def record(self, told: dict[tuple[int, int], bytes], usual: Fraction, samplers: dict[object, Fraction]) -> None:
        self.count["records"] += 1
        ids = [one for one in (number_of(told, 302), number_of(told, 48)) if one is not None]
        rate = next((samplers[one] for one in ids if one in samplers), usual)
        rate = Fraction(number_of(told, 34) or number_of(told, 50) or 0) or rate
        whole = number_of(told, 1) or number_of(told, 23) or 0, number_of(told, 1, 29305) or 0
        there = number_of(told, 2) or number_of(told, 24) or 0
        packets = there, number_of(told, 2, 29305) or 0
        both = self.settings.out_bytes == "reverse" and number_of(told, 1, 29305) is None
        if both and number_of(told, 1) is not None and number_of(told, 23) is not None:
            whole = number_of(told, 1) or 0, number_of(told, 23) or 0
            packets = number_of(told, 2) or 0, number_of(told, 24) or 0
        forth, back, sizes = number_of(told, 231), number_of(told, 232), whole
        if forth or back:
            sizes = whole[0] if forth is None else forth, back or 0
            packets = number_of(told, 298) or there, number_of(told, 299) or 0
        forward, reverse = (one * rate.numerator // rate.denominator for one in sizes)
        scaled = [[one * rate.numerator // rate.denominator for one in pair] for pair in (sizes, packets)]
        beyond = max(scaled[0]) > 2**50 or max(scaled[1]) > 2**40 or rate // 1 > 2**30
        absurd = beyond or any(big(one, count) for one, count in zip(sizes, packets, strict=True))
        if self.settings.direction == "both" and number_of(told, 61) == 1:
            # What no network can have counted is set aside with nothing, a copy or not.
            self.count["egress_copy"] += 0 if absurd else forward + reverse
            return
        if absurd:
            sizes, packets = (0, 0), (0, 0)
            self.count["events"] -= 1
            forward = reverse = 0
        self.count["events"] += not sum(sizes)
        self.count["bytes"] += forward + reverse
        self.count["packets"] += sum(one * rate.numerator // rate.denominator for one in packets)
        source = self.owner(told, 8, 27, 225, 281)
        target = self.owner(told, 12, 28, 226, 282)
        ways = [way for way in (number_of(told, 10), number_of(told, 14)) if way is not None]
        if source is None and target is None:
            self.count["unassigned"] += forward + reverse
        elif source is not None and target is not None and not self.settings.internal:
            self.count["internal"] += forward + reverse
        elif (
            (source is None or target is None)
            and self.settings.uplinks
            and ways
            and not self.settings.uplinks & {*ways}
        ):
            self.count["not_uplink"] += forward + reverse
        else:
            for opd, way, size in (
                *((target, "receive", forward), (source, "transmit", forward)),
                *((source, "receive", reverse), (target, "transmit", reverse)),
            ):
                if opd is not None:
                    self.opd[opd, way] += size

    def owner(self, told: dict[tuple[int, int], bytes], *elements: int) -> str | None:
        for element in elements:
            raw = told.get((0, element), b"")
            if len(raw) in (4, 16):
                address = ip_address(raw)
                address = getattr(address, "ipv4_mapped", None) or address
                mine = [row for row in self.prefixes if row[0].version == address.version and address in row[0]]
                if mine:
                    return max(mine, key=lambda row: row[0].prefixlen)[1]
        return None


def big(size: int, packets: int) -> bool:
    """More than any network carries: 16 GB in a packet, far too much altogether, or 32 bits below nothing."""
    below = range(2**32 - 2**20, 2**32)
    if (size in below and 0 < packets < size // 2**16) or (packets in below and 0 < size < packets):
        return True
    return size > 2**50 or packets > 2**40 or (packets > 0 and size // 2**34 >= packets)


def number_of(told: dict[tuple[int, int], bytes], element: int, enterprise: int = 0) -> int | None:
    raw = told.get((enterprise, element), b"")
    return int.from_bytes(raw, "big") if 1 <= len(raw) <= 8 else None
