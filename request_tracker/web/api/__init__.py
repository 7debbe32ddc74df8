"""The JSON API: models, document and calls (docs/reference/interfaces.md)."""
