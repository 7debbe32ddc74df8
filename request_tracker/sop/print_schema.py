"""``cetakan`` of an SOP file: the approved paper word for word, as pydantic models in the regulation's own words."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from request_tracker.sop.printed import PrintSymbol

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)


class RowForm(_Form):
    """A row of the approved table, word for word; what is left out is an empty cell."""

    langkah: str
    nomor: str
    aktivitas: str
    simbol: dict[Key, PrintSymbol] = {}
    kelengkapan: str = ""
    waktu: str = ""
    output: str = ""
    keterangan: str = ""


class HeadsForm(_Form):
    """The heads of the approved table's columns."""

    nomor: str
    aktivitas: str
    pelaksana: str
    kelengkapan: str
    waktu: str
    output: str
    keterangan: str


class SectionForm(_Form):
    """A part of the approved paper in running text."""

    judul: str
    isi: list[str] = Field(min_length=1)


class PrintForm(_Form):
    """The approved paper with its faults; the tracker's own words stand elsewhere.

    Where ``dasar_hukum`` is left out, the SOP's own stands on the paper as well.
    """

    nama: str
    judul_kolom: HeadsForm
    kolom: dict[Key, str] = {}
    dasar_hukum: list[str] = []
    kualifikasi: list[str] = []
    keterkaitan: list[str] = []
    peralatan: list[str] = []
    peringatan: list[str] = []
    pencatatan: list[str] = []
    bagian: list[SectionForm] = []
    baris: list[RowForm] = Field(min_length=1)
