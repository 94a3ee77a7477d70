"""A passkey in software: makes the answers that a browser and its authenticator would give."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, HAS_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """Holds one passkey, as soon as it was asked to make it.

    `origin`: of the page that the browser shows. `opened`: by finger, face or PIN. `count`: how
    often the passkey was used; it stays 0 where `counts` is not set.
    """

    origin: str = "https://kith.test"
    opened: bool = True
    counts: bool = False
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def make(self, options: str) -> str:
        """The answer to a question for a new passkey."""
        asked = json.loads(options)
        self.user_handle = base64url_to_bytes(asked["user"]["id"])
        said = self._client_data("webauthn.create", asked["challenge"])
        numbers = self.key.public_key().public_numbers()
        public_key = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        )
        made = bytes(16) + len(self.credential_id).to_bytes(2) + self.credential_id + public_key
        data = self._data(asked["rp"]["id"], HAS_KEY) + made
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(clientDataJSON=said, attestationObject=attestation)

    def open(self, options: str, **changes: Any) -> str:
        """The answer to somebody who asks for a passkey of the site; `changes` spoil it."""
        asked = json.loads(options)
        self.count += self.counts
        said = self._client_data("webauthn.get", asked["challenge"])
        data = self._data(asked["rpId"])
        signed = data + hashlib.sha256(said).digest()
        parts = {
            "clientDataJSON": said,
            "authenticatorData": data,
            "signature": self.key.sign(signed, ec.ECDSA(hashes.SHA256())),
            "userHandle": self.user_handle,
        }
        return self._answer(**parts | changes)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, host: str, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.opened else 0)
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        said = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": said})
