"""The benchmark: ratios from one run, side by side, on one machine (docs/performance.md).

`python -m benchmarks.speed` runs it; nothing here is part of what is deployed.
"""
