"""How well a model predicts words that it has not seen.

    python -m lm.evaluate DIR                    the words of the run, part by part
    python -m lm.evaluate DIR --data FILE        others, one a line
    python -m lm.evaluate DIR --against OTHER    beside a second run: a paired test

The loss is the mean of -log p(character | all before it) in nats, the end of each word counted.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from pathlib import Path

from lm.command import Parser, natural, run, tell
from lm.corpus import read
from lm.evaluation import Evaluation, plural
from lm.files import load
from lm.fit import Fit
from lm.tables import extremes, table, table_of_words
from lm.words import known
from mlekit.errors import DataError

FITTED = "train"  # the part that a run was fitted to


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.evaluate`."""
    asked = parsed(arguments)
    fit, other = load(asked.folder), None if asked.against is None else load(asked.against)
    parts = parted(fit, asked)
    if asked.unknown:
        parts = {label: left(label, words, [fit] if other is None else [fit, other]) for label, words in parts.items()}
    losses = {label: _of(fit, words) for label, words in parts.items()}
    print(table(losses, len(fit.vocabulary)), table_of_words(losses), sep="\n\n")
    last = list(losses)[-1]
    if asked.data is not None and (seen := overlap(parts[last], frozenset(fit.words))):
        print(f"\n{seen} of {last} are among those that the run was fitted to")
    if asked.worst:
        print(f"\nThe worst of {last}:\n", extremes(losses[last], asked.worst, -1), sep="\n")
        print(f"\nThe best of {last}:\n", extremes(losses[last], asked.worst, 1), sep="\n")
    if other is not None:
        print(f"\nBeside {asked.against}:\n")
        fitted = {asked.folder: frozenset(fit.words), str(asked.against): frozenset(other.words)}
        for label, words in parts.items():
            print(f"{label}: {losses[label].versus(_of(other, words))}")
            for note in unfair(words, fitted):
                print(f"    {note}")


def _of(fit: Fit, words: list[str]) -> Evaluation:
    try:
        return fit.evaluate(words)
    except DataError as error:
        raise DataError(f"{error} --unknown leaves such words out.") from error


def parsed(arguments: list[str] | None) -> Namespace:
    """The options."""
    parser = Parser("evaluate", (__doc__ or "").rpartition("\n\n")[0])
    add = parser.add_argument
    add("folder", metavar="DIR", help="a run of lm.train")
    parser.add_words("words, one a line; without it those of the run, part by part")
    add("--unknown", action="store_true", help="leave words out that have characters never seen, and say how many")
    add("--worst", type=natural, default=0, metavar="N", help="also show the N worst and the N best words")
    add("--against", metavar="OTHER", help="a second run: which is better on the same words, by a paired test")
    return parser.parse_args(arguments)


def parted(fit: Fit, asked: Namespace) -> dict[str, list[str]]:
    """The words, by what they are for."""
    if asked.data is not None:
        return {Path(asked.data).name: read(asked.data, asked.encoding, asked.lowercase)}
    if not fit.held_out:
        raise DataError(f"{asked.folder} holds no words that were kept aside: name some with --data FILE")
    return {label: words for label, words in {FITTED: fit.words, **fit.held_out}.items() if words}


def left(label: str, words: list[str], fits: Sequence[Fit]) -> list[str]:
    """The words that all models know, and a message about the others."""
    unknown = 0
    for fit in fits:
        words, more = known(words, fit.vocabulary)
        unknown += more
    if unknown:
        tell(f"{label}: {plural(unknown, 'word')} left out, for characters that were never seen in training")
    if not words:
        raise DataError(f"{label}: every word has a character that was never seen in training")
    return words


def overlap(words: list[str], fitted: frozenset[str]) -> str:
    """How many of the words are among those a model was fitted to, or nothing."""
    seen = sum(word in fitted for word in words)
    return f"{seen:,} of the {plural(len(words), 'word')}" if seen else ""


def unfair(words: list[str], fitted: Mapping[str, frozenset[str]]) -> Iterable[str]:
    """Sentences about words that only one of two models was fitted to."""
    for one, two in permutations(fitted, 2):
        if seen := overlap(words, fitted[one] - fitted[two]):
            yield f"{one} alone was fitted to {seen}: no fair comparison"


if __name__ == "__main__":
    run(main)
