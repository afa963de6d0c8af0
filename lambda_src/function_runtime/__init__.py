"""What every function needs of its runtime: log lines, environment variables, AWS clients."""
