"""The flow collector beside its peers on the same load, in one run."""
