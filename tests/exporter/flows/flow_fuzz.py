"""Hostile datagrams without end: valid ones of every format, mutated by a seeded generator."""

import random
import struct
from collections.abc import Iterator

from flow_captures import ethernet, ip4, ip6, udp
from flow_packets import EXPORTER, USUAL, a_set, ipfix, options_template, record, template, v5, v9
from flow_sflow import counters, expanded, header, sample, sampled, sflow

NET, DINKES = "198.51.100.1", "10.10.1.2"
SOURCES = (EXPORTER, EXPORTER, EXPORTER, "10.255.0.2", "10.255.0.3", "192.0.2.66")
INTERESTING = (
    0,
    1,
    2,
    3,
    4,
    5,
    9,
    10,
    24,
    28,
    48,
    127,
    128,
    254,
    255,
    256,
    257,
    300,
    512,
    0x7FFF,
    0x8000,
    0xFFFE,
    0xFFFF,
)
_VARIABLE = ((8, 4), (96, 0xFFFF), (12, 4), (1, 8), (48, 1))
_NAT = ((8, 4), (12, 4), (225, 4), (226, 4), (231, 4), (232, 4), (10, 2), (14, 2), (61, 1), (34, 4))
_TOTAL = ((8, 4), (12, 4), (7, 2), (85, 8), (86, 4), (152, 8))
_SECTION = ((34, 4), (315, 0xFFFF), (312, 2))
_RATE = ((149, 4), (302, 4), (305, 4), (306, 4))
_ROW = record(USUAL, NET, DINKES, 1000, 2)
_FRAME = ethernet(ip4(udp(bytes(40)), source=DINKES), 0x8100)[:80]


def corpus() -> list[bytes]:
    """Valid datagrams: templates and data of every shape the collector reads."""
    variable = struct.pack("!4sB3s4sQB", b"\xc6\x33\x64\1", 3, b"abc", b"\x0a\x0a\1\2", 500, 7)
    section = struct.pack("!IB", 10, len(_FRAME)) + _FRAME + struct.pack("!H", 90)
    nat = record(_NAT, NET, "203.0.113.9", NET, DINKES, 10, 20, 1, 2, 1, 5)
    total = record(_TOTAL, NET, DINKES, 80, 5000, 5, 9)
    datagrams = [ipfix(template(fields, n)) for n, fields in enumerate((USUAL, _VARIABLE, _NAT, _TOTAL, _SECTION), 256)]
    datagrams += [v9(template(fields, n, ipfix=False)) for n, fields in enumerate((USUAL, _NAT, _TOTAL), 256)]
    rows = (_ROW * 5, variable * 3, nat * 4, total * 3, section * 2)
    datagrams += [ipfix(a_set(n, row), sequence=n) for n, row in enumerate(rows, 256)]
    datagrams += [v9(a_set(n, row), sequence=n) for n, row in enumerate((_ROW * 5, nat, total * 2), 256)]
    datagrams += [v5((NET, DINKES, 2, 1000), (DINKES, NET, 1, 70), sampling=20), v5(*[(NET, DINKES, 1, 9)] * 30)]
    datagrams.append(ipfix(options_template(_RATE, 400), a_set(400, record(_RATE, 1, 7, 1, 9))))
    datagrams.append(ipfix(template(USUAL, 300), a_set(300, _ROW), a_set(2, struct.pack("!HH", 300, 0))))
    datagrams.append(sflow(sample(header(_FRAME)), expanded(header(_FRAME)), counters(3, 10, 20)))
    datagrams.append(sflow(sample(sampled(NET, DINKES, 90), header(ethernet(ip6(udp(bytes(20)))))), sequence=1))
    return datagrams


def hostile(seed: int, number: int) -> Iterator[tuple[bytes, str]]:
    """``number`` datagrams with their source; one in eight is left as it was, so that state goes on."""
    dice, seeds = random.Random(seed), corpus()
    for _ in range(number):
        data = bytearray(dice.choice(seeds))
        for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 5, 9))):
            mutate(dice, data, seeds)
        yield bytes(data), dice.choice(SOURCES)


def mutate(dice: random.Random, data: bytearray, seeds: list[bytes]) -> None:
    """One change somewhere: cut, grown, overwritten, spliced with another, a bit turned, a number made odd."""
    place, kind = dice.randrange(len(data) + 1), dice.randrange(8)
    if kind == 0:
        del data[place:]
    elif kind == 1:
        data += dice.randbytes(dice.randrange(64))
    elif kind == 2:
        data[place : place + dice.randrange(1, 9)] = dice.randbytes(dice.randrange(9))
    elif kind == 3:
        other = dice.choice(seeds)
        data[place:] = other[dice.randrange(len(other)) :]
    elif kind == 4 and place < len(data):
        data[place] ^= 1 << dice.randrange(8)
    elif kind == 5:
        data[place : place + 4] = dice.choice(INTERESTING).to_bytes(4, "big")
    else:
        even = place & ~1
        data[even : even + 2] = dice.choice(INTERESTING).to_bytes(2, "big")
    if not data:
        data += b"\0"
