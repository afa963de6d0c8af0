"""One module for each subcommand of `aspect-wfm`, by its name; `aspect_wfm.command` finds them.

A module has `SUMMARY` and `DESCRIPTION` for its help, `EPILOG` where there is more to know,
`add_arguments(parser)`, and `run(options)`, which returns a `Status`.
"""
