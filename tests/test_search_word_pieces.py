"""The model of meaning is given the same pieces as by the library that it was made with."""

from __future__ import annotations

import pytest

from directory.search.word_pieces import WordPieces

KNOWN = (
    "[UNK] [CLS] [SEP] be ##fr ##ien ##ding ##f b ##e men ’ s shed cafe ! £5 日 本 a ab c".split()
)


@pytest.fixture(scope="module")
def pieces(tmp_path_factory: pytest.TempPathFactory) -> WordPieces:
    path = tmp_path_factory.mktemp("pieces") / "vocab.txt"
    path.write_text("\n".join(KNOWN) + "\n", encoding="utf-8")
    return WordPieces(path)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Befriending", "be ##fr ##ien ##ding"),
        ("Men’s shed!", "men ’ s shed !"),
        ("  CAFÉ\tcafe\n£5", "cafe cafe £5"),
        ("日本", "日 本"),
        ("a\u200bb a\x00b a\ufffdb", "ab ab ab"),  # what cannot be seen
        ("shedx be", "[UNK] be"),
        ("b" + "f" * 99, "b " + "##f " * 99),
        ("b" + "f" * 100, "[UNK]"),
        ("", ""),
        ("zz men 😀", "[UNK] men [UNK]"),
    ],
)
def test_words_come_apart_into_the_longest_pieces(pieces: WordPieces, text: str, parts: str):
    numbers = pieces.numbers(text, most=128)

    assert [KNOWN[number] for number in numbers] == ["[CLS]", *parts.split(), "[SEP]"]


def test_a_long_text_is_cut(pieces: WordPieces):
    numbers = pieces.numbers("men " * 50, most=10)

    assert [KNOWN[number] for number in numbers] == ["[CLS]", *["men"] * 8, "[SEP]"]
