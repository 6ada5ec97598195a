"""lm.corpus: words to data."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lm
from lm.corpus import Vocabulary, names, pairs, read, split
from mlekit.errors import DataError, OptionError

any_words = st.lists(st.text(st.characters(codec=None), max_size=6), max_size=8)


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
def test_split_refuses_a_share_outside_zero_and_one(test: float):
    with pytest.raises(OptionError, match="test="):
        split(["a", "b"], test=test)


@pytest.mark.parametrize("seed", [-1, 0.5, "x"])
def test_a_seed_that_is_none_is_an_option_error(seed: int):
    with pytest.raises(OptionError, match="seed="):
        split(["a", "b"], seed=seed)


def test_split_refuses_a_single_distinct_word():
    with pytest.raises(DataError, match="two distinct words, here are 1"):
        split(["ava", "ava"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("emma", "'emma' is one text"),
        (b"emma", "one text"),
        (["a", None], r"words\[1\] is None"),
        (["a", 1.5], r"words\[1\] is 1.5"),
    ],
)
def test_what_is_no_list_of_words_is_an_error_that_names_it(words: list[str], said: str):
    for call in (split, Vocabulary.of, Vocabulary("ab").encode):
        with pytest.raises(DataError, match=said):
            call(words)


def test_vocabulary_sorts_the_characters_and_keeps_zero_for_the_mark():
    letters = Vocabulary.of(["emma", "ava"])
    assert letters.symbols == ("", "a", "e", "m", "v")
    assert len(letters) == 5
    assert letters == Vocabulary("aemv")


@given(any_words)
def test_decode_is_the_inverse_of_encode_for_any_text(words: list[str]):
    letters = Vocabulary.of(words)
    stream = letters.encode(words)
    assert letters.decode(stream) == words
    assert len(stream) == sum(len(word) + 1 for word in words)


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
