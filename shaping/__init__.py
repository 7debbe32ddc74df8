"""Approved allocations in, queues out, proof back. Changes nothing that no ledger revision asks for."""
