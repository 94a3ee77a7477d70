"""Feeds that a network or moderators harvest: adding one, changing it, looking now."""

from __future__ import annotations

from flask import abort
from werkzeug.wrappers import Response

from directory.accounts.guard import me
from directory.accounts.models import RoleName
from directory.config import current
from directory.db import db
from directory.imports import feeds, lists
from directory.imports.feeds import NotAFeed, TooManyFeeds
from directory.imports.forms import FeedChangeForm, FeedForm
from directory.imports.models import Every, Feed
from directory.imports.views import Door, both_doors, index_page, now
from directory.submissions import licence


@both_doors("/feeds", ("POST",))
def add_feed(door: Door) -> Response:
    """Keep a feed and begin to read it, or say what is wrong with its address."""
    form = FeedForm(prefix="feed")
    if not form.validate():
        return index_page(door, feed_form=form, status=422)
    network_id = door.network_id
    db.session.rollback()  # looking up its name takes a while
    try:
        url = feeds.tidy(form.url.data, reachable=current().reachable)
        feed = feeds.add(
            db.session(),
            network_id=network_id,
            user_id=me().id,
            name=form.name.data,
            url=url,
            every=Every(form.every.data),
            licence_version=licence.VERSION,
            at=now(),
        )
    except (NotAFeed, TooManyFeeds) as problem:
        form.url.errors = [problem.message]
        return index_page(door, feed_form=form, status=problem.status)
    db.session.commit()
    return door.back("show_feed", number=feed.id)


@both_doors("/feeds/<int:number>")
def show_feed(door: Door, number: int) -> Response:
    """A feed: when it was read, what came of it, and how often it is looked at."""
    feed = _find(door, number)
    form = FeedChangeForm(
        formdata=None, name=feed.name, every=feed.every, is_trusted=feed.is_trusted
    )
    return _page(door, feed, form)


@both_doors("/feeds/<int:number>", ("POST",))
def change_feed(door: Door, number: int) -> Response:
    """Change its name and how often; admins also, whether it goes live by itself."""
    feed, form = _find(door, number), FeedChangeForm()
    if not form.validate():
        return _page(door, feed, form, status=422)
    is_trusted = form.is_trusted.data if _is_admin() else feed.is_trusted
    feeds.change(
        feed, name=form.name.data, every=Every(form.every.data), is_trusted=is_trusted, at=now()
    )
    db.session.commit()
    return door.back("show_feed", number=number, done="yes")


@both_doors("/feeds/<int:number>/harvests", ("POST",))
def harvest(door: Door, number: int) -> Response:
    """Look now; what is found is looked over before it is taken in."""
    made = feeds.harvest(db.session(), _find(door, number), at=now())
    db.session.commit()
    return door.back("show", number=made.id)


@both_doors("/feeds/<int:number>/deleted")
def ask_to_delete_feed(door: Door, number: int) -> Response:
    """What reading it no more means, and a button."""
    feed = _find(door, number)
    return door.page("imports/delete_feed.html", feed=feed)


@both_doors("/feeds/<int:number>/deleted", ("POST",))
def delete_feed(door: Door, number: int) -> Response:
    """Look no more. What came from it stays."""
    lists.drop_feed(db.session(), _find(door, number))
    db.session.commit()
    return door.back("index", done="deleted")


def _page(door: Door, feed: Feed, form: FeedChangeForm, *, status: int = 200) -> Response:
    session = db.session()
    return door.page(
        "imports/feed.html",
        feed=feed,
        form=form,
        harvests=feeds.harvests(session, feed),
        is_under_way=feeds.is_under_way(session, feed),
        is_admin=_is_admin(),
        status=status,
    )


def _is_admin() -> bool:
    return bool(me().has_role(RoleName.ADMIN))


def _find(door: Door, number: int) -> Feed:
    found = feeds.find(db.session(), door.network_id, number)
    if found is None:
        abort(404)
    return found
