"""The driver of this machine's own kernel: HTB classes by rtnetlink, and the map from prefix to class in nftables."""
