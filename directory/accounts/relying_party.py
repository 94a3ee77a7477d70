"""This site as passkeys know it (WebAuthn: a relying party): what it asks them, what it accepts.

py_webauthn makes the questions and checks the answers. Nothing here knows the database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from directory.config import Config

LONGEST_ANSWER = 20_000  # characters; honest ones have some 1,500
_USUAL_PORTS = {"http": 80, "https": 443}


class Unproven(Exception):
    """The answer does not show that somebody holds the passkey; its cause says why."""


# Answers come from strangers. Besides its own errors the library lets through those of json,
# base64 and its own assumptions about what JSON holds.
_UNSOUND = (WebAuthnException, ValueError, TypeError, AttributeError, KeyError, RecursionError)


@dataclass(frozen=True)
class NewKey:
    """A passkey that has just been made. Bytes are in base64url."""

    credential_id: str
    public_key: str
    sign_count: int


@dataclass(frozen=True)
class RelyingParty:
    """The host that passkeys are made for, the origin that pages come from, and a name to show."""

    host: str
    origin: str
    name: str

    def ask_for_new(
        self,
        challenge: str,
        *,
        user_handle: str,
        email: str,
        name: str,
        known: Iterable[str],
        good_for: timedelta,
    ) -> str:
        """What a browser needs to make a passkey, as JSON.

        Args:
            challenge: random bytes in base64url, as are `user_handle` and those of `known`.
            known: credential ids of the passkeys that the user has; none of them is made twice.
        """
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name=self.name,
            user_id=base64url_to_bytes(user_handle),
            user_name=email,
            user_display_name=name,
            challenge=base64url_to_bytes(challenge),
            timeout=_milliseconds(good_for),
            # Found by the browser without an address typed before, and opened by finger, face or
            # PIN: so it is two factors, something one has and something one is or knows.
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known
            ],
        )
        return options_to_json(options)

    def accept_new(self, challenge: str, answer: str) -> NewKey:
        """The passkey that a browser has made.

        Args:
            answer: what the browser says, as JSON.

        Raises:
            Unproven
        """
        try:
            made = webauthn.verify_registration_response(
                credential=_capped(answer),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
        except _UNSOUND as error:
            raise Unproven from error
        return NewKey(
            bytes_to_base64url(made.credential_id),
            bytes_to_base64url(made.credential_public_key),
            made.sign_count,
        )

    def ask_for_any(self, challenge: str, *, good_for: timedelta) -> str:
        """What a browser needs to offer whichever passkeys it has for this site, as JSON."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=base64url_to_bytes(challenge),
            timeout=_milliseconds(good_for),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def accept(self, challenge: str, answer: str, *, public_key: str) -> int:
        """How often the passkey with that public key was used, as it says itself.

        Raises:
            Unproven
        """
        try:
            proven = webauthn.verify_authentication_response(
                credential=_capped(answer),
                expected_challenge=base64url_to_bytes(challenge),
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=base64url_to_bytes(public_key),
                # The library would compare counters before it checks the signature, and anybody
                # could make a passkey look copied. So ours are compared afterwards, by the caller.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except _UNSOUND as error:
            raise Unproven from error
        return proven.new_sign_count


def relying_party(config: Config) -> RelyingParty | None:
    """The site of that `PUBLIC_URL`, or None where browsers make no passkeys.

    They want https and a name; plain http is enough on this machine itself, by its name localhost.
    """
    parts = urlsplit(config.public_url)
    host = parts.hostname or ""
    is_here = host == "localhost" or host.endswith(".localhost")
    if _is_number(host) or not (config.is_https or is_here):
        return None
    port = "" if parts.port in {None, _USUAL_PORTS[parts.scheme]} else f":{parts.port}"
    return RelyingParty(host, f"{parts.scheme}://{host}{port}", config.site_name)


def who_answers(answer: str) -> tuple[str, str]:
    """Credential id and user handle that an answer claims; nothing about it is checked yet.

    Raises:
        Unproven: it does not even claim any.
    """
    try:
        said = json.loads(_capped(answer))
        credential_id, handle = said["id"], said["response"]["userHandle"]
    except _UNSOUND as error:
        raise Unproven from error
    if not isinstance(credential_id, str) or not isinstance(handle, str):
        raise Unproven
    return credential_id, handle


def _capped(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise Unproven
    return answer


def _milliseconds(duration: timedelta) -> int:
    return int(duration.total_seconds() * 1000)


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
