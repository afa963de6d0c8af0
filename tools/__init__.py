"""Programs for operators, which the demo and the tests use too."""
