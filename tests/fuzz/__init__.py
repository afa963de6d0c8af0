"""Coverage-guided fuzzing of what the functions do with hostile input: `python -m tests.fuzz`.

What comes out is held against the wire contract, not against the code that made it.
"""
