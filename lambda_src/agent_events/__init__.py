"""What the functions on the agent event stream share: events, batches, and records put aside."""
