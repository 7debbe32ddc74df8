"""An SOP in its printed form: whole in this folder."""
