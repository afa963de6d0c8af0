"""Replays failed records through their function: docs/replay.md describes when and how.

Records are read with the functions' own code, so that the replay interprets them as they do.
"""
