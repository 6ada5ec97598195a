"""New words from a trained model.

python -m lm.sample DIR -n 20 --prompt jo --temperature 0.8
python -m lm.sample DIR --log-prob
"""

from __future__ import annotations

from lm.command import Parser, run
from lm.files import load
from lm.sampling import LENGTH, scored


def main(arguments: list[str] | None = None) -> None:
    """`python -m lm.sample`."""
    parser = Parser("sample", "New words from a trained model, one a line.")
    add = parser.add_argument
    add("folder", metavar="DIR", help="a run of lm.train")
    add("-n", type=int, default=20, metavar="N", help="how many (20)")
    add("--prompt", default="", metavar="TEXT", help="what every word begins with")
    add("--temperature", type=float, default=1.0, metavar="T", help="under 1 keeps to the likely characters (1)")
    add("--top-k", type=int, metavar="K", help="only the K likeliest characters each time, the end counted among them")
    add("--top-p", type=float, metavar="P", help="only the fewest characters that together have this probability")
    add("--max-length", type=int, default=LENGTH, metavar="L", help="where a word is cut, the prompt counted (100)")
    add("--only-new", action="store_true", help="no word of the list that the run was given")
    add("--log-prob", action="store_true", help="after each word a tab and its log-probability")
    add("--seed", type=int, metavar="N", help="the same words each time")
    options = vars(parser.parse_args(arguments))
    fit, wanted = load(options.pop("folder")), options.pop("log_prob")
    words = fit.sample(**options)
    scores = (
        scored(words, fit.vocabulary, fit.predictor.scores, options["max_length"]) if wanted else [None] * len(words)
    )
    for word, score in zip(words, scores, strict=True):
        print(word if score is None else f"{word}\t{score:.4f}")


if __name__ == "__main__":
    run(main)
