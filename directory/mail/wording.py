"""What our letters are, as moderators read it where one did not arrive."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

_NAMES: Mapping[str, str] = {
    "alert": _l("What is new for a search"),
    "alert-confirm": _l("The link that confirms mails about a search"),
    "author-wrote": _l("News to a moderator that an author wrote"),
    "changes-asked": _l("What an author was asked to change"),
    "confirm": _l("The link that confirms a proposal"),
    "declined": _l("Why a proposal was declined"),
    "digest": _l("A moderator’s list of what waits"),
    "draft-goes": _l("A warning that a draft will be deleted"),
    "draft-link": _l("The link to a draft"),
    "invited": _l("An invitation to moderate"),
    "list-decided": _l("What became of a network’s list"),
    "message": _l("A moderator’s message to an author"),
    "network-confirm": _l("The link that confirms a new network"),
    "network-declined": _l("Why a network was declined"),
    "network-invited": _l("An invitation to edit a network"),
    "network-news": _l("News to a network"),
    "network-opened": _l("That a network is open"),
    "network-waits": _l("News to an admin that a network waits"),
    "new-link": _l("A new link to a proposal"),
    "owner-granted": _l("The link that makes an entry somebody’s own"),
    "owner-joined": _l("News to an owner that entries were joined"),
    "owner-link": _l("A new link for an owner"),
    "owner-offline": _l("News to an owner that an entry is offline"),
    "passkey-added": _l("News of a new passkey"),
    "passkey-removed": _l("News that a passkey is gone"),
    "published": _l("That a proposal is published"),
    "received": _l("That a proposal has come"),
    "report-answered": _l("The answer to a report"),
    "second-factor": _l("News about a second factor"),
    "sign-in": _l("A link to sign in"),
    "still-true": _l("“Is this still true?” to an owner"),
    "still-true-moderator": _l("“Is this still true?” to a moderator"),
    "wish": _l("News about what somebody wished for"),
    "worrying-report": _l("News to a moderator of a worrying report"),
}


def mail_name(letter: str) -> str:
    """What that letter is: "The link that confirms a proposal"."""
    return str(_NAMES[letter])
