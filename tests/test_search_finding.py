"""Everyday questions find what they are about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from directory.search.query import Query, Sort
from directory.search.whoosh_index import WhooshIndex
from directory.vocabulary.terms import Kind
from directory.vocabulary.thesaurus import Group
from tests.builders import (
    a_body,
    a_place,
    a_service,
    a_story,
    an_approach,
    an_organization,
)
from tests.searching import a_change, an_entry, an_index, find, names


def test_the_name_finds_first(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Repair cafes", body=a_body(how_it_works="Some have a shed.")),
        an_approach(name="Sheds", summary="People make things."),
    )
    assert names(find(index, "shed")) == ["Sheds", "Repair cafes"]


def test_accents_and_case_do_not_matter(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Café Kindness"), an_approach(name="Bike library"))
    assert names(find(index, "CAFE kindness")) == ["Café Kindness"]
    assert names(find(index, "café")) == ["Café Kindness"]


def test_endings_do_not_matter(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Homeshare", everyday_words=["lodger who helps"]))
    assert names(find(index, "lodgers helping")) == ["Homeshare"]


def test_several_words_are_or_and_more_of_them_rank_higher(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Gardens", everyday_words=["grow vegetables"]),
        an_approach(name="Kitchens", everyday_words=["cook vegetables", "soup"]),
    )
    assert names(find(index, "vegetables soup")) == ["Kitchens", "Gardens"]


def test_everyday_words_of_an_entry_find_it(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Homeshare", everyday_words=["spare room"]),
        an_approach(name="Men's Sheds"),
    )
    assert names(find(index, "i have a spare room")) == ["Homeshare"]


def test_the_thesaurus_adds_words_that_can_be_taken_away(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Befriending", summary="Someone visits isolated people."),
        an_approach(name="Choirs", summary="Singing."),
    )
    results = find(index, "lonely")
    assert names(results) == ["Befriending"]
    assert [(added.words, added.because) for added in results.also_looked_for] == [
        ("isolated", "lonely"),
        ("befriending", "lonely"),
    ]

    without = index.find(results.query.taking_away("isolated").taking_away("befriending"))
    assert without.total == 0
    assert without.also_looked_for == ()
    assert find(index, "lonely", own_words=True).total == 0


def test_each_result_says_what_of_the_question_it_holds(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_entry(
            an_approach(name="Befriending", summary="Company for pensioners."), slug="befriending"
        ),
        a_service(name="Elderly and lonely no more", approach=["befriending"], summary="A lift."),
        a_service(name="Tea", approach=["befriending"], summary="Tuesdays."),
    )
    reasons = {
        hit.name: [(one.words, one.asked, one.through) for one in hit.matched]
        for hit in find(index, "lonely elderly").hits
    }
    assert reasons == {
        "Befriending": [("befriending", "lonely", ""), ("pensioner", "elderly", "")],
        "Elderly and lonely no more": [("lonely", "", ""), ("elderly", "", "")],
        "Tea": [("befriending", "lonely", "Befriending"), ("pensioner", "elderly", "Befriending")],
    }
    assert find(index).hits[0].matched == ()


def test_what_goes_with_a_good_answer_is_found_and_says_so(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(
            name="Community choirs", everyday_words=["yodelling"], related=["tea-dances", "gone"]
        ),
        an_approach(name="Tea dances", summary="A band plays.", everyday_words=["waltz"]),
        an_approach(name="Film nights", summary="A film.", everyday_words=["see a film"]),
    )

    hits = find(index, "yodelling").hits

    assert [(hit.name, hit.goes_with) for hit in hits] == [
        ("Community choirs", ""),
        ("Tea dances", "Community choirs"),
    ]
    # Where it has words of the question too it is lifted, and they say why it is there.
    both = find(index, "yodelling or film or waltz").hits
    assert next(hit for hit in both if hit.name == "Tea dances").goes_with == ""
    # Not where the reader says which words there must be, or none.
    for asked in ({"own_words": True}, {"q": "yodelling -waltz"}, {"q": '"community choirs"'}):
        assert names(find(index, **{"q": "yodelling", **asked})) == ["Community choirs"]  # type: ignore[arg-type]
    assert names(find(index, "yodelling", kind=("service",))) == []


def test_nothing_is_lifted_by_itself(tmp_path: Path):
    # Once an approach was joined to one that names it, that one names itself.
    index = an_index(
        tmp_path,
        an_approach(name="Apple days", summary="A cider press."),
        an_approach(name="Big days", summary="A cider press.", related=["big-days"]),
    )
    assert names(find(index, "cider")) == ["Apple days", "Big days"]


def test_a_former_slug_finds_and_only_what_is_unknown_is_asked_about(tmp_path: Path):
    choirs = an_entry(an_approach(name="Choirs"))
    tenors = a_service(name="Tenors", approach=["singing-groups"], place="leeds")
    index = an_index(tmp_path, choirs, an_approach(name="Singing groups"), a_place(), tenors)
    index.apply([a_change(5, choirs, gone=True)])
    asked = []

    def slugs_now(kind: Kind, slugs: Sequence[str]) -> dict[str, str]:
        asked.append((kind, *slugs))
        return {"choirs": "singing-groups", "loidis": "leeds", "nowhere": "nowhere"}

    index.slugs_now = slugs_now
    both = find(index, kind=("service",), approach=("choirs",), place=("loidis", "nowhere"))
    assert names(both) == ["Tenors"]
    assert (both.query.approach, both.query.place) == (("singing-groups",), ("leeds", "nowhere"))
    assert asked == [(Kind.PLACE, "loidis", "nowhere"), (Kind.APPROACH, "choirs")]

    assert names(index.find(both.query.with_(place=("leeds",)))) == ["Tenors"]
    assert len(asked) == 2


def test_a_phrase_of_the_thesaurus_is_looked_for_only_where_somebody_says_it(tmp_path: Path):
    groups = [Group(words=("gadget", "smart speaker", "door bell"))]
    index = an_index(
        tmp_path,
        an_approach(name="Doors", summary="A speaker, smart as a bell, on a smart speaker."),
        groups=groups,
    )
    assert [added.words for added in find(index, "gadget").also_looked_for] == ["smart speaker"]


def test_the_readers_own_word_counts_more_than_an_added_one(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="One", summary="For elderly neighbours."),
        an_approach(name="Two", summary="For pensioner neighbours."),
    )
    assert names(find(index, "pensioner")) == ["Two", "One"]
    assert names(find(index, "elderly")) == ["One", "Two"]


def test_small_words_that_mean_something_are_not_lost(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Lunch club", summary="For people who live alone."),
        an_approach(name="Choirs", summary="My own songs on a stage."),
    )
    assert names(find(index, "on my own"))[0] == "Lunch club"


def test_a_question_of_small_words_only_still_finds(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Help to plan", summary="We help you plan."))
    assert names(find(index, "help")) == ["Help to plan"]
    assert names(find(index, "how do you do this")) == []


def test_words_that_everyone_uses_find_nothing_by_themselves(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Choirs", summary="People who want to sing."),
        an_approach(name="Sheds", strapline="Make things", summary="People who want to mend."),
    )
    assert names(find(index, "people who want to sing")) == ["Choirs"]


def test_a_phrase_in_quotes_must_be_there(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Homeshare", summary="An empty bedroom for a student."),
        an_approach(name="Storage", summary="A bedroom full of empty boxes."),
    )
    assert names(find(index, '"empty bedroom"')) == ["Homeshare"]
    assert names(find(index, "empty bedroom")) == ["Homeshare", "Storage"]


def test_a_phrase_does_not_run_from_one_line_into_the_next(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Spare", strapline="Room to live", summary="A b"))
    assert find(index, '"spare room"').total == 0


def test_a_minus_leaves_out(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Community choirs", summary="Singing for all."),
        an_approach(name="Dementia choirs", summary="Singing when memory goes."),
    )
    assert names(find(index, "choir -dementia")) == ["Community choirs"]
    assert names(find(index, 'choirs -"memory goes"')) == ["Community choirs"]
    assert names(find(index, "-dementia")) == ["Community choirs"]


@pytest.mark.parametrize("q", ["co-production", "coproduction", "co production"])
def test_hyphens_may_be_left_out(tmp_path: Path, q: str):
    index = an_index(
        tmp_path,
        an_approach(name="Co-production", everyday_words=["coproduction"]),
        an_approach(name="Choirs"),
    )
    assert names(find(index, q))[0] == "Co-production"


def test_two_words_are_also_one(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Timebanking", summary="Hours for hours."))
    assert names(find(index, "time bank")) == ["Timebanking"]


def test_a_misspelt_word_finds_and_the_right_spelling_is_offered(tmp_path: Path):
    index = an_index(
        tmp_path, an_approach(name="Dementia choirs"), an_approach(name="Repair cafes")
    )
    results = find(index, "demensia group")
    assert names(results) == ["Dementia choirs"]
    assert results.did_you_mean is not None
    assert results.did_you_mean.q == "dementia group"
    assert index.find(results.did_you_mean).total >= results.total


def test_a_word_of_ours_is_never_corrected(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Choirs"), an_approach(name="Chairs"))
    assert find(index, "choir").did_you_mean is None
    assert names(find(index, "choir")) == ["Choirs"]


def test_a_word_half_typed_finds(tmp_path: Path):
    index = an_index(tmp_path, an_approach(name="Dementia choirs"), an_approach(name="Sheds"))
    assert names(find(index, "demen")) == ["Dementia choirs"]


def test_a_service_is_found_by_what_its_approach_is_called(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_entry(an_approach(name="Community choirs"), slug="community-choirs"),
        a_service(name="Harehills Voices", summary="Tuesdays in the hall.", place="leeds"),
    )
    assert names(find(index, "choir")) == ["Community choirs", "Harehills Voices"]
    assert names(find(index, "voices")) == ["Harehills Voices"]


def test_a_service_takes_over_who_it_is_for_but_its_own_word_holds(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_entry(
            an_approach(who_for=["older-people"], support_area=["home"]), slug="community-choirs"
        ),
        a_service(name="One"),
        a_service(name="Two", who_for=["anyone"]),
    )
    assert names(find(index, kind=("service",), who_for=("older-people",))) == ["One"]
    assert names(find(index, kind=("service",), who_for=("anyone",))) == ["Two"]
    assert find(index, kind=("service",), support_area=("home",)).total == 2
    assert find(index, kind=("service",), who_for=("older-people",)).hits[0].who_for == (
        "older-people",
    )


def test_every_kind_is_found(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Sunflower clubs"),
        a_service(name="Sunflower club of Leeds"),
        an_organization(name="Sunflower Trust"),
        a_place(name="Sunflower Town"),
        a_story(name="My sunflower"),
    )
    results = find(index, "sunflower")
    assert {hit.kind for hit in results.hits} == {
        "approach", "service", "organization", "place", "story",
    }  # fmt: skip
    assert results.hits[0].name == "Sunflower clubs"


def test_an_empty_question_finds_all_approaches_first(tmp_path: Path):
    index = an_index(
        tmp_path, a_service(name="A service"), an_approach(name="Zebra"), an_approach(name="Ant")
    )
    assert names(find(index)) == ["Ant", "Zebra", "A service"]


def test_sorts(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_approach(name="Beta song", assured_date="2026-01-01"),
        an_approach(name="Álpha", everyday_words=["song"]),
        an_approach(name="gamma song song", assured_date="2026-10-01"),
    )
    assert names(find(index, "song", sort=Sort.NAME)) == ["Álpha", "Beta song", "gamma song song"]
    assert names(find(index, "song", sort=Sort.CHECKED)) == [
        "gamma song song", "Beta song", "Álpha",
    ]  # fmt: skip


def test_services_and_stories_of_one_approach(tmp_path: Path):
    index = an_index(
        tmp_path,
        an_entry(an_approach(), slug="community-choirs"),
        a_service(name="Harehills Singers", approach=["community-choirs"]),
        a_service(name="A shed", approach=["mens-sheds"]),
        a_story(about="approaches/community-choirs"),
    )
    assert names(find(index, kind=("service",), approach=("community-choirs",))) == [
        "Harehills Singers"
    ]


def test_pages_hold_a_few_and_past_the_end_comes_the_last(tmp_path: Path):
    index = an_index(tmp_path, *(an_approach(name=f"Club {n:02}") for n in range(30)))
    first, last, beyond = (find(index, "club", page=page) for page in (1, 3, 100))
    assert (first.total, first.pages, first.page, first.first, first.last) == (30, 3, 1, 1, 12)
    assert (last.first, last.last) == (25, 30)
    assert (beyond.page, names(beyond)) == (3, names(last))
    everything = [name for page in (1, 2, 3) for name in names(find(index, "club", page=page))]
    assert len(set(everything)) == 30


def test_only_what_is_asked_among(tmp_path: Path):
    choirs, sheds = an_entry(an_approach(name="Choirs")), an_entry(an_approach(name="Sheds"))
    index = an_index(tmp_path, choirs, sheds)
    assert names(index.find(Query(), among=frozenset({sheds.id}))) == ["Sheds"]
    assert index.find(Query(), among=frozenset()).total == 0


def test_a_collection_that_nobody_knows_is_empty_and_not_everything(tmp_path: Path):
    index = an_index(tmp_path, an_approach())
    assert find(index, network="nobody").total == 0


def test_ended_services_come_last(tmp_path: Path):
    index = an_index(
        tmp_path,
        a_service(name="Choir A", status="ended"),
        a_service(name="Choir B", status="running"),
    )
    assert names(find(index, "choir")) == ["Choir B", "Choir A"]


@pytest.mark.parametrize(
    "q",
    [
        "*",
        "a*",
        "c* d* e*",
        '"',
        '"unbalanced',
        "((((",
        "name:choir",
        "choir AND (shed OR",
        "[a TO z]",
        "choir^9~2?",
        "'; DROP TABLE entries; --",
        "(a+)+$",
        "👵🏽 🧶 🎶",
        "جوقة الغناء",
        "مرحبا \u202e choir",
        "\x00\x01choir\x7f",
        "- -- ---",
        "-",
        "1",
        "a",
        "ﬁve ｃｈｏｉｒ",
    ],
)
def test_odd_questions_are_answered(tmp_path_factory: pytest.TempPathFactory, q: str):
    index = an_index(tmp_path_factory.mktemp("odd"), an_approach(), a_service(), a_place())
    results = find(index, q)
    assert 0 <= results.total <= 3
    if "choir" in q and not q.startswith("'"):
        assert results.total >= 1


@pytest.fixture(scope="module")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> WhooshIndex:
    return an_index(tmp_path_factory.mktemp("small"), an_approach(), a_service(), a_place())


pieces = st.one_of(
    st.text(max_size=40),
    st.sampled_from(['"', "-", "*", "choir", "in leeds", "near", "not", "LS7", "'", ":", "^", "["]),
)


@settings(max_examples=150, deadline=None)
@given(said=st.lists(pieces, max_size=12).map(" ".join), near=st.text(max_size=20))
def test_any_text_is_answered(small_index: WhooshIndex, said: str, near: str):
    results = small_index.find(Query.from_args(MultiDict({"q": said, "near": near})))
    assert 0 <= results.total <= 3
    assert len(small_index.suggest(said, limit=8)) <= 8


def test_a_question_has_a_budget(tmp_path: Path):
    many = [f"word{n}" for n in range(200)]
    index = an_index(
        tmp_path,
        an_approach(everyday_words=many[:30]),
        groups=[Group(words=tuple(many[n : n + 40])) for n in range(0, 200, 40)],
    )
    meaning, _ = index.understand(Query(q=" ".join(many)))
    wordings = [wording for concept in meaning.plan.concepts for wording in concept.wordings]
    assert len(wordings) <= 64 + 32
    assert len(meaning.plan.pairs) <= 32
