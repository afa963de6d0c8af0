"""The Flink job as its package has it, on a Flink in one process: make test-flink."""
