"""The quarterly evaluation on paper: whole in this folder."""
