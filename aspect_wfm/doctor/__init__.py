"""Checks whether a deployment works: docs/doctor.md describes how to run it.

The reference table, the filter, the flag and the configuration are read with the functions' own
code, so that the doctor interprets them as the functions do.
"""
