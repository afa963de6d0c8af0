"""One module for each subcommand of `aspect-wfm`, by its name; `aspect_wfm.command` finds them.

A module has `SUMMARY` and `DESCRIPTION` for its help, `EPILOG` where there is more to know,
`RESUME` where more than the same command is to be said after Ctrl-C,
`add_arguments(parser)`, and `run(options)`, which returns a `Status`.
"""
