"""HTML of entries as blocks of text, for the typesetter."""

from __future__ import annotations

from directory.entries.rendering import render
from directory.saved.blocks import Block, Run, blocks


def said(html: str) -> list[str]:
    return ["".join(run.text for run in block.runs) for block in blocks(html)]


def test_paragraphs_stay_apart():
    assert said(render("One.\n\nTwo.")) == ["One.", "Two."]


def test_styles_and_links_are_kept():
    [block] = blocks(render("Ring **Anna** or see [her page](https://anna.example/)."))

    assert block.runs == (
        Run("Ring "),
        Run("Anna", strong=True),
        Run(" or see "),
        Run("her page", url="https://anna.example/"),
        Run("."),
    )


def test_items_know_their_number():
    found = blocks(render("1. First\n2. Second\n\n- A bullet"))

    assert [(block.kind, block.number) for block in found] == [
        ("item", 1),
        ("item", 2),
        ("item", 0),
    ]


def test_a_list_of_paragraphs_keeps_its_words():
    assert said(render("- One\n\n- Two & three")) == ["One", "Two & three"]


def test_a_table_is_read_row_by_row():
    table = render("| Day | Hours |\n|---|---|\n| Monday | 10 to 12 |")

    assert said(table)[-1] == "Monday · 10 to 12"


def test_nothing_gives_nothing():
    assert blocks("") == ()
    assert blocks("<p>  </p>") == ()


def test_what_looks_like_markup_of_the_typesetter_is_only_text():
    [block] = blocks(render("Costs #5 or $3 at [x] `#import`"))

    assert isinstance(block, Block)
    assert "".join(run.text for run in block.runs) == "Costs #5 or $3 at [x] #import"
