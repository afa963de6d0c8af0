"""The Agent Productivity classifier: agent events to the report lines of the WFM Adapter."""
