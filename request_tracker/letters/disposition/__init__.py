"""Lembar Disposisi (X-DSP), on A4 and on half a folio: whole in this folder."""
