"""One module for each subcommand of `aspect-wfm`, with its name; `aspect_wfm.command` finds them.

A module has `SUMMARY` and `DESCRIPTION` for its help, `add_arguments(parser)`, and `run(options)`,
which returns a `Status`. Optionally, `EPILOG` ends the help, and `RESUME` is the advice after
Ctrl-C, if running the same command again is not enough.
"""
