"""The heartbeat: a sign in the report files that the classifier is at work."""
