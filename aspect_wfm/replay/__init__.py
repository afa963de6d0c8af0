"""What was given up, back through the function: docs/replay.md says when and how.

What a record says of its agent is read with the functions' own code, so that the replay cannot
understand it otherwise than they do.
"""
