"""The two ways of a line as people call them."""

from collections.abc import Mapping

from request_tracker.words.bilingual import Both

WAY_NAMES: Mapping[str, Both] = {"receive": Both("unduh", "download"), "transmit": Both("unggah", "upload")}
