"""How fast are the pages? Ratios of one interleaved run:

    .venv/bin/python -m tests.benchmarks.run [--households 30000] [--rounds 20] [--grow 6000] [OPERATION …]

The first run fills a database of that size (minutes); later ones find it again. It lies, with a PostgreSQL
of its own, in the folder PAIRING_STATE (.dev). Every round does each operation once, so that a machine that
speeds up or slows down does so for all of them; a ratio is the median of the rounds' own ratios. Operations
are chosen by the beginning of their names; those that goals compare them with come along. --grow measures a
second, smaller database too and prints the exponent e with which the ratio to hello grows: 0 is flat, 1
grows with the data.
"""

import argparse
import math
import statistics
from collections.abc import Sequence
from typing import Any

from tests.benchmarks import databases

Answers = dict[str, list[Any]]


def measure(names: Sequence[str], rounds: int) -> tuple[list[Any], Answers]:
    """The chosen operations on the database of this process, and their answers round by round."""
    from tests.benchmarks.operations import operations

    known = operations()
    wanted = {op.name for op in known if not names or op.name.startswith(tuple(names))}
    bases = {goal.base for op in known if op.name in wanted for goal in op.goals} | {"hello"}
    chosen = [op for op in known if op.name in wanted | bases]
    answers: Answers = {op.name: [] for op in chosen}
    for number in range(rounds + 1):
        for op in chosen:
            answer = op.do()
            if answer.status != op.expected:
                raise SystemExit(f"{op.name} answered {answer.status}:\n{answer.body.decode()[:2000]}")
            if number:  # the first round warms up
                answers[op.name].append(answer)
    return chosen, answers


def ratio(answers: Answers, name: str, base: str) -> float:
    """How many times as long as ``base`` an operation takes: the median over the rounds."""
    pairs = zip(answers[name], answers[base], strict=True)
    return statistics.median(one.seconds / other.seconds for one, other in pairs)


def middle(answers: Answers, name: str, what: str) -> float:
    """The median of one measure of an operation."""
    return statistics.median(getattr(answer, what) for answer in answers[name])


def verdict(answers: Answers, name: str, goal: Any) -> str:
    """A goal in words: what was wanted, what was found, met or missed."""
    if goal.base == "queries":
        found = middle(answers, name, "queries")
    elif goal.base == "server ms":
        found = answers[name][-1].server_ms
    else:
        found = ratio(answers, name, goal.base)
    sign = "" if goal.base in ("queries", "server ms") else "× "
    return (
        f"{'met' if found <= goal.most else '**missed**'}: {found:.3g} of {goal.most:.3g} {sign}{goal.base}"
    )


def report(chosen: list[Any], answers: Answers) -> None:
    """Print a line for each operation, as a table of Markdown."""
    print("| operation | ms | of which SQL | queries | × hello | goals |\n|---|--:|--:|--:|--:|---|")
    for op in chosen:
        goals = "; ".join(verdict(answers, op.name, goal) for goal in op.goals)
        numbers = (1000 * middle(answers, op.name, "seconds"), 1000 * middle(answers, op.name, "sql_seconds"))
        print(
            f"| {op.name} | {numbers[0]:.1f} | {numbers[1]:.1f} | {middle(answers, op.name, 'queries'):.0f}"
            f" | {ratio(answers, op.name, 'hello'):.1f} | {goals} |"
        )


def main() -> None:
    """Fill, measure, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--households", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--grow", type=int, help="households of a second, smaller database")
    parser.add_argument("operation", nargs="*")
    options = parser.parse_args()
    with databases.running() as server:
        databases.use(server, databases.database(server, options.households))
        chosen, answers = measure(options.operation, options.rounds)
        print(f"\n{options.households} households, {options.rounds} rounds, medians:\n")
        report(chosen, answers)
        if options.grow:
            databases.use(server, databases.database(server, options.grow))
            _chosen, before = measure(options.operation, options.rounds)
            print(
                f"\nFrom {options.grow} to {options.households} households:\n\n| operation | e |\n|---|--:|"
            )
            for op in chosen:
                grown = ratio(answers, op.name, "hello") / ratio(before, op.name, "hello")
                e = math.log(grown) / math.log(options.households / options.grow)
                print(f"| {op.name} | {e:.2f} |")


if __name__ == "__main__":
    main()
