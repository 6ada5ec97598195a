"""lm.corpus and lm.words: words to data."""

from __future__ import annotations

import json
import subprocess
import sys
import unicodedata
from os import getpid
from pathlib import Path
from tempfile import gettempdir
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lm
from lm.corpus import names, read, split, tally
from lm.units import UNITS
from lm.vocabulary import Vocabulary, pairs
from lm.words import known
from lm.words import read as given_words
from mlekit.errors import DataError, OptionError, UnknownName

ODD = [
    "👩\u200d👩\u200d👧",
    "e\u0301",
    "é",
    "\ud83d",
    "\ude00",
    "\0",
    "\u2028",
    "\x85",
    "ß",
    "İ",
    "Σ",
    "ﷺ",
    "\U0010ffff",
    "\x80",
]
characters = st.one_of(st.characters(codec=None), st.sampled_from(ODD), st.sampled_from("ab "))
any_words = st.lists(st.lists(characters, max_size=6).map("".join), max_size=8)
every_unit = pytest.mark.parametrize("unit", UNITS)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "words.txt"
    path.write_bytes(content)
    return path


def test_import_lm_loads_nothing_heavy_and_exports_the_three_functions():
    probe = "import sys, lm; print(sorted({'numpy', 'torch', 'scipy', 'pandas', 'mlekit'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", probe], text=True).strip() == "[]"
    assert (lm.names, lm.read, lm.split) == (names, read, split)
    assert {"names", "read", "split"} <= set(dir(lm))
    with pytest.raises(AttributeError, match="nosuch"):
        lm.__getattr__("nosuch")


def test_the_shipped_list_is_every_name_once_in_lower_case_ascii():
    words = names()
    assert len(words) == len(set(words)) == 29_910
    assert set("".join(words)) == set("abcdefghijklmnopqrstuvwxyz")
    assert words[:5] == ["emma", "liam", "olivia", "noah", "ava"]


@pytest.mark.parametrize(
    "content",
    [
        b"emma\nava\n",
        b"emma\nava",
        b"emma\r\nava\r\n",
        b"emma\rava",
        b"\xef\xbb\xbfemma\nava\n",
        b"\n emma\t\n  \n\nava \n\n",
    ],
    ids=["lf", "no last end", "crlf", "cr", "bom", "blanks"],
)
def test_read_gives_one_word_a_line_however_the_file_was_written(tmp_path: Path, content: bytes):
    assert read(written(tmp_path, content)) == ["emma", "ava"]


def test_read_keeps_order_duplicates_and_inner_spaces(tmp_path: Path):
    assert read(written(tmp_path, b"b\na\nb\nanna maria\n")) == ["b", "a", "b", "anna maria"]


@pytest.mark.parametrize(
    "word", ["Илья", "美咲", "👩\u200d👩\u200d👧", "a\u2028b", "a\x85b", "a\x0bb", "zoë", "x" * 100_000]
)
def test_read_takes_any_unicode_and_cuts_only_at_line_ends(tmp_path: Path, word: str):
    assert read(written(tmp_path, f"{word}\nava\n".encode())) == [word, "ava"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1", "cp1252"])
def test_read_takes_another_encoding(tmp_path: Path, encoding: str):
    assert read(written(tmp_path, "zoë\nchloé\n".encode(encoding)), encoding=encoding) == ["zoë", "chloé"]


def test_latin_1_bytes_are_an_error_that_names_line_byte_and_remedy(tmp_path: Path):
    path = written(tmp_path, "emma\r\nchloë\r\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"line 2, byte 5 of the line \(0xeb\).*not utf-8.*encoding='latin-1'"):
        read(path)
    assert read(path, encoding="latin-1") == ["emma", "chloë"]


def test_utf_16_is_an_error_that_names_the_encoding(tmp_path: Path):
    with pytest.raises(DataError, match=r"line 1, byte 1 .*encoding='utf-16'"):
        read(written(tmp_path, "emma\nava\n".encode("utf-16")))
    with pytest.raises(DataError, match=r"line 1: a NUL.*encoding='utf-16'"):
        read(written(tmp_path, "emma\nava\n".encode("utf-16-le")))


def test_a_nul_character_is_an_error_that_names_the_line(tmp_path: Path):
    with pytest.raises(DataError, match="line 3: a NUL"):
        read(written(tmp_path, b"emma\nava\nmi\0a\n"))


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b" \r\n\t", b"\xef\xbb\xbf"], ids=["empty", "blank", "spaces", "bom"]
)
def test_a_file_without_words_is_an_error(tmp_path: Path, content: bytes):
    with pytest.raises(DataError, match=r"words\.txt has no words"):
        read(written(tmp_path, content))


def test_a_folder_and_a_missing_file_are_errors_that_name_the_path(tmp_path: Path):
    with pytest.raises(DataError, match="Is a directory"):
        read(tmp_path)
    with pytest.raises(DataError, match=r"nosuch\.txt: No such file"):
        read(tmp_path / "nosuch.txt")


def test_an_unknown_encoding_is_an_option_error(tmp_path: Path):
    with pytest.raises(OptionError, match="encoding='utf-9'"):
        read(written(tmp_path, b"emma\n"), encoding="utf-9")


def test_split_never_puts_a_word_on_both_sides_and_loses_none():
    words = names()[:2000] + names()[:700]
    train, test = split(words, test=0.25)
    assert not set(train) & set(test)
    assert sorted(train + test) == sorted(words)
    assert len(set(test)) == 500
    assert [w for w in words if w in set(train)] == train


def test_split_depends_on_the_set_of_words_and_the_seed_alone():
    words = names()[:500]
    held_out = set(split(words)[1])
    assert set(split(words[::-1] + words[:99])[1]) == held_out
    assert set(split(words, seed=np.random.default_rng(0))[1]) == held_out
    assert set(split(words, seed=1)[1]) != held_out


def test_split_leaves_both_sides_a_word():
    assert [len(side) for side in split(["a", "b"], test=0.001)] == [1, 1]
    assert [len(side) for side in split(["a", "b"], test=0.999)] == [1, 1]


@pytest.mark.parametrize("test", [0, 1, -0.1, 1.5, 1000, float("nan")])
def test_split_refuses_a_fraction_outside_zero_and_one(test: float):
    with pytest.raises(OptionError, match="test="):
        split(["a", "b"], test=test)


@pytest.mark.parametrize("seed", [-1, 0.5, "x"])
def test_a_seed_that_is_not_one_is_an_option_error(seed: int):
    with pytest.raises(OptionError, match="seed="):
        split(["a", "b"], seed=seed)


def test_split_refuses_a_single_distinct_word():
    with pytest.raises(DataError, match="two distinct words, here are 1"):
        split(["ava", "ava"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("emma", r"'emma' is a single string: .*text\.split\(\), or lm\.read\(path\)"),
        (b"emma", "single string"),
        (5, "a list of words is expected, not 5"),
        (["a", None], r"words\[1\] is None"),
        (["a", 1.5], r"words\[1\] is 1.5"),
    ],
)
def test_what_is_not_a_list_of_words_is_an_error_that_names_it(words: list[str], said: str):
    for call in (split, Vocabulary.of, Vocabulary("ab").encode):
        with pytest.raises(DataError, match=said):
            call(words)


def test_vocabulary_sorts_the_characters_and_keeps_zero_for_the_mark():
    letters = Vocabulary.of(["emma", "ava"])
    assert letters.symbols == ("", "a", "e", "m", "v")
    assert len(letters) == 5
    assert letters == Vocabulary("aemv")


def cut(word: str, unit: str) -> list[str] | list[int]:
    """The tokens of a word, by the definition of each unit."""
    return {"char": list(word), "byte": list(word.encode("utf-8", "surrogatepass")), "word": word.split()}[unit]


@every_unit
@given(any_words)
def test_decode_is_the_inverse_of_encode_for_any_text(unit: str, words: list[str]):
    vocabulary = Vocabulary.of(words, unit)
    stream = vocabulary.encode(words)
    assert vocabulary.decode(stream) == ([" ".join(word.split()) for word in words] if unit == "word" else words)
    assert vocabulary.lengths(words).tolist() == [len(cut(word, unit)) + 1 for word in words]
    assert len(stream) == vocabulary.lengths(words).sum()
    assert (
        len(vocabulary)
        == len(vocabulary.symbols)
        == len(set(vocabulary.symbols))
        == 1 + len(set().union(*(cut(w, unit) for w in words)))
    )
    assert all(vocabulary.knows(word) for word in words)


@every_unit
@given(any_words)
def test_the_codes_are_the_places_of_the_tokens_in_sorted_order(unit: str, words: list[str]):
    tokens = [cut(word, unit) for word in words]
    places = {token: place for place, token in enumerate(sorted(set().union(*tokens)), 1)}
    expected = [code for word in tokens for code in [*(places[token] for token in word), 0]]
    assert Vocabulary.of(words, unit).encode(words).tolist() == expected


@every_unit
@given(any_words)
def test_a_vocabulary_comes_back_from_json(unit: str, words: list[str]):
    if unit == "word":  # JSON joins a high and a low surrogate, which no file of text has, within a token
        words = [word.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for word in words]
    vocabulary = Vocabulary.of(words, unit)
    again = Vocabulary.from_state(json.loads(json.dumps(vocabulary.state())))
    assert again == vocabulary
    assert again.encode(words).tolist() == vocabulary.encode(words).tolist()


def test_bytes_are_shown_as_themselves_or_in_hexadecimal():
    assert Vocabulary.of(["zoë ~"], "byte").symbols == ("", "0x20", "o", "z", "~", "0xab", "0xc3")


def test_bytes_that_are_no_text_become_the_replacement_character():
    every = Vocabulary([chr(byte) for byte in range(256)], "byte")
    (word,) = every.decode([*every.encode(["aé"])[:2], 0])
    assert word == "a\ufffd"
    rng = np.random.default_rng(0)
    assert len(every.decode(rng.integers(0, 257, 20_000))) > 50


def test_a_text_of_words_is_decoded_with_one_blank_between_them():
    texts = Vocabulary.of(["to  be\tor", " not\u2028to be "], unit="word")
    assert texts.symbols == ("", "be", "not", "or", "to")
    assert texts.encode([" to be"]).tolist() == [4, 1, 0]
    assert texts.decode([4, 1, 0, 0, 2, 0]) == ["to be", "", "not"]


def test_normal_forms_are_kept_apart():
    forms = [unicodedata.normalize(form, "é") for form in ("NFC", "NFD")]
    letters = Vocabulary.of(forms)
    assert letters.decode(letters.encode(forms)) == forms
    assert letters.lengths(forms).tolist() == [2, 3]


def test_a_token_never_seen_is_an_error_that_names_it_by_its_unit():
    for unit, seen, word, said in [
        ("char", "ava", "avë", r"the character 'ë' \(U\+00EB\) of the word 'avë'"),
        ("byte", "ava", "avë", "the byte 0xc3 of the word 'avë'"),
        ("byte", "zoë", "zoë!", "the byte ! of the word"),
        ("word", "to be", "to  do", "the word 'do' of the text 'to  do'"),
    ]:
        with pytest.raises(DataError, match=said):
            Vocabulary.of([seen], unit).encode([seen, word])


def test_an_unknown_unit_is_an_error_that_helps():
    with pytest.raises(UnknownName, match=r"unit='chr': did you mean 'char'"):
        Vocabulary.of(["a"], "chr")


@pytest.mark.slow
@every_unit
def test_ten_megabytes_in_one_line_are_read_and_counted_in_seconds(tmp_path: Path, unit: str):
    path = written(tmp_path, "ab é".encode() * 2_000_000)
    begun = perf_counter()
    words = read(path)
    vocabulary = Vocabulary.of(words, unit)
    stream = vocabulary.encode(words)
    assert perf_counter() - begun < 10
    assert len(stream) == {"char": 8_000_001, "byte": 10_000_001, "word": 2_000_002}[unit]
    assert vocabulary.decode(stream) == words


def test_lowercase_makes_small_letters_of_all(tmp_path: Path):
    path = written(tmp_path, "EMMA\nÀva ΟΔΟΣ\nÏ\n".encode())
    assert read(path, lowercase=True) == ["emma", "àva οδος", "ï"]
    assert read(path) == ["EMMA", "Àva ΟΔΟΣ", "Ï"]


def test_errors_of_an_encoding_name_the_option_of_the_command_too(tmp_path: Path):
    with pytest.raises(DataError, match=r"--encoding latin-1"):
        read(written(tmp_path, b"chlo\xeb\n"))
    with pytest.raises(DataError, match=r"--encoding utf-16"):
        read(written(tmp_path, b"a\0b\0"))


@pytest.mark.parametrize("encoding", ["", "rot13", "undefined", "utf\0", "x" * 1000, "base64"])
def test_an_encoding_that_is_not_of_text_is_an_option_error(tmp_path: Path, encoding: str):
    with pytest.raises(OptionError, match="encoding="):
        read(written(tmp_path, b"emma\n"), encoding=encoding)


@given(
    st.binary(max_size=60),
    st.sampled_from(["utf-8", "latin-1", "utf-16", "utf-32", "ascii", "cp1252", "utf-7", "shift_jis"]),
)
def test_any_bytes_are_words_or_a_sentence(raw: bytes, encoding: str):
    path = Path(gettempdir()) / f"lm-{getpid()}.txt"
    path.write_bytes(raw)
    words, said = ["so far none"], ""
    try:
        words = read(path, encoding)
    except DataError as error:
        said = str(error)
    finally:
        path.unlink()
    assert "\n" not in said
    assert words == [word.strip() for word in words]
    assert all(words)
    assert not any(end in word for word in words for end in "\r\n\0")


def test_a_tally_counts_the_words_that_come_again():
    counts = tally(["ava", "emma", "ava", "ava"])
    assert (counts.words, counts.distinct, counts.duplicates) == (4, 2, 2)
    assert str(counts) == "4 words, 2 distinct, 2 duplicates"
    assert str(tally(["a", "b"])) == "2 words, 2 distinct, no duplicates"
    assert tally(names()).duplicates == 0


def test_a_letter_never_seen_is_an_error_that_names_it_and_its_word():
    letters = Vocabulary.of(["emma", "ava"])
    for word, letter in [
        ("zoë", "'z'"),
        ("aë", r"'ë' \(U\+00EB\) of the word 'aë'"),
        ("a😀", "'😀'"),
        ("a\0", "U.0000"),
    ]:
        with pytest.raises(DataError, match=letter):
            letters.encode(["ava", word])


def test_the_error_of_a_letter_in_a_huge_word_stays_one_short_sentence():
    with pytest.raises(DataError) as caught:
        Vocabulary("a").encode(["a" * 1_000_000 + "b"])
    assert "'b'" in str(caught.value)
    assert len(str(caught.value)) < 250


def test_pairs_are_every_character_with_the_one_before_it_the_mark_between_words():
    letters = Vocabulary("abc")
    words = ["ab", "", "c", "a"]
    expected = [pair for word in words for pair in zip("." + word, word + ".", strict=True)]
    previous, following = pairs(words, letters)
    code = {".": 0, "a": 1, "b": 2, "c": 3}
    assert list(zip(previous.tolist(), following.tolist(), strict=True)) == [(code[a], code[b]) for a, b in expected]
    assert previous.dtype == following.dtype == np.int64


def test_pairs_of_no_words_are_empty():
    previous, following = pairs([], Vocabulary("ab"))
    assert len(previous) == len(following) == 0


def test_pairs_of_one_word_of_ten_million_letters():
    previous, following = pairs(["ab" * 5_000_000], Vocabulary("ab"))
    assert np.bincount(3 * previous + following).tolist() == [0, 1, 0, 0, 0, 5_000_000, 1, 4_999_999]


def test_pairs_of_given_words_come_with_their_weights_and_on_asking_with_every_token():
    words = given_words(["ab", "b"], weights=[2.0, 0.5], vocabulary=Vocabulary("abc"))
    previous, following, weights = words.pairs()
    assert (previous.tolist(), following.tolist()) == ([0, 1, 2, 0, 2], [1, 2, 0, 2, 0])
    assert weights is not None
    assert weights.tolist() == [2, 2, 2, 0.5, 0.5]
    previous, following, weights = words.pairs(every=True)
    assert (previous[5:].tolist(), following[5:].tolist()) == ([0, 1, 2, 3], [1, 2, 3, 0])
    assert weights is not None
    assert weights[5:].tolist() == [0, 0, 0, 0]
    assert given_words(["ab"]).pairs()[2] is None


@every_unit
def test_every_token_has_its_place_in_the_pairs_of_any_unit(unit: str):
    words = given_words(["zoë ë"], vocabulary=Vocabulary.of(["zoë ë", "Илья 👧"], unit))
    previous, following, weights = words.pairs(every=True)
    assert set(previous) == set(following) == set(range(len(words.vocabulary)))
    assert weights is not None
    assert weights.sum() == words.lengths.sum()


def test_given_words_have_the_unit_that_is_asked_for():
    assert given_words(["zoë é"], unit="byte").lengths.tolist() == [8]
    assert given_words(["zoë é"], unit="word").lengths.tolist() == [3]
    bytes_of = Vocabulary.of(["ab"], "byte")
    assert given_words(["ab"], vocabulary=bytes_of).vocabulary is bytes_of
    with pytest.raises(OptionError, match="unit='word': the vocabulary that was given has unit 'byte'"):
        given_words(["ab"], vocabulary=bytes_of, unit="word")


@pytest.mark.parametrize(("words", "said"), [([], "no words"), (["", ""], "no characters"), ("emma", "single string")])
def test_what_cannot_be_fitted_is_a_data_error(words: list[str], said: str):
    with pytest.raises(DataError, match=said):
        given_words(words)


@every_unit
def test_known_words_keep_their_order_and_duplicates(unit: str):
    vocabulary = Vocabulary.of(["ava", "emma"], unit)
    assert known(["emma", "zoë", "ava", "emma", "ë"], vocabulary) == (["emma", "ava", "emma"], 2)
    assert known([], vocabulary) == ([], 0)
