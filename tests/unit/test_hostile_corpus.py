"""The fuzzer's corpus, without the fuzzer: on any platform, and for every finding of the past."""

import random

import pytest

from tests.fuzz import __main__ as command
from tests.fuzz.expansion import LARGEST, expanded, lightened, nested, repeated
from tests.fuzz.json_text import parsed, written
from tests.fuzz.mutator import mutated_event, mutated_table
from tests.fuzz.seeds import SEEDS, seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", SEEDS)
def test_every_input_of_the_corpus_keeps_every_promise(target: str) -> None:
    for seed in seeds(target):
        TARGETS[target].check(seed)


@pytest.mark.parametrize("target", SEEDS)
def test_hostile_input_made_by_chance_keeps_every_promise(target: str) -> None:
    dice, corpus = random.Random(0), seeds(target)
    for number in range(50):
        seed = dice.choice(corpus)
        other = TARGETS[target].mutator(seed, 16_384, random.Random(number))
        if other is not None:
            TARGETS[target].check(lightened(other))


def test_the_same_chance_makes_the_same_input() -> None:
    for mutator, target in ((mutated_event, "handlers"), (mutated_table, "status-table")):
        seed = seeds(target)[0]
        assert mutator(seed, 16_384, random.Random(1)) == mutator(seed, 16_384, random.Random(1))


def test_what_is_odd_in_json_survives_being_taken_apart() -> None:
    odd = '{"a":1e400,"a":[NaN,-0,1.50],"\\ud800":"\u2028","":{}}'.encode()
    assert written(parsed(odd)) == odd


def test_a_small_input_stands_for_a_huge_one() -> None:
    assert expanded(b"a" + repeated("xy", 3).encode() + b"b") == b"axyxyxyb"
    assert expanded(repeated("S#,1\n", 3).encode()) == b"S0,1\nS1,1\nS2,1\n"
    assert expanded(written([nested('{"a":', 2, "1", "}")])) == b'[{"a":{"a":1}}]'
    assert len(expanded(repeated("x", 9_999_999).encode())) == LARGEST
    assert expanded(lightened(repeated("x", 12_345).encode())) == b"x" * 123


def test_without_atheris_fuzzing_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert command.main([]) == 2
    assert "Linux on x86-64" in capsys.readouterr().err
