"""The request form on paper (PKL-B-CT2): whole in this folder."""
