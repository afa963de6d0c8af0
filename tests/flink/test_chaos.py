"""Nothing is lost when the job is killed: the first kills of make chaos-flink."""

from pathlib import Path

from tests.flink.chaos import KINDS, kinds, survive


def test_three_kills_lose_nothing(tmp_path: Path, package: Path) -> None:
    survive(tmp_path, package, kills=3, seed=1, tell=print)


def test_three_kills_are_of_every_kind_and_those_that_twenty_begin_with() -> None:
    three, twenty = kinds(3, seed=1), kinds(20, seed=1)
    assert sorted(three) == sorted(KINDS)
    assert three == twenty[:3]
    assert len(twenty) == 20
    assert {twenty.count(each) for each in KINDS} == {6, 7}
