"""A deployment that is changed while it works (docs/changes.md): what it holds is still there."""
