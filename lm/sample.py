"""Draw words from a trained model.

python -m lm.sample DIR -n 20 --prompt jo --temperature 0.8
python -m lm.sample DIR --log-prob
"""

from __future__ import annotations

from lm.command import Parser, run
from lm.files import load
from lm.sampling import LENGTH, log_prob_drawn


def main(arguments: list[str] | None = None) -> None:
    """Run `python -m lm.sample`.

    Parameters
    ----------
    arguments : list of str, optional
        Arguments of the command; by default those of the process.
    """
    parser = Parser("sample", "Draw words from a trained model, one per line.")
    add = parser.add_argument
    add("folder", metavar="DIR", help="a run of lm.train")
    add("-n", type=int, default=20, metavar="N", help="number of words (20)")
    add("--prompt", default="", metavar="TEXT", help="beginning of every word")
    add("--temperature", type=float, default=1.0, metavar="T", help="below 1 prefers likely characters (1)")
    add("--top-k", type=int, metavar="K", help="draw among the K most probable characters, the end included")
    add("--top-p", type=float, metavar="P", help="draw among the fewest characters with total probability P")
    add("--max-length", type=int, default=LENGTH, metavar="L", help="cut words here, the prompt included (100)")
    add("--only-new", action="store_true", help="draw no word of the list that the run was given")
    add("--log-prob", action="store_true", help="print the log-probability of each word after a tab")
    add("--seed", type=int, metavar="N", help="seed; the same words each time")
    options = vars(parser.parse_args(arguments))
    fit, wanted = load(options.pop("folder")), options.pop("log_prob")
    words = fit.sample(**options)
    if not wanted:
        print(*words, sep="\n", end="\n" if words else "")
        return
    token_log_prob, max_length = fit.predictor.token_log_prob, options["max_length"]
    for word, value in zip(words, log_prob_drawn(words, fit.vocabulary, token_log_prob, max_length), strict=True):
        print(f"{word}\t{value:.4f}")


if __name__ == "__main__":
    run(main)
