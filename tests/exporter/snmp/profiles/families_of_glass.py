"""Switches, routers and OLTs: light, ONUs, processors. See ``device_families``."""

from device_family import ENTITY_NAME, IF_NAME, DeviceFamily, table

_ENTITY = "1.3.6.1.2.1.99.1.1.1"
_CISCO = "1.3.6.1.4.1.9.9.91.1.1.1.1"
_HUAWEI = "1.3.6.1.4.1.2011.5.25.31.1.1"
_RB = "1.3.6.1.4.1.14988.1.1"

GLASS: dict[str, DeviceFamily] = {
    "mikrotik-optical": DeviceFamily(
        "1.3.6.1.4.1.14988.1",
        table(
            f"{_RB}.19.1.1",
            ("1", {2: b"sfp1", 6: 41, 8: 6, 9: -5211, 10: -18730}),
            ("2", {2: b"sfp2", 6: 0, 8: 0, 9: 0, 10: 0}),
        ),
        {
            ("signal_receive_dbm", "sfp1"): -18.73, ("signal_receive_low_dbm", "sfp1"): -24,
            ("signal_transmit_dbm", "sfp1"): -5.211, ("signal_bias_amperes", "sfp1"): 0.006,
            ("device_temperature_celsius", "sfp1"): 41, ("device_temperature_high_celsius", "sfp1"): 80,
        },
    ),
    "mikrotik-radio": DeviceFamily(
        "1.3.6.1.4.1.14988.1",
        {
            **table(f"{_RB}.1.1.1", ("4", {2: 144_400_000, 3: 130_000_000, 4: -61, 9: 93})),
            **table(f"{_RB}.1.3.1", ("5", {9: -104, 10: 88})),
            # One of 60 GHz that is connected, and one that is not.
            **table(f"{_RB}.1.8.1", ("6", {4: 1, 7: 8, 12: -55, 13: 2310}), ("7", {4: 2, 7: 0, 12: 0, 13: 0})),
            f"{IF_NAME}.4": b"wlan1", f"{IF_NAME}.5": b"wlan2",
            f"{IF_NAME}.6": b"wlan60-1", f"{IF_NAME}.7": b"wlan60-2",
        },
        {
            ("signal_modulation_level", "wlan60-1"): 8, ("signal_receive_dbm", "wlan60-1"): -55,
            ("signal_receive_low_dbm", "wlan60-1"): -68,
            ("signal_transmit_capacity_bytes_per_second", "wlan60-1"): 288_750_000,
            ("signal_receive_dbm", "wlan1"): -61, ("signal_receive_low_dbm", "wlan1"): -75,
            ("signal_transmit_capacity_bytes_per_second", "wlan1"): 18_050_000,
            ("signal_receive_capacity_bytes_per_second", "wlan1"): 16_250_000,
            ("signal_quality_ratio", "wlan1"): 0.93, ("signal_noise_dbm", "wlan2"): -104,
            ("signal_quality_ratio", "wlan2"): 0.88,
        },
    ),
    "mikrotik-lte": DeviceFamily(
        "1.3.6.1.4.1.14988.1",
        {**table(f"{_RB}.16.1.1", ("9", {4: -97, 7: 11})), f"{IF_NAME}.9": b"lte1"},
        {
            ("signal_receive_dbm", "lte1"): -97, ("signal_receive_low_dbm", "lte1"): -110,
            ("signal_to_noise_db", "lte1"): 11,
        },
    ),
    "mikrotik-poe": DeviceFamily(
        "1.3.6.1.4.1.14988.1", table(f"{_RB}.15.1.1", ("6", {2: b"ether6", 6: 47})), {("poe_used_watts", "ether6"): 4.7}
    ),
    "poe": DeviceFamily(
        "1.3.6.1.4.1.11",
        {
            **table("1.3.6.1.2.1.105.1.3.1.1", ("1", {2: 370, 4: 122})),
            **table("1.3.6.1.2.1.105.1.1.1", ("1.3", {6: 3}), ("1.4", {6: 4})),
        },
        {
            ("poe_size_watts", "group 1"): 370, ("poe_used_watts", "group 1"): 122,
            ("poe_fault", "port 1.3"): 0, ("poe_fault", "port 1.4"): 1,
        },
    ),
    "entity-sensor": DeviceFamily(
        "1.3.6.1.4.1.30065",
        {
            # Millionths of a watt with four decimals: 0.0100 uW is -50 dBm, 500.0000 uW is -3.0103 dBm.
            **table(
                _ENTITY,
                ("11", {1: 6, 2: 7, 3: 4, 4: 100}),
                ("12", {1: 6, 2: 7, 3: 4, 4: 5_000_000}),
                ("13", {1: 5, 2: 8, 3: 2, 4: 731}),
                ("14", {1: 6, 2: 9, 3: 0, 4: 250}),
            ),
            f"{ENTITY_NAME}.11": b"Ethernet1 DOM RX Power", f"{ENTITY_NAME}.12": b"Ethernet1 DOM TX Power",
            f"{ENTITY_NAME}.13": b"Ethernet1 TX Bias Current", f"{ENTITY_NAME}.14": b"Power supply 1 input",
        },
        {
            ("signal_receive_dbm", "Ethernet1"): -50, ("signal_transmit_dbm", "Ethernet1"): -3.0103,
            ("signal_bias_amperes", "Ethernet1"): 0.00731,
        },
    ),
    "cisco-optical": DeviceFamily(
        "1.3.6.1.4.1.9.1.2494",
        {
            **table(
                _CISCO,
                ("1100", {1: 14, 2: 9, 3: 1, 4: -213}),
                ("1101", {1: 14, 2: 9, 3: 1, 4: -25}),
                ("1102", {1: 5, 2: 8, 3: 1, 4: 64}),
            ),
            **table("1.3.6.1.4.1.9.9.91.1.2.1.1", ("1100.1", {2: 20, 3: 4, 4: 30}), ("1100.3", {2: 20, 3: 1, 4: -240})),
            f"{ENTITY_NAME}.1100": b"GigabitEthernet1/0/1 Receive Power Sensor",
            f"{ENTITY_NAME}.1101": b"GigabitEthernet1/0/1 Transmit Power Sensor",
            f"{ENTITY_NAME}.1102": b"GigabitEthernet1/0/1 Bias Current Sensor",
        },
        {
            ("signal_receive_dbm", "GigabitEthernet1/0/1"): -21.3,
            ("signal_transmit_dbm", "GigabitEthernet1/0/1"): -2.5,
            ("signal_bias_amperes", "GigabitEthernet1/0/1"): 0.0064,
            ("signal_receive_low_dbm", "GigabitEthernet1/0/1"): -24,
        },
    ),
    "cisco": DeviceFamily(
        "1.3.6.1.4.1.9.1.516",
        {
            **table("1.3.6.1.4.1.9.9.109.1.1.1.1", ("1", {7: 20}), ("2", {7: 60})),
            **table("1.3.6.1.4.1.9.9.48.1.1.1", ("1", {5: 750, 6: 250}), ("2", {5: 10, 6: 90})),
            **table("1.3.6.1.4.1.9.9.13.1.3.1", ("1004", {2: b"SW#1, Sensor#1", 3: 37, 4: 56})),
        },
        {
            ("device_cpu_load_ratio", ""): 0.4, ("device_memory_used_ratio", ""): 0.75,
            ("device_temperature_celsius", "SW#1, Sensor#1"): 37,
            ("device_temperature_high_celsius", "SW#1, Sensor#1"): 56,
        },
    ),
    "juniper-optical": DeviceFamily(
        "1.3.6.1.4.1.2636.1.1.1.2.29",
        {
            **table("1.3.6.1.4.1.2636.3.60.1.1.1.1", ("508", {5: -1507, 6: 6120, 7: -521, 8: 34, 10: -2040})),
            f"{IF_NAME}.508": b"ge-0/0/12",
        },
        {
            ("signal_receive_dbm", "ge-0/0/12"): -15.07, ("signal_receive_low_dbm", "ge-0/0/12"): -20.4,
            ("signal_transmit_dbm", "ge-0/0/12"): -5.21, ("signal_bias_amperes", "ge-0/0/12"): 0.00612,
            ("device_temperature_celsius", "ge-0/0/12"): 34,
        },
    ),
    "huawei": DeviceFamily(
        "1.3.6.1.4.1.2011.2.23.95",
        {
            **table(
                f"{_HUAWEI}.1.1",
                ("67108873", {5: 23, 7: 61, 11: 44, 12: 70}),
                ("67125248", {5: 0, 7: 0, 11: 2**31 - 1}),
            ),
            f"{ENTITY_NAME}.67108873": b"MPU Board 0",
        },
        {
            ("device_cpu_load_ratio", ""): 0.23, ("device_memory_used_ratio", ""): 0.61,
            ("device_temperature_celsius", "MPU Board 0"): 44, ("device_temperature_high_celsius", "MPU Board 0"): 70,
        },
    ),
    "huawei-optical": DeviceFamily(
        "1.3.6.1.4.1.2011.2.23.95",
        {
            **table(
                f"{_HUAWEI}.3.1",
                ("67240014", {5: 39, 6: 22_500, 8: -1188, 9: -310, 13: -2002}),
                ("67256398", {5: -1, 6: -1, 8: -1, 9: -1, 13: -1}),
            ),
            f"{ENTITY_NAME}.67240014": b"GigabitEthernet0/0/1", f"{ENTITY_NAME}.67256398": b"GigabitEthernet0/0/2",
        },
        {
            ("signal_receive_dbm", "GigabitEthernet0/0/1"): -11.88,
            ("signal_receive_low_dbm", "GigabitEthernet0/0/1"): -20.02,
            ("signal_transmit_dbm", "GigabitEthernet0/0/1"): -3.1,
            ("signal_bias_amperes", "GigabitEthernet0/0/1"): 0.0225,
            ("device_temperature_celsius", "GigabitEthernet0/0/1"): 39,
        },
    ),
    "huawei-olt": DeviceFamily(
        "1.3.6.1.4.1.2011.2.248",
        {
            **table("1.3.6.1.4.1.2011.6.128.1.1.2.46.1", ("4194304000.0", {15: 1}), ("4194304000.1", {15: 2})),
            **table(
                "1.3.6.1.4.1.2011.6.128.1.1.2.51.1",
                ("4194304000.0", {3: 214, 4: -2316}),
                ("4194304000.1", {3: 2**31 - 1, 4: 2**31 - 1}),
            ),
            **table("1.3.6.1.4.1.2011.6.128.1.1.2.21.1", ("4194304000", {10: 1}), ("4194304256", {10: 2})),
            **table("1.3.6.1.4.1.2011.6.128.1.1.2.23.1", ("4194304000", {1: 45, 4: 417}),
                    ("4194304256", {1: 2**31 - 1, 4: 2**31 - 1})),
            f"{IF_NAME}.4194304000": b"GPON 0/1/0", f"{IF_NAME}.4194304256": b"GPON 0/1/1",
        },
        {
            ("signal_up", "GPON 0/1/0"): 1, ("signal_up", "GPON 0/1/1"): 0,
            ("signal_transmit_dbm", "GPON 0/1/0"): 4.17, ("device_temperature_celsius", "GPON 0/1/0"): 45,
            ("device_temperature_high_celsius", "GPON 0/1/0"): 80,
            ("signal_up", "GPON 0/1/0:0"): 1, ("signal_up", "GPON 0/1/0:1"): 0,
            ("signal_receive_dbm", "GPON 0/1/0:0"): -23.16, ("signal_receive_low_dbm", "GPON 0/1/0:0"): -27,
            ("signal_transmit_dbm", "GPON 0/1/0:0"): 2.14,
        },
    ),
    "zte-olt": DeviceFamily(
        "1.3.6.1.4.1.3902.1082.1001",
        {
            **table("1.3.6.1.4.1.3902.1012.3.28.2.1", ("268501248.1", {4: 3}), ("268501248.2", {4: 1})),
            # 3,925 steps of 0.002 dB above -30; 65,036 is 500 steps below it.
            **table("1.3.6.1.4.1.3902.1012.3.50.12.1.1", ("268501248.1.1", {10: 3925}), ("268501248.2.1", {10: 65535}),
                    ("268501248.3.1", {10: 65036})),
            # A PON port that is on, one that is down, one that is switched off, and an uplink.
            **table("1.3.6.1.2.1.2.2.1", ("268501248", {7: 1, 8: 1}), ("268501504", {7: 1, 8: 2}),
                    ("268501760", {7: 2, 8: 2}), ("17", {7: 1, 8: 2})),
            f"{IF_NAME}.268501248": b"gpon_1/1/1", f"{IF_NAME}.268501504": b"gpon_1/1/2",
            f"{IF_NAME}.268501760": b"gpon_1/1/3", f"{IF_NAME}.17": b"gei_1/19/1",
        },
        {
            ("signal_up", "gpon_1/1/1"): 1, ("signal_up", "gpon_1/1/2"): 0,
            ("signal_up", "gpon_1/1/1:1"): 1, ("signal_up", "gpon_1/1/1:2"): 0,
            ("signal_receive_dbm", "gpon_1/1/1:1"): -22.15, ("signal_receive_low_dbm", "gpon_1/1/1:1"): -27,
            ("signal_receive_dbm", "gpon_1/1/1:3"): -31, ("signal_receive_low_dbm", "gpon_1/1/1:3"): -27,
        },
    ),
    "zte-olt-v2": DeviceFamily(
        "1.3.6.1.4.1.3902.1082.1001.320",
        {
            **table("1.3.6.1.4.1.3902.1082.500.10.2.3.8.1", ("285278465.1", {4: 4}), ("285278465.2", {4: 5})),
            **table("1.3.6.1.4.1.3902.1082.500.20.2.2.2.1", ("285278465.1.1", {10: 4420, 14: 16150}),
                    ("285278465.2.1", {10: 65535, 14: 65535})),
            **table("1.3.6.1.2.1.2.2.1", ("285278465", {7: 1, 8: 1}), ("285278466", {7: 1, 8: 2})),
            f"{IF_NAME}.285278465": b"gpon_olt-1/1/1", f"{IF_NAME}.285278466": b"gpon_olt-1/1/2",
        },
        {
            ("signal_up", "gpon_olt-1/1/1"): 1, ("signal_up", "gpon_olt-1/1/2"): 0,
            ("signal_up", "gpon_olt-1/1/1:1"): 1, ("signal_up", "gpon_olt-1/1/1:2"): 0,
            ("signal_receive_dbm", "gpon_olt-1/1/1:1"): -21.16, ("signal_receive_low_dbm", "gpon_olt-1/1/1:1"): -27,
            ("signal_transmit_dbm", "gpon_olt-1/1/1:1"): 2.3,
        },
    ),
    "fiberhome-olt": DeviceFamily(
        "1.3.6.1.4.1.5875.800.1001.11",
        {
            **table("1.3.6.1.4.1.5875.800.3.10.1.1", ("34078976", {11: 1}), ("34079232", {11: 3})),
            **table("1.3.6.1.4.1.5875.800.3.9.3.3.1", ("34078976", {6: -2109, 7: 243}), ("34079232", {6: 0, 7: 0})),
            **table("1.3.6.1.4.1.5875.800.3.9.3.4.1", ("34078720", {2: b"PON 1/1", 5: 1, 8: 512}),
                    ("34603008", {2: b"PON 1/2", 5: 0, 8: 0})),
        },
        {
            ("signal_up", "PON 1/1"): 1, ("signal_up", "PON 1/2"): 0, ("signal_transmit_dbm", "PON 1/1"): 5.12,
            ("signal_up", "onu 34078976"): 1, ("signal_up", "onu 34079232"): 0,
            ("signal_receive_dbm", "onu 34078976"): -21.09, ("signal_receive_low_dbm", "onu 34078976"): -27,
            ("signal_transmit_dbm", "onu 34078976"): 2.43,
        },
    ),
}  # fmt: skip
