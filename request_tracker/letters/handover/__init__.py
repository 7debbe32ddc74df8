"""Berita Acara Pekerjaan (BTM-09, X-BA): one kind of paper, whole in this folder."""
