"""What a month costs.

`workload` says what Amazon Connect sends, `designs` how it is carried, `rules` how AWS meters it,
`quantities` what a month therefore holds of each metered unit, and `prices.toml` what a unit costs.
"""
