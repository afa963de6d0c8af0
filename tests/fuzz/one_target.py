"""Fuzz one target in this process: `python -m tests.fuzz.one_target TARGET LIBFUZZER-OPTION...`.

libFuzzer ends the process itself: with status 0 when its time or runs are over, else with a
traceback and a file that holds the input.
"""

import importlib
import random
import sys

_INSTRUMENTED = ["agent_events", "agent_classifier", "aspect_wfm", "rta_relay"]

# How often libFuzzer's own changes, which know nothing of JSON, are made instead of ours.
_BLIND = 0.05


def main(name: str, *options: str) -> None:
    """Does not return."""
    atheris = importlib.import_module("atheris")  # there is none for most platforms
    with atheris.instrument_imports(include=_INSTRUMENTED):
        target = importlib.import_module("tests.fuzz.targets").TARGETS[name]

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        dice = random.Random(seed)
        other: bytes | None = None
        if dice.random() >= _BLIND:
            other = target.mutator(data, most, dice)
        return bytes(atheris.Mutate(data, most)) if other is None else other

    atheris.Setup([name, *options], target.check, custom_mutator=mutator)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
