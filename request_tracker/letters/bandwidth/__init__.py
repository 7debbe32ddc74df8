"""Laporan Monitoring Bandwidth (PKL-B-CT3): one kind of paper, whole in this folder."""
