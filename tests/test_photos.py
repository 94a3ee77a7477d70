"""Pictures that people give: made anew, never seen before they are published, gone when unused."""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image, ImageCms
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.config import Config
from directory.entries import catalogue, files, imaging, photos, publishing
from directory.entries.catalogue import Entry
from directory.entries.check import missing_pictures
from directory.entries.documents import Approach, Photo
from directory.entries.models import PhotoRow
from directory.entries.text import dump, parse
from directory.submissions.models import Submission
from directory.submissions.photos import YOUNG, remove_unused_pictures
from tests.builders import a_story, an_approach, an_id
from tests.house_rules import HOST, Browser, Page
from tests.mailbox import Mailbox
from tests.moderating import moderator
from tests.proposing import APPROACH, begin, draft_of, fill, fill_any, send

__all__ = ["moderator"]

Publish = Callable[..., list[Entry]]
LATER = timedelta(days=2)
TOLD = {
    "photos-0-alt": "Six people round a table knead dough.",
    "photos-0-made_by": "Sam Okafor",
    "photos-0-people_agreed": "y",
}


def a_picture(
    form: str = "JPEG", size: tuple[int, int] = (1200, 900), colour: str = "#a33", **settings: Any
) -> bytes:
    """A picture, its left half in another colour than its right."""
    image = Image.new("RGB", size, colour)
    image.paste("#36a", (0, 0, size[0] // 2, size[1]))
    made = BytesIO()
    image.save(made, form, **settings)
    return made.getvalue()


def remade(data: bytes) -> imaging.Made:
    return imaging.remake(BytesIO(data))


def test_nothing_of_the_file_is_kept_but_the_picture_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[2] = (53.0, 48.0, 12.0)  # where it was taken
    sent = a_picture(exif=exif, comment=b"SECRETWORDS", icc_profile=profile("sRGB"))
    assert b"SECRETCAMERA" in sent

    made = remade(sent)

    assert (made.width, made.height) == (900, 1200), "upright"
    assert sorted(made.files) == ["480.jpg", "480.webp", "900.jpg", "900.webp"]
    for name, data in made.files.items():
        assert b"SECRET" not in data
        for mark in (b"Exif", b"EXIF", b"http://ns.adobe", b"ICC"):
            assert mark not in data, name
        with Image.open(BytesIO(data)) as image:
            assert image.width == int(name.split(".")[0])
            top, bottom = (image.convert("RGB").getpixel((20, y)) for y in (20, image.height - 20))
            assert is_near(top, "#36a"), "what was left is on top"
            assert is_near(bottom, "#a33")


@pytest.mark.parametrize(
    ("sent", "widths"),
    [
        (a_picture("PNG", (700, 500)), [480, 700]),
        (a_picture("WEBP", (300, 300)), [300]),
        (a_picture("JPEG", (4000, 3000)), [480, 960, 1600]),
        (a_picture("JPEG", (400, 4000)), [160]),
    ],
)
def test_sizes_are_made_and_none_larger_than_what_was_sent(sent: bytes, widths: list[int]) -> None:
    made = remade(sent)

    assert imaging.widths(made.width) == widths
    assert {int(name.split(".")[0]) for name in made.files} == set(widths)
    assert max(made.width, made.height) <= 1600


def test_every_way_to_hold_colours_is_read() -> None:
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    grey16 = Image.new("I;16", (300, 300), 40_000)
    for image, form, expected in (
        (clear, "PNG", "#fff"),
        (clear.convert("P"), "PNG", None),
        (Image.new("L", (300, 300), 200), "JPEG", "#c8c8c8"),
        (Image.new("CMYK", (300, 300), (0, 0, 0, 0)), "JPEG", "#fff"),
        (grey16, "PNG", "#9c9c9c"),
        (Image.new("1", (300, 300), 1), "PNG", "#fff"),
    ):
        sent = BytesIO()
        image.save(sent, form)
        made = remade(sent.getvalue())
        with Image.open(BytesIO(made.files["300.jpg"])) as shown:
            assert shown.mode == "RGB"
            assert expected is None or is_near(shown.getpixel((150, 150)), expected), image.mode


@pytest.mark.parametrize(
    ("sent", "refused"),
    [
        (b"", imaging.NotAPicture),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", imaging.NotAPicture),
        (b"GIF89a" + b"\0" * 400, imaging.NotAPicture),
        (a_picture("TIFF", (300, 300)), imaging.NotAPicture),
        (a_picture("BMP", (300, 300)), imaging.NotAPicture),
        (a_picture()[:2000], imaging.NotAPicture),
        (b"\xff\xd8\xff\xe0" + b"not a picture" * 50, imaging.NotAPicture),
        (a_picture(size=(100, 800)), imaging.TooSmall),
        (a_picture() + b"\0" * imaging.BYTES_MAX, imaging.TooHeavy),
    ],
)
def test_fakes_and_what_cannot_be_shown_are_refused(sent: bytes, refused: type[Exception]) -> None:
    with pytest.raises(refused):
        remade(sent)


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
def test_what_moves_is_refused(form: str) -> None:
    frames = [Image.new("RGB", (300, 300), colour) for colour in ("red", "blue")]
    sent = BytesIO()
    frames[0].save(sent, form, save_all=True, append_images=frames[1:])

    with pytest.raises(imaging.Moving):
        remade(sent.getvalue())


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_bomb_is_refused_before_it_is_decoded(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")

    def decode(*_about: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", decode)
    with pytest.raises(imaging.TooManyPixels):
        remade(bomb)


def test_documents_keep_their_pictures_and_those_without_their_hash() -> None:
    plain = an_approach(id=an_id("a"))
    photo = Photo(file="0f" * 16, alt="People sing in a hall.", made_by="Sam", people_agreed=True)
    with_one = plain.model_copy(update={"photos": [photo]})

    assert "photos" not in dump(plain)
    again = parse(dump(with_one))
    assert again == with_one
    assert dump(again) == dump(with_one)


def test_a_picture_is_seen_by_nobody_else_before_its_entry_is_published(
    app: Flask, browser: Browser, moderator: Browser, session: Session, mailbox: Mailbox,
    config: Config,
) -> None:  # fmt: skip
    draft = draft_of(browser, "approach", APPROACH)
    page = give(browser, draft, a_picture(), go="here")
    assert page.heading == "Pictures"
    name = shown_names(page)
    assert len(name) == 1, "it is kept although it is not told in words yet"
    page = fill(browser, draft, "pictures", {}, status=422)
    assert [link.get("href") for link in page.find("div", class_="error-summary").iter("a")] == [
        "#field-photos-0-alt",
        "#field-photos-0-made_by",
    ]
    fill_any(browser, draft, "pictures", TOLD)
    anybody = app.test_client()

    def seen(base: str, client: Any = anybody, file: str = "480.webp") -> int:
        return int(client.get(f"{base}/{name[0]}/{file}", base_url=HOST).status_code)

    answer = anybody.get(f"{draft}/photos/{name[0]}/960.jpg", base_url=HOST)
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert seen("/photos") == 404
    assert seen("/moderation/photos") == 303, "signed in first"
    check = browser.open(f"{draft}/check")
    assert check.find("img", class_="photo__picture").get("alt") == TOLD["photos-0-alt"]
    assert not check.all("button", class_="save"), "an entry that is not there cannot be saved"

    page = send(browser, draft)
    private = page.path
    assert seen(f"{private}/photos") == 200
    browser.send(
        mailbox.fetch("sam@example.org", subject="").link("/submissions/confirm/"),
        browser.open(mailbox.fetch("sam@example.org").link("/submissions/confirm/")).form(),
    )
    number = session.scalar(select(Submission.id))
    session.rollback()
    page = moderator.open(f"/moderation/submissions/{number}")
    assert "Six people round a table knead dough." in page.text
    assert "They say that people can be recognised, and agreed." in page.text
    assert seen("/moderation/photos", moderator.client) == 200
    assert seen("/photos") == 404

    path = f"/moderation/submissions/{number}/decision"
    moderator.submit(page, path, outcome="publish")

    answer = anybody.get(f"/photos/{name[0]}/480.webp", base_url=HOST)
    assert (answer.status_code, answer.mimetype) == (200, "image/webp")
    assert "immutable" in answer.headers["Cache-Control"]
    assert "s-maxage=60" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in answer.headers
    page = browser.open("/approaches/bread-and-roses")
    picture = page.find("img", class_="photo__picture")
    assert picture.get("src") == f"/photos/{name[0]}/960.jpg"
    assert (picture.get("width"), picture.get("height")) == ("1200", "900")
    assert "Picture: Sam Okafor, CC BY 4.0" in page.text
    for wrong in ("../480.jpg", "0480.jpg", "481.jpg", "480.png", "480.jpg.jpg"):
        assert seen("/photos", file=wrong) == 404
    assert tidy(session, config.instance_dir / "uploads") == []
    entry = catalogue.by_id(session, session.scalars(select(Submission)).one().entry_id)
    assert entry
    publishing.end(session, entry.id, reason="It has ended.", at=now())
    session.commit()
    assert seen("/photos") == 404, "what is not published any more shows no pictures"


def test_a_refused_picture_says_why_at_its_field_and_all_else_stays(
    browser: Browser, session: Session
) -> None:
    draft = begin(browser, "approach", "Bread and roses")

    page = give(browser, draft, b"<svg></svg>", name="a.jpg", status=422, **TOLD)

    assert "We cannot read this file" in page.text
    box = page.find("input", id="field-photos-0-file")
    assert box.get("aria-invalid") == "true"
    assert page.find("textarea", name="photos-0-alt").text.strip() == TOLD["photos-0-alt"]
    assert page.find("input", name="photos-0-made_by").get("value") == "Sam Okafor"
    page = give(browser, draft, a_picture() + b"\0" * imaging.BYTES_MAX, status=422, **TOLD)
    assert "larger than 8 MB" in page.text
    assert page.find("input", name="photos-0-made_by").get("value") == "Sam Okafor"
    page = give(browser, draft, b"x" * (41 * 1024 * 1024), status=422)
    assert "larger than 8 MB" in page.text
    assert browser.open(f"{draft}/pictures").find("input", name="photos-0-made_by").get("value")
    assert session.scalars(select(PhotoRow)).all() == []


def test_nobody_can_show_a_picture_that_was_given_for_something_else(
    browser: Browser, session: Session
) -> None:
    mine, other = (begin(browser, "approach", name) for name in ("Mine", "Another thing"))
    (name,) = shown_names(give(browser, other, a_picture(), go="here"))

    page = fill(browser, mine, "pictures", TOLD | {"photos-0-file": name}, status=422)

    assert "We do not have this picture any more." in page.text
    browser.open(f"{mine}/photos/{name}/480.jpg", status=404)
    browser.open(f"{other}/photos/{name}/480.jpg")


def test_pictures_go_with_the_last_words_that_name_them(
    browser: Browser, session: Session, config: Config, mailbox: Mailbox
) -> None:
    store = config.instance_dir / "uploads"

    def left() -> int:
        tidy(session, store)
        rows = len(session.scalars(select(PhotoRow)).all())
        session.rollback()
        assert len(list(store.iterdir())) == rows
        return rows

    draft = begin(browser, "approach", "Bread and roses")
    page = give(browser, draft, a_picture(), **TOLD, go="here")
    page = browser.submit(page, f"{draft}/pictures", remove="photos-0")
    browser.submit(page, f"{draft}/pictures", go="later")
    give(browser, draft, a_picture(), **TOLD, go="later")
    assert len(list(store.iterdir())) == 2
    assert left() == 1, "the one that was taken away is gone"
    browser.submit(browser.open(draft), f"{draft}/deletion")
    assert list(store.iterdir()) == [], "gone at once with the draft"

    draft = draft_of(browser, "approach", APPROACH)
    give(browser, draft, a_picture(), **TOLD, go="later")
    page = send(browser, draft)
    assert left() == 1
    session.delete(session.scalars(select(Submission)).one())
    session.commit()
    assert left() == 0


def test_a_story_taken_back_takes_its_pictures(
    app: Flask, session: Session, publish: Publish, config: Config
) -> None:
    store = config.instance_dir / "uploads"
    publish(an_approach())
    story = a_story(id=an_id("story"), photos=[given(session, store, an_id("story"))])
    (entry,) = publish(story)
    path = f"/photos/{story.photos[0].file}/480.jpg"
    assert app.test_client().get(path, base_url=HOST).status_code == 200

    publishing.erase(session, entry.id, reason="taken back", at=now())
    session.commit()

    assert app.test_client().get(path, base_url=HOST).status_code == 404
    assert tidy(session, store) == [story.photos[0].file]
    assert list(store.iterdir()) == []


def test_a_folder_of_documents_brings_its_pictures_along(
    app: Flask, session: Session, publish: Publish, config: Config, tmp_path: Path
) -> None:
    store = config.instance_dir / "uploads"
    photo = given(session, store, an_id("choirs"))
    publish(an_approach(id=an_id("choirs"), photos=[photo]))
    assert config.mirror_dir
    assert (config.mirror_dir / "photos" / f"{photo.file}.jpg").is_file()
    folder = tmp_path / "export"
    files.export(catalogue.live(session), folder, store=store)

    read, problems = files.read_folder(folder)
    assert not problems
    (document,) = [file.document for file in read]
    assert isinstance(document, Approach)
    other = tmp_path / "other"
    session.delete(session.get_one(PhotoRow, photo.file))
    session.flush()
    assert photos.take_in(session, other, document, folder, at=now()) == []

    (shown,) = photos.shown(session, document)
    assert (shown.photo, shown.width) == (photo, 1200)
    assert (other / photo.file / "480.webp").is_file()
    shutil.rmtree(other / photo.file)
    assert photos.take_in(session, other, document, folder, at=now()) == []
    assert (other / photo.file / "480.webp").is_file(), "lost files are made anew"
    publish(document.model_copy(update={"photos": []}))
    assert not (config.mirror_dir / "photos" / f"{photo.file}.jpg").exists()


def test_the_check_names_documents_whose_picture_is_nowhere(tmp_path: Path) -> None:
    photo = Photo(file="ab" * 16, alt="People sing in a hall.", made_by="Sam")
    document = an_approach(id=an_id("choirs"), photos=[photo])
    read = [files.DocumentFile("approaches/choirs.md", document.kind, "choirs", document)]
    store = tmp_path / "uploads"

    (problem,) = missing_pictures(tmp_path, store, read)

    assert problem.path == "approaches/choirs.md"
    assert f"there is no photos/{photo.file}.jpg" in str(problem)
    photos.put(store, remade(a_picture()), name=photo.file)
    assert missing_pictures(tmp_path, store, read) == []
    shutil.rmtree(store)
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / f"{photo.file}.jpg").write_bytes(a_picture())
    assert missing_pictures(tmp_path, store, read) == []


def tidy(session: Session, store: Path) -> list[str]:
    """What is done each day, two days from now."""
    gone = remove_unused_pictures(session, at=now() + LATER)
    session.commit()
    photos.discard(store, gone)
    photos.sweep(session, store, before=now() + LATER - YOUNG)
    return gone


def given(session: Session, store: Path, entry_id: Any) -> Photo:
    """A picture that somebody gave for that entry."""
    made = remade(a_picture())
    name = photos.put(store, made)
    photos.record(session, name, made, entry_id=entry_id, at=now())
    session.commit()
    return Photo(file=name, alt="People sing in a hall.", made_by="Sam")


def give(
    browser: Browser, draft: str, data: bytes, *, name: str = "p.jpg", status: int = 200,
    **values: Any,
) -> Page:  # fmt: skip
    """Send a picture from the page for pictures."""
    path = f"{draft}/pictures"
    form = browser.open(path).form(path) | {"go": "on"} | values
    return browser.send(path, form | {"upload-photos-0": (BytesIO(data), name)}, status=status)


def shown_names(page: Page) -> list[str]:
    """The pictures that stand in the rows of the page."""
    boxes = [box for box in page.all("input") if box.get("name", "").endswith("-file")]
    return [box.get("value", "") for box in boxes if box.get("type") == "hidden"]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def profile(name: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


def is_near(found: Any, wanted: str) -> bool:
    from PIL import ImageColor

    return all(
        abs(one - other) < 12
        for one, other in zip(found[:3], ImageColor.getrgb(wanted), strict=True)
    )


def now() -> datetime:
    return datetime.now(UTC)
