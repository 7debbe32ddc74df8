"""Bytes of NetFlow, IPFIX and sFlow in, columns of flow records out. Pure; bounded; knows no office."""
