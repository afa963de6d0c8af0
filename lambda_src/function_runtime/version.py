"""The version of this repository. `make build` writes it into the zips and the modules."""

VERSION = "1.0.0"
