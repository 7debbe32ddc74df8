"""Radios, UPS, BGP and firewalls. See ``device_families``."""

from device_family import DeviceFamily, table

AIR: dict[str, DeviceFamily] = {
    "ubiquiti-airmax": DeviceFamily(
        "1.3.6.1.4.1.10002.1",
        table("1.3.6.1.4.1.41112.1.4.5.1", ("1", {5: -58, 7: 97, 8: -96, 9: 173_000_000, 10: 156_000_000})),
        {
            ("signal_receive_dbm", "radio 1"): -58, ("signal_receive_low_dbm", "radio 1"): -75,
            ("signal_noise_dbm", "radio 1"): -96, ("signal_quality_ratio", "radio 1"): 0.97,
            ("signal_transmit_capacity_bytes_per_second", "radio 1"): 21_625_000,
            ("signal_receive_capacity_bytes_per_second", "radio 1"): 19_500_000,
        },
    ),
    "ubiquiti-airfiber": DeviceFamily(
        "1.3.6.1.4.1.41112",
        table("1.3.6.1.4.1.41112.1.3.2.1", ("1", {2: 6, 5: 760_000_000, 6: 700_000_000, 11: -49})),
        {
            ("signal_receive_dbm", "radio 1"): -49, ("signal_receive_low_dbm", "radio 1"): -75,
            ("signal_modulation_level", "radio 1"): 6,
            ("signal_receive_capacity_bytes_per_second", "radio 1"): 95_000_000,
            ("signal_transmit_capacity_bytes_per_second", "radio 1"): 87_500_000,
        },
    ),
    "ubiquiti-ltu": DeviceFamily(
        "1.3.6.1.4.1.41112",
        table("1.3.6.1.4.1.41112.1.10.1.4.1", ("24.232.41.30.48.222", {3: 480_000, 4: 512_000, 5: -55})),
        {
            ("signal_receive_dbm", "radio 1"): -55, ("signal_receive_low_dbm", "radio 1"): -75,
            ("signal_transmit_capacity_bytes_per_second", "radio 1"): 60_000_000,
            ("signal_receive_capacity_bytes_per_second", "radio 1"): 64_000_000,
        },
    ),
    "cambium-epmp": DeviceFamily(
        "1.3.6.1.4.1.17713.21",
        {f"1.3.6.1.4.1.17713.21.1.2.{n}.0": v for n, v in ((3, -66), (7, 13), (18, 29))},
        {
            ("signal_receive_dbm", "radio"): -66, ("signal_receive_low_dbm", "radio"): -75,
            ("signal_to_noise_db", "radio"): 29, ("signal_modulation_level", "radio"): 13,
        },
    ),
    "mimosa": DeviceFamily(
        "1.3.6.1.4.1.43356.1.1.1",
        {
            **table(
                "1.3.6.1.4.1.43356.2.1.2.6.1.1",
                ("1", {3: -521, 4: -911, 5: 390}),
                ("2", {3: -1000, 4: -1000, 5: 0}),
            ),
            **table("1.3.6.1.4.1.43356.2.1.2.6.2.1", ("1", {3: 9, 6: 8}), ("2", {3: 9, 6: 7})),
            "1.3.6.1.4.1.43356.2.1.2.7.1.0": 43_300_000, "1.3.6.1.4.1.43356.2.1.2.7.2.0": 39_000_000,
        },
        {
            ("signal_receive_dbm", "radio 1"): -52.1, ("signal_receive_low_dbm", "radio 1"): -75,
            ("signal_modulation_level", "send 1"): 9, ("signal_modulation_level", "send 2"): 9,
            ("signal_modulation_level", "hear 1"): 8, ("signal_modulation_level", "hear 2"): 7,
            ("signal_noise_dbm", "radio 1"): -91.1, ("signal_to_noise_db", "radio 1"): 39,
            ("signal_to_noise_db", "radio 2"): 0, ("signal_transmit_capacity_bytes_per_second", "radio"): 54_125_000,
            ("signal_receive_capacity_bytes_per_second", "radio"): 48_750_000,
        },
    ),
    "radwin": DeviceFamily(
        "1.3.6.1.4.1.4458.20.5.1.1",
        {"1.3.6.1.4.1.4458.1000.1.5.9.1.0": -63, "1.3.6.1.4.1.4458.1000.1.5.4.0": 18},
        {
            ("signal_receive_dbm", "radio"): -63, ("signal_receive_low_dbm", "radio"): -75,
            ("signal_transmit_dbm", "radio"): 18,
        },
    ),
    "ups": DeviceFamily(
        "1.3.6.1.4.1.534.1",
        {
            "1.3.6.1.2.1.33.1.4.1.0": 5, "1.3.6.1.2.1.33.1.2.4.0": 82, "1.3.6.1.2.1.33.1.2.3.0": 37,
            "1.3.6.1.2.1.33.1.2.7.0": 29, "1.3.6.1.2.1.33.1.4.4.1.5.1": 41, "1.3.6.1.2.1.33.1.4.4.1.5.2": 55,
        },
        {
            ("ups_on_battery", ""): 1, ("ups_charge_ratio", ""): 0.82, ("ups_runtime_seconds", ""): 2220,
            ("ups_load_ratio", ""): 0.55, ("device_temperature_celsius", "battery"): 29,
            ("device_temperature_high_celsius", "battery"): 40,
        },
    ),
    "apc": DeviceFamily(
        "1.3.6.1.4.1.318.1.3.27",
        {
            "1.3.6.1.4.1.318.1.1.1.4.1.1.0": 2, "1.3.6.1.4.1.318.1.1.1.2.2.1.0": 100,
            "1.3.6.1.4.1.318.1.1.1.2.2.3.0": 360_000, "1.3.6.1.4.1.318.1.1.1.4.2.3.0": 31,
            "1.3.6.1.4.1.318.1.1.1.2.2.2.0": 24,
        },
        {
            ("ups_on_battery", ""): 0, ("ups_charge_ratio", ""): 1, ("ups_runtime_seconds", ""): 3600,
            ("ups_load_ratio", ""): 0.31, ("device_temperature_celsius", "battery"): 24,
            ("device_temperature_high_celsius", "battery"): 40,
        },
    ),
    "bgp": DeviceFamily(
        "1.3.6.1.4.1.9999",
        {
            "1.3.6.1.2.1.15.2.0": 64512,
            **table(
                "1.3.6.1.2.1.15.3.1",
                ("203.0.113.1", {2: 6, 3: 2, 9: 64500}),
                ("203.0.113.9", {2: 3, 3: 2, 9: 64500}),
                ("198.51.100.1", {2: 1, 3: 1, 9: 64501}),
            ),
        },
        {("bgp_session_up", "64500"): 1, ("bgp_session_up", "64500 2"): 0},
    ),
    "fortigate": DeviceFamily(
        "1.3.6.1.4.1.12356.101.1.1041",
        {
            "1.3.6.1.4.1.12356.101.4.1.3.0": 12, "1.3.6.1.4.1.12356.101.4.1.4.0": 48,
            **table(
                "1.3.6.1.4.1.12356.101.4.3.2.1",
                ("1", {2: b"CPU Temperature", 3: b"51.5"}),
                ("2", {2: b"Fan 1", 3: b"4200"}),
            ),
        },
        {
            ("device_cpu_load_ratio", ""): 0.12, ("device_memory_used_ratio", ""): 0.48,
            ("device_temperature_celsius", "CPU Temperature"): 51.5,
        },
    ),
}  # fmt: skip
