"""Components: each says the same thing in the same words wherever it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, render_template_string
from wtforms import BooleanField, Form, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from directory import create_app
from directory.config import ROOT, Config
from directory.entries.comparison import FieldChange, compare
from directory.entries.freshness import Freshness, State
from directory.look import quilt
from tests.builders import an_id
from tests.house_rules import words

Draw = Callable[..., Element]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def app_alone(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose database nobody asks."""
    return create_app(
        Config(instance_dir=tmp_path_factory.mktemp("instance"), secret_key="x", testing=True)
    )


@pytest.fixture
def draw(app_alone: Flask) -> Iterator[Draw]:
    """Draw a component: `draw("chip.html", "chip('Leeds', '/')")` gives its root element."""

    def component(file: str, call: str, **values: object) -> Element:
        name = call.removeprefix("{% call ").split("(")[0]
        block = call if call.startswith("{%") else f"{{{{ {call} }}}}"
        text = f'{{% from "components/{file}" import {name} %}}{block}'
        html = render_template_string(text, **values)
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        root: Element = parser.parseFragment(html, container="div")
        assert not parser.errors, parser.errors
        return root

    with app_alone.test_request_context("/", base_url="http://kith.test"):
        yield component


def order(root: Element, *classes: str) -> list[str]:
    """Which of the classes come in which order."""
    return [
        name
        for element in root.iter()
        for name in element.get("class", "").split()
        if name in classes
    ]


def by_class(root: Element, name: str) -> Element:
    return next(one for one in root.iter() if name in one.get("class", "").split())


# Every component


def test_each_component_says_in_its_first_line_what_it_takes():
    for path in (ROOT / "templates" / "components").glob("*.html"):
        assert path.read_text(encoding="utf-8").startswith("{# "), path.name


def test_templates_hold_no_inline_style_or_script():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert " style=" not in text, path.name
        assert " onclick=" not in text, path.name
        assert "|safe" not in text, path.name


def test_every_class_of_a_component_has_a_rule():
    sheets = "".join(
        path.read_text(encoding="utf-8") for path in Path(ROOT / "static" / "css").rglob("*.css")
    )
    for name in ("entry-card", "field__error", "chip--dark", "note", "badge", "gap-box", "patch"):
        assert f".{name}" in sheets


# Freshness


@pytest.mark.parametrize(
    ("state", "checked", "known", "expected"),
    [
        (State.FRESH, date(2026, 11, 3), None, "Checked 3 November 2026"),
        (State.DUE, date(2025, 5, 12), None, "Due a check, last checked 12 May 2025"),
        (State.OVERDUE, date(2019, 3, 1), None, "Overdue a check, last checked 1 March 2019"),
        (State.NEVER, None, 2024, "Not checked yet, known in 2024"),
        (State.NEVER, None, None, "Not checked yet"),
    ],
)
def test_freshness_says_what_was_checked_when(
    draw: Draw, state: State, checked: date | None, known: int | None, expected: str
):
    root = draw("freshness.html", "freshness(f)", f=Freshness(state, checked, known))

    assert words(root) == expected
    assert by_class(root, "icon").get("aria-hidden") == "true"


def test_the_four_states_of_freshness_have_four_shapes(draw: Draw):
    shapes = {
        by_class(
            draw("freshness.html", "freshness(f)", f=Freshness(state, date(2026, 1, 1), None)),
            "icon",
        ).get("class")
        for state in State
    }

    assert len(shapes) == 4


# Blocks and cloths


def test_a_block_is_a_picture_that_readers_aloud_pass_over(draw: Draw):
    svg = draw("quilt.html", "quilt(id, ['home', 'accommodation'], 96)", id=an_id("choir"))[0]

    assert svg.get("aria-hidden") == "true"
    assert svg.get("focusable") == "false"
    assert not [one for one in svg.iter() if one.get("id") or one.tag == "title"]
    assert words(svg) == ""


def test_a_block_has_the_pieces_that_its_entry_gives_it(draw: Draw):
    svg = draw("quilt.html", "quilt(id, ['home'], 96)", id=an_id("choir"))[0]

    block = quilt.draw(an_id("choir"), ["home"])
    assert [path.get("d") for path in svg.iter(SVG + "path")] == [
        patch.path for patch in (*block.behind, *block.figure)
    ]


@pytest.mark.parametrize(("size", "expected"), [(46, False), (64, True)])
def test_prints_show_from_64_pixels(draw: Draw, size: int, expected: bool):
    svg = draw("quilt.html", "quilt(id, ['home', 'accommodation'], size)", id="x", size=size)[0]

    assert any("url(#print-" in path.get("fill", "") for path in svg.iter(SVG + "path")) is expected


def test_every_print_that_a_block_may_use_is_on_the_page(draw: Draw):
    root = draw("prints.html", "prints()")

    assert {one.get("id") for one in root.iter(SVG + "pattern")} == {
        f"print-{name}" for name in quilt.PRINTS
    }


def test_a_cloth_stands_beside_the_words_for_it(draw: Draw):
    assert words(draw("cloth_tag.html", "cloth_tag('leaving-hospital')")) == "Leaving hospital"


# Cards


def a_hit(**fields: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "id": an_id("homeshare"),
            "url": "/approaches/homeshare",
            "name": "Homeshare",
            "strapline": "A spare room for one person, company and help for another",
            "who_for": ("older-people", "young-people-in-transition"),
            "support_area": ("accommodation", "home"),
            "freshness": Freshness(State.NEVER, None, None),
            "nearest": None,
        }
        | fields
    )


def a_nearest(**fields: object) -> SimpleNamespace:
    return SimpleNamespace(
        **{
            "url": "/services/homeshare-york",
            "name": "Homeshare York",
            "where": "York, 22 miles",
            "freshness": Freshness(State.NEVER, None, 2024),
        }
        | fields
    )


def test_a_card_is_read_name_strapline_who_for_nearest_freshness(draw: Draw):
    root = draw("entry_card.html", "entry_card(hit, near='Leeds')", hit=a_hit(nearest=a_nearest()))

    text = words(root)
    assert text.startswith("Homeshare ")
    assert text.endswith(
        "A spare room for one person, company and help for another "
        "For older people, young people growing up Somewhere to live At home "
        "Homeshare York York, 22 miles Not checked yet, known in 2024"
    )


def test_a_card_of_something_that_happens_says_where(draw: Draw):
    root = draw("entry_card.html", "entry_card(hit, where='In Leeds', kind='Story')", hit=a_hit())

    assert "Story For older people" in words(root)
    assert "In Leeds Not checked yet" in words(root)


def test_a_card_says_where_none_is_near_and_offers_to_add_one(draw: Draw):
    root = draw(
        "entry_card.html",
        "entry_card(hit, near='Leeds', none_near='Nearest: Camden.', add_href='/submit/')",
        hit=a_hit(),
    )

    assert "None known near Leeds yet Nearest: Camden. Add one : Homeshare" in words(root)


def test_a_card_is_for_at_most_three_groups_by_name(draw: Draw):
    hit = a_hit(who_for=("older-people", "anyone", "unpaid-carers", "autistic-people"))

    assert "For older people, anyone, family carers and others" in words(
        draw("entry_card.html", "entry_card(hit)", hit=hit)
    )


def test_the_name_on_a_card_is_shown_as_it_was_written(draw: Draw):
    hit = a_hit(name="Tea & <b>talk</b>")

    assert words(draw("entry_card.html", "entry_card(hit)", hit=hit)).startswith(
        "Tea & <b>talk</b>"
    )


# Fields


def test_a_field_with_an_error_says_what_to_do_between_label_and_field(draw: Draw):
    root = draw(
        "field.html",
        "field('near', 'Place', 'Newport', hint='Town or postcode', error='Choose one.')",
    )

    assert order(root, "field__label", "field__hint", "field__error", "input") == [
        "field__label", "field__hint", "field__error", "input"
    ]  # fmt: skip
    field = by_class(root, "input")
    assert field.get("aria-invalid") == "true"
    assert field.get("aria-describedby") == "near-hint near-error"
    assert field.get("value") == "Newport"
    assert words(by_class(root, "field__error")) == "Error: Choose one."


def test_a_field_without_an_error_points_at_nothing_that_is_not_there(draw: Draw):
    field = by_class(draw("field.html", "field('near', 'Place')"), "input")

    assert field.get("aria-describedby") is None
    assert field.get("aria-invalid") is None


def test_a_text_keeps_the_line_break_it_begins_with(draw: Draw):
    root = draw("field.html", "field('t', 'Text', value, kind='textarea')", value="\nfirst")

    assert by_class(root, "input").text == "\nfirst"


def test_choices_are_a_group_with_a_question(draw: Draw):
    root = draw(
        "choices.html",
        "choices('area', 'Part of life', [('home', 'At home', 'In your own place', 'home'),"
        " ('x', 'Other')], ['home'], error='Tick one.')",
    )

    group = root.find(".//fieldset")
    assert group is not None
    assert group.get("aria-describedby") == "area-error"
    assert words(group[0]) == "Part of life"
    boxes = [*root.iter("input")]
    assert [box.get("checked") is not None for box in boxes] == [True, False]
    assert [box.get("id") for box in boxes] == ["area", "area-2"], "the error leads to the first"


def test_a_round_button_is_chosen_by_its_whole_value(draw: Draw):
    root = draw(
        "choices.html", "choices('d', 'Decision', [('p', 'P'), ('pp', 'PP')], 'pp', many=false)"
    )

    assert [one.get("checked") is not None for one in root.iter("input")] == [False, True]


class AForm(Form):
    """Fields of every kind, as our forms use them."""

    name = StringField("Name", [InputRequired("Write a name.")], description="As people say it")
    about = TextAreaField("About")
    areas = SelectMultipleField(
        "Areas", choices=[SelectChoice("a", "One"), SelectChoice("b", "Two")]
    )
    which = RadioField("Which", choices=[SelectChoice("a", "One"), SelectChoice("b", "Two")])
    agree = BooleanField("I agree")


def test_a_form_is_shown_again_as_it_was_filled_in(draw: Draw):
    form = AForm(data={"name": "", "about": "Hello", "areas": ["b"], "which": "a", "agree": True})
    form.validate()

    root = draw(
        "form_field.html",
        "form_field(form.name) }}{{ form_field(form.about) }}"
        "{{ form_field(form.areas) }}{{ form_field(form.which) }}{{ form_field(form.agree)",
        form=form,
    )

    assert "Name As people say it Error: Write a name. About (optional)" in words(root)
    ticked = [one.get("value") for one in root.iter("input") if one.get("checked") is not None]
    assert ticked == ["b", "a", "y"]


def test_the_error_summary_leads_to_each_field(draw: Draw):
    root = draw("error_summary.html", "error_summary([('near', 'Choose one.'), ('t', 'Write.')])")

    assert words(root).startswith("There are 2 things to put right")
    assert [link.get("href") for link in root.iter("a")] == ["#near", "#t"]


def test_without_errors_there_is_no_summary(draw: Draw):
    assert words(draw("error_summary.html", "error_summary([])")) == ""


def test_a_button_keeps_its_name_while_it_works(draw: Draw):
    button = draw("button.html", "button('Search', busy='Searching…')")[0]

    assert words(button[0]) == "Search"
    assert button[1].get("aria-hidden") == "true"


def test_a_chip_says_what_pressing_it_does(draw: Draw):
    assert words(draw("chip.html", "chip('widowed', '/search?q=x')")) == "Remove widowed"


# Help, evidence, change


def test_help_first_gives_numbers_that_a_phone_can_ring(draw: Draw):
    root = draw("help_first.html", "help_first('crisis')")

    links = {words(link): link.get("href") for link in root.iter("a")}
    assert links["Ring 999"] == "tel:999"
    assert links["NHS 111"] == "tel:111"
    assert links["Samaritans 116 123"] == "tel:116123"
    assert links["Text SHOUT to 85258"] == "sms:85258?body=SHOUT"
    assert links["Lifeline 0808 808 8000"] == "tel:08088088000"
    assert "NHS 111 (England, Scotland, Wales)" in words(root)


def test_help_after_a_loss_is_someone_to_talk_to(draw: Draw):
    text = words(draw("help_first.html", "help_first('loss')"))

    assert text.startswith("Someone to talk to today")
    assert "Cruse Bereavement Support 0808 808 1677" in text
    assert "SHOUT" not in text


@pytest.mark.parametrize(
    ("strength", "expected"),
    [("self-reported", "Their own figures"), ("none-found", "None found yet")],
)
def test_evidence_says_how_well_it_is_backed(draw: Draw, strength: str, expected: str):
    item = SimpleNamespace(
        strength=strength, claim="59 matches.", source_title="Report", year=2024, source_url=None
    )

    assert words(draw("evidence.html", "evidence([item])", item=item)) == (
        f"{expected} 59 matches. Report, 2024"
    )


def test_a_change_marks_what_goes_and_what_comes(draw: Draw):
    changes = (FieldChange("strapline", "Strapline", compare("A room for help", "A room for one")),)

    root = draw("diff.html", "diff(changes)", changes=changes)

    [gone], [come] = list(root.iter("del")), list(root.iter("ins"))
    assert "help" in words(gone)
    assert "one" in words(come)
    assert "room" not in words(gone) + words(come), "what stays is not marked"


def test_a_change_of_nothing_says_so(draw: Draw):
    changes = (FieldChange("cost", "What it costs", compare("", "Free")),)

    root = draw("diff.html", "diff(changes)", changes=changes)

    assert words(by_class(root, "quiet")) == "Nothing here"
    assert [*root.iter("del")] == []


def test_steps_are_told_in_words(draw: Draw):
    root = draw("steps.html", "steps(2, 5, 'in a sentence', [1, 4])")

    assert words(root) == "Part 2 of 5: in a sentence"
    bars = by_class(root, "steps__bars")
    assert bars.get("aria-hidden") == "true"
    shown = [one.get("class", "").partition("--")[2] for one in bars]
    assert shown == ["done", "now", "", "done", ""]  # parts come in any order


def test_facets_show_true_counts_and_open_where_something_is_ticked(draw: Draw):
    options = [(str(n), f"Choice {n}", n, n == 8) for n in range(1, 10)]

    root = draw("facet.html", "facet('kind', 'What to show', options)", options=options)

    assert "Choice 3 3" in words(root)
    more = root.find(".//details")
    assert more is not None
    assert more.get("open") is not None
    assert words(more[0]) == "3 more"


def test_an_empty_facet_is_not_shown(draw: Draw):
    assert words(draw("facet.html", "facet('kind', 'What to show', [])")) == ""
