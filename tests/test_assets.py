"""Static files: one style sheet without a build, addresses that change with what they hold."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from directory.assets import STATIC, Assets, MissingAsset
from directory.look.quilt import COLOURS
from tests.house_rules import Browser

TOKENS = (STATIC / "css" / "tokens.css").read_text(encoding="utf-8")


@pytest.fixture
def static(tmp_path: Path) -> Path:
    """A static folder of its own with our style sheets and nothing that set-up fetches."""
    folder = tmp_path / "static"
    shutil.copytree(STATIC / "css", folder / "css")
    (folder / "js").mkdir()
    (folder / "js" / "thing.js").write_text("thing()")
    return folder


def put_font(static: Path, name: str) -> None:
    (static / "vendor" / "fonts").mkdir(parents=True, exist_ok=True)
    (static / "vendor" / "fonts" / f"{name}.woff2").write_bytes(b"font")


def test_the_order_of_layers_comes_before_any_rule(static: Path):
    text = Assets(static).stylesheet.decode()

    assert text.index("@layer reset, tokens, base, layout, components, utilities, modes;") == 0


def test_every_style_sheet_stands_in_a_layer():
    for path in (STATIC / "css").rglob("*.css"):
        bare = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL).strip()
        assert bare.startswith("@layer"), path.name
        assert "!important" not in bare, path.name


def test_every_component_is_in_the_one_style_sheet(static: Path):
    text = Assets(static).stylesheet.decode()

    for path in (STATIC / "css" / "components").glob("*.css"):
        name = re.search(r"\n  (\.[\w-]+)", path.read_text(encoding="utf-8"))
        assert name is None or name[1] in text, path.name


def test_a_font_that_was_not_fetched_is_left_out_and_its_fallback_stays(static: Path):
    put_font(static, "bricolage-grotesque-latin-800-normal")

    text = Assets(static).stylesheet.decode()

    assert "/assets/vendor/fonts/bricolage-grotesque-latin-800-normal." in text
    assert "atkinson-hyperlegible-next-latin-wght-normal" not in text
    assert "Atkinson fallback" in text


def test_a_file_has_another_address_when_it_says_something_else(static: Path):
    before = Assets(static).address("js/thing.js")
    assert Assets(static).address("js/thing.js") == before

    (static / "js" / "thing.js").write_text("another()")

    assert Assets(static).address("js/thing.js") != before


def test_a_font_that_changes_gives_the_style_sheet_another_address(static: Path):
    put_font(static, "bricolage-grotesque-latin-800-normal")
    before = Assets(static).address("kith.css")

    path = static / "vendor" / "fonts" / "bricolage-grotesque-latin-800-normal.woff2"
    path.write_bytes(b"another font")

    assert Assets(static).address("kith.css") != before


def test_a_file_that_is_not_there_says_how_to_get_it(static: Path):
    assert not Assets(static).has("vendor/htmx.min.js")
    with pytest.raises(MissingAsset, match="make setup"):
        Assets(static).address("vendor/htmx.min.js")


def test_the_style_sheet_may_be_kept_for_a_year_and_travels_small(browser: Browser):
    link = browser.open("/help-now").find("link", rel="stylesheet").get("href", "")

    plain = browser.client.get(link, base_url="http://kith.test")
    packed = browser.client.get(
        link, base_url="http://kith.test", headers={"Accept-Encoding": "br"}
    )

    assert plain.mimetype == "text/css"
    assert "immutable" in plain.headers["Cache-Control"]
    assert plain.headers["X-Content-Type-Options"] == "nosniff"
    assert packed.headers["Content-Encoding"] == "br"
    assert len(packed.data) < 20_000


def test_a_page_from_before_an_upgrade_still_finds_its_style_sheet(browser: Browser):
    answer = browser.client.get("/assets/kith.0123456789ab.css", base_url="http://kith.test")

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/assets/kith.")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["nothing.js", "kith.css.map", "../config.py", "css/tokens.css"])
def test_what_is_no_static_file_is_not_found(name: str, browser: Browser):
    answer = browser.client.get(f"/assets/{name}", base_url="http://kith.test")

    assert answer.status_code == 404


# Colours


def tokens(selector: str) -> dict[str, str]:
    """The tokens that are colours, of the rule that begins with `selector`."""
    rule = TOKENS[TOKENS.index(selector) :]
    rule = rule[: re.search(r"\n {2,4}}", rule).start()]  # type: ignore[union-attr]
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", rule))


LIGHT = tokens(":root {")
DARK = LIGHT | tokens(':root:not([data-theme="light"]) {')


def contrast(one: str, other: str) -> float:
    """Contrast of two colours as WCAG 2 reckons it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_dark_is_the_same_whether_the_device_or_the_page_asks_for_it():
    assert tokens(':root:not([data-theme="light"]) {') == tokens(':root[data-theme="dark"] {')


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["paper", "sheet", "well"])
@pytest.mark.parametrize(
    "words",
    ["ink", "ink-2", "link", "visited", "error"]
    + [f"{cloth}-text" for cloth in ("madder", "fern", "marigold", "heather", "indigo")],
)
def test_words_stand_out_seven_to_one(words: str, ground: str, mode: dict[str, str]):
    assert contrast(mode[words], mode[ground]) >= 7


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["warn-bg", "ins-bg", "del-bg"])
def test_ink_stands_out_on_grounds_with_a_meaning(ground: str, mode: dict[str, str]):
    assert contrast(mode["ink"], mode[ground]) >= 7


@pytest.mark.parametrize("mode", [LIGHT, DARK], ids=["light", "dark"])
def test_lines_that_mean_something_can_be_seen(mode: dict[str, str]):
    assert contrast(mode["edge"], mode["paper"]) >= 3
    assert contrast(mode["ink"], mode["gold"]) >= 3 or contrast(mode["gold"], mode["paper"]) >= 3


def test_blocks_that_travel_have_the_colours_of_the_page():
    for key, colour in COLOURS.items():
        assert LIGHT["cloth-ink" if key == "ink" else key] == colour
