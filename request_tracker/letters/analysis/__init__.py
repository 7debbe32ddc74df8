"""Laporan analisa bandwidth (BTM-06): one kind of paper, whole in this folder."""
