"""Puts this folder on the path, so that the tests of the drivers find ``ledgers`` too."""
