"""Conservation under faults: no event is lost, whatever AWS or Lambda does to the functions."""
