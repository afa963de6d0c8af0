"""What a month costs: of this integration, and of the Quick Start that it replaces.

`workload` says what Amazon Connect sends, `designs` how it is carried, `rules` how AWS meters it,
`quantities` what a month therefore holds of each metered unit, and `prices.toml` what a unit costs.
"""
