"""How far this integration grows: which limit is reached at how many agents, and what lifts it.

`limits.toml` holds AWS's quotas, `capacities` what each stage takes with given settings, `reached`
at how many agents that is, `settings` what to set for more, `morning` when the events of a morning
come, and `flow` how they queue. The workload, the timings and what a function does are those of
`aspect_wfm.cost`.
"""
