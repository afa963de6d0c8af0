"""How large the report page is, and how long a browser takes to load it."""
