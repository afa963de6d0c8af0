"""Whether a deployment works, asked after an apply: docs/doctor.md says how to run it.

What the functions go by (the reference table, the filter, the flag, their configuration) is read
with the functions' own code, so that the doctor cannot understand it otherwise than they do.
"""
