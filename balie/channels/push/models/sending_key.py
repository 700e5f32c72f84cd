"""The key that push services know this desk by (VAPID, RFC 8292)."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import models

from balie.channels.push.sealing import as_base64
from balie.platform.secrets import EncryptedTextField


class SendingKey(models.Model):
    """There is one, made at its first use and never changed: browsers take notices from this key only."""

    only = models.BooleanField(primary_key=True, default=True)
    private = EncryptedTextField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="one_sending_key")]

    def __str__(self) -> str:
        return self.public

    @classmethod
    def current(cls) -> SendingKey:
        """Two who begin at one moment get the same."""
        found = cls.objects.first()
        if found is not None:
            return found
        made = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        SendingKey.objects.bulk_create([SendingKey(private=made.decode())], ignore_conflicts=True)
        return cls.objects.get()

    def opened(self) -> ec.EllipticCurvePrivateKey:
        key = serialization.load_pem_private_key(self.private.encode(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)  # the only kind that `current` makes
        return key

    @property
    def public(self) -> str:
        """As browsers take it: an uncompressed point, in base64url."""
        point = (
            self.opened()
            .public_key()
            .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        )
        return as_base64(point)
