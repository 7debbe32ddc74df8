"""Nothing of its own: pytest puts a conftest's folder on sys.path, so that the tests below import ``flow_packets``."""
