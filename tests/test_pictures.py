"""The picture that other sites show when somebody shares an entry."""

from __future__ import annotations

import struct

from tests.builders import a_service, an_approach
from tests.house_rules import HOST


def test_an_entry_has_a_picture_of_its_block_and_name(publish, browser):
    publish(an_approach(), a_service(name="# not *markup* $x$ <b>"), an_approach(name="A" * 119))

    head = {
        one.get("property"): one.get("content")
        for one in browser.open("/approaches/community-choirs").all("meta")
    }
    assert head["og:image"] == f"{HOST}/approaches/community-choirs/picture.png"
    pictures = []
    for path in (
        "approaches/community-choirs",
        "services/not-markup-x-b",
        "approaches/" + "a" * 60,
    ):
        answer = browser.client.get(f"/{path}/picture.png", base_url=HOST)
        assert answer.status_code == 200, path
        assert answer.data.startswith(b"\x89PNG")
        assert struct.unpack(">II", answer.data[16:24]) == (1200, 630)
        assert len(answer.data) < 150_000
        assert "Set-Cookie" not in answer.headers
        pictures.append(answer.data)

    assert len(set(pictures)) == 3
    assert browser.client.get("/approaches/no-such/picture.png", base_url=HOST).status_code == 404
