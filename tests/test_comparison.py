"""What changed between two versions, in words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from directory.entries.aligning import runs
from directory.entries.comparison import Passage, compare, differences
from tests.builders import a_service, an_approach


def told(passage: Passage) -> str:
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return "".join(marks[piece.change].format(piece.text) for piece in passage.pieces)


def test_only_the_words_that_changed_are_marked():
    (passage,) = compare("Sing with your neighbours each week", "Sing with your friends each week")

    assert told(passage) == "Sing with your -neighbours-+friends+ each week"


def test_unchanged_paragraphs_are_left_out_and_said_to_be():
    before = "First.\n\nSecond one here.\n\nThird."
    after = "First.\n\nSecond two here.\n\nThird."

    (passage,) = compare(before, after)

    assert told(passage) == "Second -one-+two+ here."
    assert passage.skipped


def test_lines_with_nothing_in_common_go_and_come_whole():
    (passage,) = compare("Apples and pears", "Nothing remains of it")

    assert told(passage) == "-Apples and pears-+Nothing remains of it+"


def test_fields_are_named_and_told_as_readers_see_them():
    before = an_approach(who_for=["anyone"])
    after = an_approach(who_for=["anyone", "unpaid-carers"], started=1972)

    found = {
        change.label: [told(one) for one in change.passages]
        for change in differences(before, after)
    }

    assert found == {"Who it is for": ["+Family carers+"], "Began in": ["+1972+"]}


def test_other_entries_are_named_and_times_and_prices_told_as_on_pages():
    before = a_service(approach=["community-choirs"])
    after = a_service(
        approach=["community-choirs", "gone-since"],
        place="bath",
        schedule=[{"day": "tuesday", "start": "14:00", "end": "16:00", "note": "in term time"}],
        cost_option=[{"option": "Each session", "amount": 3.5}],
    )
    names = {("approach", "community-choirs"): "Community choirs", ("place", "bath"): "Bath"}

    found = {
        change.label: [told(one) for one in change.passages]
        for change in differences(before, after, names)
    }

    assert found["Which approach it follows"] == ["+gone-since+"]
    assert found["Place"] == ["-leeds-+Bath+"]
    assert found["When"] == ["+Tuesday 14:00 to 16:00, every week (in term time)+"]
    assert found["What it costs"] == ["+Each session: £3.50+"]


def test_a_fact_inside_a_list_shows_its_own_change():
    before = a_service(sources=[{"title": "A leaflet", "year": 2018}])
    after = a_service(sources=[{"title": "A leaflet", "year": 2024}])

    (change,) = differences(before, after)

    assert [told(one) for one in change.passages] == ["A leaflet · -2018-+2024+"]


def test_the_body_comes_last():
    before = an_approach()
    after = an_approach(name="Choirs", body=before.body.replace("plain", "clear", 1))

    assert [change.field for change in differences(before, after)] == ["name", "body"]


def test_the_same_document_has_no_differences():
    assert differences(an_approach(), an_approach()) == ()


lines = st.lists(st.text(alphabet="ab .'é\u2019-", min_size=1, max_size=20), max_size=6)


@given(lines, lines)
def test_both_versions_can_be_read_back_from_the_pieces(before, after):
    """Without the added words a changed passage is the old text, without the removed the new."""
    kept_before = [line for line in before if line.strip()]
    kept_after = [line for line in after if line.strip()]

    passages = compare("\n".join(before), "\n".join(after))

    for passage in passages:
        old = "".join(piece.text for piece in passage.before)
        new = "".join(piece.text for piece in passage.after)
        assert not old or old in kept_before
        assert not new or new in kept_after


pieces = st.lists(st.sampled_from("abcdefghij "), max_size=120)


@given(pieces, pieces)
def test_runs_cover_both_texts_in_order_and_what_is_the_same_is_the_same(before, after):
    i = j = 0
    for tag, i1, i2, j1, j2 in runs(before, after):
        assert (i1, j1) == (i, j)
        assert (before[i1:i2] == after[j1:j2]) == (tag == "same")
        i, j = i2, j2
    assert (i, j) == (len(before), len(after))


def test_a_long_text_in_one_paragraph_is_compared_word_by_word():
    old = [f"word{number % 1700} and" for number in range(2500)]
    new = [("changed and" if number % 50 == 7 else word) for number, word in enumerate(old)]

    (passage,) = compare(" ".join(old), " ".join(new))

    assert sum(piece.change == "added" for piece in passage.pieces) == 50


def test_a_long_text_that_says_one_thing_over_and_over_is_not_compared_at_all():
    (passage,) = compare("a b " * 5000, "b c " * 5000)

    assert [piece.change for piece in passage.pieces] == ["removed", "added"]
