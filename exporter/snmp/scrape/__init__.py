"""Scrapes of inventory devices: a name in, that device's page out, many at a time and bounded."""
