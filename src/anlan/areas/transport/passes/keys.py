"""The keys that sign passes: private halves as files in the data folder, public halves in the database."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anlan.areas.transport.passes.models import SigningKey
from anlan.foundation.accounts.access import demand
from anlan.foundation.accounts.models import User
from anlan.foundation.audit import services as audit


def _path(kid: str) -> Path:
    return settings.DATA_DIR / "pass_keys" / kid


def _make_key(actor: User | str) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    kid = hashlib.sha256(public).digest()[:4].hex()
    path = _path(kid)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))
    key = SigningKey.objects.create(kid=kid, public=public.hex())
    audit.record(actor=actor, action="passes.key.make", subject=key)
    return key


def signing_key(actor: User | str) -> tuple[SigningKey, Callable[[bytes], bytes]]:
    """The key in use and how it signs; where there is none, or its file was lost, a new one is made."""
    key = SigningKey.objects.filter(retired_at=None, revoked_at=None).first()
    if key is None or not _path(key.kid).exists():
        key = _make_key(actor)
    return key, Ed25519PrivateKey.from_private_bytes(_path(key.kid).read_bytes()).sign


def verifier() -> Callable[[str, bytes, bytes], bool | None]:
    """How codes are verified with the keys of this installation; None for a key that it does not know."""
    known = dict(SigningKey.objects.values_list("kid", "public"))

    def verify(kid: str, signature: bytes, body: bytes) -> bool | None:
        if kid not in known:
            return None
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(known[kid])).verify(signature, body)
        except InvalidSignature:
            return False
        return True

    return verify


@transaction.atomic
def rotate_key(*, actor: User) -> SigningKey:
    """Sign with a new key from now on; what the old one signed stays good, its private half is deleted."""
    demand(actor, "act:passkeys")
    for old in SigningKey.objects.filter(retired_at=None, revoked_at=None):
        _retire(old, "retired_at")
        audit.record(actor=actor, action="passes.key.retire", subject=old)
    return _make_key(actor)


@transaction.atomic
def revoke_key(*, actor: User, key: SigningKey, reason: str) -> SigningKey:
    """A key fell into wrong hands: nothing that it signed is good any more, as soon as checkpoints have the list."""
    demand(actor, "act:passkeys")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明作废的原因。")})
    _retire(key, "revoked_at")
    audit.record(actor=actor, action="passes.key.revoke", subject=key, details={"reason": reason})
    return key


def _retire(key: SigningKey, column: str) -> None:
    setattr(key, column, timezone.now())
    key.save(update_fields=[column])
    transaction.on_commit(lambda: _path(key.kid).unlink(missing_ok=True))
