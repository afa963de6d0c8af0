"""The Agent Productivity classifier as an Apache Flink job."""
