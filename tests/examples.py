"""The folders of examples/."""

# Those of the configuration guide, each deployed without changes.
OPTIONS = [
    f"{product}-{stream}-stream"
    for stream in ("new", "existing")
    for product in ("agent-productivity", "real-time-adherence", "both")
]
NEW_STREAM_OPTIONS = [option for option in OPTIONS if option.endswith("-new-stream")]

# The modules called from a larger configuration, which decides for itself what it passes on.
OTHERS = ["existing-estate"]
