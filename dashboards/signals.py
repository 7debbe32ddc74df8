"""The board of light, radio and power: what will fail next? Also the two ends of one line, for the link's board."""

from dataclasses import replace

from dashboards import questions as q
from dashboards.board import Board
from dashboards.code_words import MEDIA
from dashboards.palette import (
    AMBER,
    AMPERE,
    BITS,
    CELSIUS,
    DBM,
    DECIBEL,
    FEW_IS_A_WARNING,
    GREEN,
    MARGIN_STEPS,
    NONE_IS_GOOD,
    RATIO,
    RED,
    SECONDS,
    WATT,
    Steps,
)
from dashboards.panels import Heading, Panel, Query, bars, graph, stat
from dashboards.tables import Column, Label, plain_words, table

_ITEM = "by (device, link, medium, item)"
_MARGIN = f"max {_ITEM} (lebarpita_signal_receive_dbm) - max {_ITEM} (lebarpita_signal_receive_low_dbm)"
_NONE = "Tidak ada perangkat yang menyebutnya"
_HOT = (
    "max by (device, sensor) (lebarpita_device_temperature_celsius)"
    " - max by (device, sensor) (lebarpita_device_temperature_high_celsius)"
)
# Half a battery is time to find out why; a fifth is time to switch off what can wait.
_CHARGE: Steps = ((None, RED), (0.2, AMBER), (0.5, GREEN))
_LOAD: Steps = ((None, GREEN), (0.8, AMBER), (0.95, RED))
# CCQ of a radio: below a half each packet is sent twice.
_QUALITY: Steps = ((None, RED), (0.5, AMBER), (0.8, GREEN))
# Signal over noise: below 10 dB only the slowest modulations hold.
_RATIO: Steps = ((None, RED), (10, AMBER), (20, GREEN))
_ITEMS = {
    "name": Label("Perangkat"),
    "device": Label("Kode", shown=False),
    "line": Label("Tautan", links=(q.ROW_TO_LINK,)),
    "link": Label("Kode", shown=False),
    "medium": Label("Jalur", plain_words(MEDIA)),
    "item": Label("Porta"),
}
_DEVICE = {"name": Label("Perangkat"), "device": Label("Kode", shown=False)}


def _item(expr: str) -> str:
    """Series of ports with the names of their device and of their line, in every column: none of them has all rows."""
    return q.device_named(f'label_replace({q.link_named(expr)}, "line", "$1", "name", "(.+)")')


def ends_of_a_line(number: int, of: str) -> Panel:
    """A row for each end of one line: its light or signal, how far from failing, and what it carries."""

    def end(metric: str, factor: str = "") -> str:
        return f"{factor}max by (device, medium, item) (lebarpita_signal_{metric}{{{of}}})"

    def each(metric: str, factor: str = "") -> str:
        return q.device_named(end(metric, factor))

    margin = q.device_named(f"{end('receive_dbm')} - {end('receive_low_dbm')}")
    return replace(
        table(
            Heading(
                number,
                "Kaca dan radio di kedua ujung",
                "Daya, jarak ke ambang, derau, mutu, modulasi dan kapasitas menurut perangkat di tiap ujung.",
            ),
            (
                Column("Terima", each("receive_dbm"), DBM),
                Column("Di atas ambang", margin, DECIBEL, MARGIN_STEPS),
                Column("Kirim", each("transmit_dbm"), DBM),
                Column("Derau", each("noise_dbm"), DBM),
                Column("Mutu", each("quality_ratio"), RATIO, _QUALITY),
                Column("Modulasi", each("modulation_level")),
                Column("Mampu menerima", each("receive_capacity_bytes_per_second", "8 * "), BITS),
                Column("Mampu mengirim", each("transmit_capacity_bytes_per_second", "8 * "), BITS),
            ),
            {**_DEVICE, "medium": Label("Jalur", plain_words(MEDIA)), "item": Label("Porta")},
            height=6,
        ),
        empty="Tidak ada ujung yang menyebut daya atau sinyalnya",
    )


def _how_many(heading: Heading, expr: str, alive: str, steps: Steps) -> Panel:
    figure = stat(heading, Query(q.counted(expr, alive), heading.title.lower()))
    return replace(figure, steps=steps, empty=_NONE)


BOARD = Board(
    uid="lebarpita-signals",
    title="Kaca, radio dan daya: apa yang akan putus berikutnya?",
    description="Daya optik, ONU, radio, UPS, PoE, BGP dan suhu, dari profil perangkat; dibaca sekali semenit.",
    panels=(
        _how_many(
            Heading(1, "Di bawah ambang", "Porta yang daya terimanya di bawah ambang."),
            f"({_MARGIN}) < 0",
            "count(lebarpita_signal_receive_low_dbm)",
            NONE_IS_GOOD,
        ),
        _how_many(
            Heading(2, "ONU hilang", "ONU dan porta PON yang tidak menjawab."),
            "max by (device, item) (lebarpita_signal_up) == 0",
            "count(lebarpita_signal_up)",
            FEW_IS_A_WARNING,
        ),
        _how_many(
            Heading(3, "UPS di baterai", "UPS yang memakai baterainya."),
            "max by (device) (lebarpita_ups_on_battery) == 1",
            "count(lebarpita_ups_on_battery)",
            NONE_IS_GOOD,
        ),
        _how_many(
            Heading(4, "Sesi BGP putus", "Sesi BGP yang tidak tersambung."),
            "max by (device, item) (lebarpita_bgp_session_up) == 0",
            "count(lebarpita_bgp_session_up)",
            NONE_IS_GOOD,
        ),
        _how_many(
            Heading(5, "Terlalu panas", "Sensor di atas ambangnya."),
            f"({_HOT}) > 0",
            "count(lebarpita_device_temperature_high_celsius)",
            NONE_IS_GOOD,
        ),
        _how_many(
            Heading(
                6,
                "Profil tidak utuh",
                "Profil perangkat yang tidak terbaca seluruhnya, atau yang barisnya terlalu banyak.",
            ),
            "max by (device, profile) (lebarpita_snmp_profile_up) == 0"
            " or max by (device, profile) (lebarpita_snmp_profile_rows_left_out) > 0",
            "count(lebarpita_snmp_profile_up)",
            FEW_IS_A_WARNING,
        ),
        replace(
            bars(
                Heading(
                    7, "Paling dekat ke ambang", "Daya terima dikurangi ambang; di bawah nol dapat putus.", DECIBEL
                ),
                Query(f"sort({q.device_named(f'bottomk(15, {_MARGIN})')})", "{{name}} {{item}}"),
            ),
            steps=MARGIN_STEPS,
            empty=_NONE,
        ),
        replace(
            graph(
                Heading(
                    8, "Jarak ke ambang", "Sepuluh yang terdekat, dari waktu ke waktu; turun terus: menua.", DECIBEL
                ),
                (Query(q.device_named(f"bottomk(10, {_MARGIN})"), "{{name}} {{item}}"),),
            ),
            steps=MARGIN_STEPS,
            empty=_NONE,
        ),
        replace(
            table(
                Heading(9, "Optik, PON dan LTE", "Daya, arus laser dan jarak ke ambang tiap porta."),
                (
                    Column("Di atas ambang", _item(_MARGIN), DECIBEL, MARGIN_STEPS),
                    Column("Terima", _item(f"max {_ITEM} (lebarpita_signal_receive_dbm)"), DBM),
                    Column("Kirim", _item(f"max {_ITEM} (lebarpita_signal_transmit_dbm)"), DBM),
                    Column("Arus laser", _item(f"max {_ITEM} (lebarpita_signal_bias_amperes)"), AMPERE),
                ),
                _ITEMS,
            ),
            empty=_NONE,
        ),
        replace(
            table(
                Heading(10, "Radio", "Mutu, modulasi dan kapasitas tiap radio; LTE hanya sinyal terhadap derau."),
                (
                    Column("Di atas derau", _item(f"max {_ITEM} (lebarpita_signal_to_noise_db)"), DECIBEL, _RATIO),
                    Column("Derau", _item(f"max {_ITEM} (lebarpita_signal_noise_dbm)"), DBM),
                    Column("Mutu", _item(f"max {_ITEM} (lebarpita_signal_quality_ratio)"), RATIO, _QUALITY),
                    Column("Modulasi", _item(f"max {_ITEM} (lebarpita_signal_modulation_level)")),
                    Column("Setidaknya", _item(f"max {_ITEM} (lebarpita_signal_modulation_low_level)")),
                    Column(
                        "Menerima", _item(f"8 * max {_ITEM} (lebarpita_signal_receive_capacity_bytes_per_second)"), BITS
                    ),
                    Column(
                        "Mengirim",
                        _item(f"8 * max {_ITEM} (lebarpita_signal_transmit_capacity_bytes_per_second)"),
                        BITS,
                    ),
                ),
                _ITEMS,
            ),
            empty=_NONE,
        ),
        replace(
            table(
                Heading(11, "UPS", "Isi baterai, sisa waktu pada beban sekarang, dan beban tiap UPS."),
                (
                    Column("Isi", q.device_named("min by (device) (lebarpita_ups_charge_ratio)"), RATIO, _CHARGE),
                    Column("Sisa waktu", q.device_named("min by (device) (lebarpita_ups_runtime_seconds)"), SECONDS),
                    Column("Beban", q.device_named("max by (device) (lebarpita_ups_load_ratio)"), RATIO, _LOAD),
                ),
                _DEVICE,
                width=8,
            ),
            empty=_NONE,
        ),
        replace(
            table(
                Heading(
                    12, "Listrik ke perangkat (PoE)", "Daya yang dipakai dan tersedia; gangguan: porta tanpa daya."
                ),
                (
                    Column(
                        "Gangguan", q.device_named("max by (device, item) (lebarpita_poe_fault)"), steps=NONE_IS_GOOD
                    ),
                    Column("Dipakai", q.device_named("max by (device, item) (lebarpita_poe_used_watts)"), WATT),
                    Column("Tersedia", q.device_named("max by (device, item) (lebarpita_poe_size_watts)"), WATT),
                ),
                {**_DEVICE, "item": Label("Porta")},
                width=8,
            ),
            empty=_NONE,
        ),
        replace(
            table(
                Heading(13, "Suhu terhadap ambang", "Berapa derajat di atas (merah) atau di bawah ambang tiap sensor."),
                (Column("Selisih", q.device_named(_HOT), CELSIUS, ((None, GREEN), (-5, AMBER), (0, RED))),),
                {**_DEVICE, "sensor": Label("Sensor")},
                width=8,
            ),
            empty=_NONE,
        ),
    ),
)
