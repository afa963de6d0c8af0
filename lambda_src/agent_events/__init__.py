"""What every function on the agent event stream shares: events, batches, configuration and logs."""
