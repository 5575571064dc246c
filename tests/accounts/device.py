"""A device that keeps passkeys, in software: what a browser and its authenticator do, with every part to be bent."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def data(typed: str) -> bytes:
    return base64.urlsafe_b64decode(typed + "=" * (-len(typed) % 4))


@dataclass
class Key:
    """One passkey in the device."""

    rp_id: str
    handle: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def public(self) -> bytes:
        """The public half as COSE says it."""
        numbers = self.private.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})


@dataclass
class Device:
    """Answers as a browser at this origin does."""

    origin: str = "http://localhost"
    count: int = 0
    flags: int = PRESENT | VERIFIED
    cross_origin: bool = False
    keys: list[Key] = field(default_factory=list)

    def create(self, options: dict[str, Any]) -> str:
        """A new passkey, as `navigator.credentials.create` gives it."""
        key = Key(options["rp"]["id"], options["user"]["id"])
        assert not any(data(one["id"]) in [key.id for key in self.keys] for one in options["excludeCredentials"])
        assert options["authenticatorSelection"]["residentKey"] == "required"
        self.keys.append(key)
        told = self._about(key.rp_id, ATTESTED) + bytes(16) + len(key.id).to_bytes(2) + key.id + key.public()
        response = {"clientDataJSON": self._client("webauthn.create", options), "transports": ["internal", "hybrid", "unheard-of"],
                    "attestationObject": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": told}))}
        return json.dumps({"id": text(key.id), "rawId": text(key.id), "type": "public-key", "response": response})

    def get(self, options: dict[str, Any], key: Key | None = None, **bent: Any) -> str:
        """The proof of one passkey, as `navigator.credentials.get` gives it."""
        key = key or self.keys[-1]
        told, client = self._about(key.rp_id), self._client("webauthn.get", options)
        signed = key.private.sign(told + hashlib.sha256(data(client)).digest(), ec.ECDSA(hashes.SHA256()))
        response = {"clientDataJSON": client, "authenticatorData": text(told), "signature": text(signed), "userHandle": key.handle, **bent}
        return json.dumps({"id": text(key.id), "rawId": text(key.id), "type": "public-key", "response": response})

    def _about(self, rp_id: str, more: int = 0) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4)

    def _client(self, what: str, options: dict[str, Any]) -> str:
        return text(json.dumps({"type": what, "challenge": options["challenge"], "origin": self.origin,
                                "crossOrigin": self.cross_origin}).encode())
