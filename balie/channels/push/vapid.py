"""Says to a push service who sends: a token that we sign for this service and for half a day (VAPID, RFC 8292)."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from balie.channels.push.sealing import as_base64
from balie.platform import clock

# A service may refuse more than a day.
_LASTS = timedelta(hours=12)


def authorization(endpoint: str, *, key: ec.EllipticCurvePrivateKey, public: str, contact: str) -> str:
    """The value of the Authorization header; `contact` is where the service's people can write to."""
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((clock.now() + _LASTS).timestamp()),
        "sub": contact,
    }
    signed = ".".join(as_base64(json.dumps(part, separators=(",", ":")).encode()) for part in (_HEADER, claims))
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(SHA256())))
    # A token has the two numbers side by side (RFC 7518, 3.4), not in DER.
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return f"vapid t={signed}.{as_base64(signature)}, k={public}"


_HEADER = {"typ": "JWT", "alg": "ES256"}
