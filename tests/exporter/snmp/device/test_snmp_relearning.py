"""What a poller learns anew and when: after a while, after a reboot, where a table has changed."""

from dataclasses import replace

from snmp_scene import agent, awaited, line, poller

from exporter.snmp.testing.scripted_objects import ScriptedInterface, device

WAN = ScriptedInterface(1, b"wan", in_octets=1000, out_octets=2000)
LAN = ScriptedInterface(2, b"lan", in_octets=3000, out_octets=4000)


class Clock:
    """A clock that the story moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@awaited
async def test_names_are_learnt_anew_after_ten_minutes() -> None:
    clock = Clock()
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"), clock=clock)
        await dut.poll()
        clock.now += 700
        scripted.rows = device([WAN, LAN], uptime_ticks=170_000)
        before = scripted.requests
        await dut.poll()
    assert scripted.requests - before > 2


@awaited
async def test_a_device_that_was_rebooted_is_learnt_anew_although_nothing_moved() -> None:
    clock = Clock()
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"), clock=clock)
        await dut.poll()
        clock.now += 30
        scripted.rows = device([WAN, LAN], uptime_ticks=500)
        before, known = scripted.requests, dut.interface_map
        reading = await dut.poll()
    assert scripted.requests - before > 2
    assert dut.interface_map is not known
    assert reading.boot is not None
    assert reading.boot.reboots == 1


@awaited
async def test_a_table_that_changes_has_its_names_walked_and_nothing_else_learnt_while_they_stay() -> None:
    clock = Clock()
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"), clock=clock)
        await dut.poll()
        known = dut.interface_map
        scripted.rows = device([WAN, LAN, ScriptedInterface(3, b"pppoe-7")], uptime_ticks=120_000, table_change=5)
        clock.now += 200
        before = scripted.requests
        await dut.poll()
        asked = scripted.requests - before
        assert dut.interface_map is known
        scripted.rows = device([WAN, replace(LAN, index=7)], uptime_ticks=140_000, table_change=9)
        clock.now += 200
        moved = await dut.poll()
    assert asked == 2
    assert moved.interfaces["lan"].in_octets == 3000


@awaited
async def test_a_table_that_changes_all_the_time_has_its_names_walked_once_a_minute() -> None:
    clock = Clock()
    async with agent(WAN, LAN) as (scripted, port):
        dut = poller(port, line("lan"), clock=clock)
        await dut.poll()
        asked = []
        for change in range(1, 5):
            clock.now += 100 if change == 1 else 20
            scripted.rows = device([WAN, LAN], uptime_ticks=110_000 + 2_000 * (change - 1), table_change=change)
            before = scripted.requests
            await dut.poll()
            asked.append(scripted.requests - before)
    assert asked == [2, 1, 1, 1]
