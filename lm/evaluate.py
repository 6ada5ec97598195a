"""Evaluate a trained model on words that it has not seen.

    python -m lm.evaluate DIR                    on the words of the run, part by part
    python -m lm.evaluate DIR --data FILE        on other words, one per line
    python -m lm.evaluate DIR --against OTHER    and compare with a second run by a paired test

The loss is the mean of -log p(character | all before it) in nats, the end of each word included.
"""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from itertools import permutations
from pathlib import Path

from lm.command import Parser, positive_integer, report, run
from lm.corpus import read
from lm.evaluation import Evaluation
from lm.files import load
from lm.fit import Fit
from lm.tables import extremes, table, table_of_words
from lm.text import plural
from lm.words import known
from mlekit.errors import DataError

TRAIN = "train"  # label of the words that a run was fitted to


def main(arguments: list[str] | None = None) -> None:
    """Run `python -m lm.evaluate`.

    Parameters
    ----------
    arguments : list of str, optional
        Arguments of the command; by default those of the process.
    """
    asked = _parse(arguments)
    fit, other = load(asked.folder), None if asked.against is None else load(asked.against)
    parts = _words_of(fit, asked)
    if asked.unknown:
        fits = [fit] if other is None else [fit, other]
        parts = {label: _known_to_all(label, words, fits) for label, words in parts.items()}
    losses = {label: _evaluated(fit, words) for label, words in parts.items()}
    print(table(losses, len(fit.vocabulary)), table_of_words(losses), sep="\n\n")
    last = list(losses)[-1]
    if asked.data is not None and (seen := _overlap(parts[last], frozenset(fit.words))):
        print(f"\n{seen} of {last} are among those that the run was fitted to")
    if asked.worst:
        print(f"\nThe worst of {last}:\n", extremes(losses[last], asked.worst, -1), sep="\n")
        print(f"\nThe best of {last}:\n", extremes(losses[last], asked.worst, 1), sep="\n")
    if other is not None:
        print(f"\nCompared with {asked.against}:\n")
        fitted = {asked.folder: frozenset(fit.words), str(asked.against): frozenset(other.words)}
        for label, words in parts.items():
            print(f"{label}: {losses[label].versus(_evaluated(other, words))}")
            for note in _unfair(words, fitted):
                print(f"    {note}")


def _evaluated(fit: Fit, words: list[str]) -> Evaluation:
    try:
        return fit.evaluate(words)
    except DataError as error:
        raise DataError(f"{error} --unknown leaves such words out.") from error


def _parse(arguments: list[str] | None) -> Namespace:
    parser = Parser("evaluate", (__doc__ or "").rpartition("\n\n")[0])
    add = parser.add_argument
    add("folder", metavar="DIR", help="a run of lm.train")
    parser.add_words("words, one per line; by default those of the run, part by part")
    add("--unknown", action="store_true", help="leave out words with characters never seen in training, and count them")
    add("--worst", type=positive_integer, default=0, metavar="N", help="also print the N worst and the N best words")
    add("--against", metavar="OTHER", help="a second run, compared on the same words by a paired test")
    return parser.parse_args(arguments)


def _words_of(fit: Fit, asked: Namespace) -> dict[str, list[str]]:
    """Return the words to evaluate, by their labels."""
    if asked.data is not None:
        return {Path(asked.data).name: read(asked.data, asked.encoding, asked.lowercase)}
    if not fit.held_out:
        raise DataError(f"{asked.folder} has no held-out words: name a file of words with --data FILE")
    return {label: words for label, words in {TRAIN: fit.words, **fit.held_out}.items() if words}


def _known_to_all(label: str, words: list[str], fits: Sequence[Fit]) -> list[str]:
    """Return the words that all models know, and report the number of the others."""
    unknown = 0
    for fit in fits:
        words, more = known(words, fit.vocabulary)
        unknown += more
    if unknown:
        report(f"{label}: {plural(unknown, 'word')} left out, with characters that were never seen in training")
    if not words:
        raise DataError(f"{label}: every word has a character that was never seen in training; use other words")
    return words


def _overlap(words: list[str], fitted: frozenset[str]) -> str:
    """Return the number of words that a model was fitted to as text, empty if there are none."""
    seen = sum(word in fitted for word in words)
    return f"{seen:,} of the {plural(len(words), 'word')}" if seen else ""


def _unfair(words: list[str], fitted: Mapping[str, frozenset[str]]) -> Iterable[str]:
    """Yield a sentence for each model that alone was fitted to some of the words."""
    for one, two in permutations(fitted, 2):
        if seen := _overlap(words, fitted[one] - fitted[two]):
            yield f"only {one} was fitted to {seen}: the comparison is not fair"


if __name__ == "__main__":
    run(main)
