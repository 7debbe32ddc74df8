"""Puts this folder on the path of the tests below it: they share ``paper_facts`` and ``paper_examples``."""
