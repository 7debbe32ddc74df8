"""Device profiles: what a kind of device tells of glass, radio, power and itself, as data. YAML in, samples out."""
