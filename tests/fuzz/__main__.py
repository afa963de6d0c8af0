"""Fuzz the functions and the operators' programs: `python -m tests.fuzz --help`.

Needs atheris: Linux on x86-64.
"""

import argparse
import importlib.util
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.seeds import SEEDS, seeds
from tests.local_cloud.terraform_cli import REPOSITORY

_FINDINGS = REPOSITORY / "build" / "fuzz"
_SEEDS = _FINDINGS / "seeds.log"

# libFuzzer takes a seed of 32 bits, and draws one itself for 0.
_SEED_LIMIT = 2**32

# Of an input as in the corpus; what it stands for is larger.
_LARGEST_INPUT = 16_384

# Far beyond what any takes, on a busy machine too: what takes longer hangs.
_SECONDS_AN_INPUT = 120

_COVERAGE = re.compile(r"^#\d+\s.* cov: (\d+) ft: (\d+) corp: (\d+)", re.MULTILINE)
_EXECUTIONS = re.compile(r"^stat::number_of_executed_units:\s+(\d+)", re.MULTILINE)
_FINDING = re.compile(r"Test unit written to (\S+)")

# Of what libFuzzer prints, what tells of a finding.
_LINES_OF_A_FINDING = 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of one target came to.

    `edges` and `features` are libFuzzer's measures of coverage in our packages, `kept` is the
    inputs that added to it. `finding` is the input that broke a promise, `told` is how.
    """

    target: str
    executions: int
    edges: int
    features: int
    kept: int
    finding: str | None
    told: str


def main(arguments: list[str] | None = None) -> int:
    """Fuzz as the command line says; the exit status, 0 when no promise was broken."""
    options = _parser().parse_args(arguments)
    if importlib.util.find_spec("atheris") is None:
        print(
            "Fuzzing needs atheris, which exists for Linux on x86-64 only. "
            "The inputs in tests/fuzz/corpus are tested everywhere: make unit.",
            file=sys.stderr,
        )
        return 2
    limit = f"-runs={options.runs}" if options.runs else f"-max_total_time={options.seconds}"
    seed = options.seed or random.randrange(1, _SEED_LIMIT)
    print(f"seed {seed}", flush=True)
    _FINDINGS.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        targets = options.target or SEEDS
        outcomes = list(pool.map(lambda target: _fuzz(target, limit, seed), targets))
    with _SEEDS.open("a", encoding="utf-8") as kept:
        kept.writelines(
            f"--target {each.target} --seed {seed} --runs {each.executions}: "
            f"{each.finding or 'none'}\n"
            for each in outcomes
        )
    print(f"{'target':<18}{'executions':>11}{'edges':>7}{'features':>10}{'kept':>6}  finding")
    for each in outcomes:
        print(
            f"{each.target:<18}{each.executions:>11,}{each.edges:>7,}{each.features:>10,}"
            f"{each.kept:>6,}  {each.finding or 'none'}"
        )
    for each in outcomes:
        if each.finding:
            print(f"\n{each.target}\n\n{each.told}", file=sys.stderr)
    return 1 if any(each.finding for each in outcomes) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description="Coverage-guided fuzzing with hostile agent events, reference tables, failed "
        "records, items and report files.",
        epilog="An input that breaks a promise is written to build/fuzz/; put it into "
        "tests/fuzz/corpus/ to have it tested from then on. What each run tried is added to "
        "build/fuzz/seeds.log: the arguments that try the same again.",
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument(
        "--seconds", type=int, default=60, help="for each target (60)", metavar="SECONDS"
    )
    length.add_argument("--runs", type=int, help="executions of each target", metavar="NUMBER")
    parser.add_argument(
        "--seed",
        type=int,
        choices=range(1, _SEED_LIMIT),
        help="the same inputs for the same seed (another seed each time)",
        metavar="NUMBER",
    )
    parser.add_argument(
        "--target", action="append", choices=list(SEEDS), help="only this one; may be repeated"
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=os.cpu_count() or 1,
        help="targets at a time (as many as there are processors)",
        metavar="NUMBER",
    )
    return parser


def _fuzz(target: str, limit: str, seed: int) -> Outcome:
    """Fuzz in a process of its own: libFuzzer ends the one that it runs in."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"seed-{number}" for number in range(len(seeds(target)))]
        for file, content in zip(files, seeds(target), strict=True):
            file.write_bytes(content)
        # By name, because the file system decides in which order a folder is read.
        listed, corpus = Path(folder) / "seeds", Path(folder) / "corpus"
        listed.write_text(",".join(map(str, files)), encoding="utf-8")
        corpus.mkdir()
        ended = subprocess.run(
            [
                *(sys.executable, "-m", "tests.fuzz.one_target", target, limit, f"-seed={seed}"),
                *(f"-max_len={_LARGEST_INPUT}", f"-timeout={_SECONDS_AN_INPUT}"),
                *(f"-report_slow_units={_SECONDS_AN_INPUT}", "-print_final_stats=1"),
                *(f"-artifact_prefix={_FINDINGS}/{target}-", "-reload=0"),
                *(f"-seed_inputs=@{listed}", str(corpus)),
            ],
            cwd=REPOSITORY,
            env={
                **os.environ,
                "PYTHONHASHSEED": "0",
                "PYTHONPATH": str(REPOSITORY / "lambda_src"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    edges, features, kept = map(int, ([*_COVERAGE.findall(ended.stdout)] or [(0, 0, 0)])[-1])
    executions = _EXECUTIONS.search(ended.stdout)
    finding = _FINDING.search(ended.stdout)
    told = "\n".join(ended.stdout.splitlines()[-_LINES_OF_A_FINDING:])
    return Outcome(
        target,
        int(executions[1]) if executions else 0,
        edges,
        features,
        kept,
        finding[1] if finding else f"exit status {ended.returncode}" if ended.returncode else None,
        told,
    )


if __name__ == "__main__":
    sys.exit(main())
