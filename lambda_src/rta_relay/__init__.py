"""The Real-Time Adherence relay: agent events to the table and queues of one RTA server."""
