"""Report files for a period once more, from the stream: docs/replay.md says when and how.

The lines are made by the classifier's own code, so that they cannot be others.
"""
