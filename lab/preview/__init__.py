"""Pictures of the boards without a Grafana: its own React components draw them from scenes or from a real Prometheus.

A tool for whoever changes a board; no part of the product, of its set-up or of its tests.
"""
