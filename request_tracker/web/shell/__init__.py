"""What every page stands in: who asks, in which language, the menu, how figures are written, what a form sends once."""
