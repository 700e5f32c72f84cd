"""What can be wrong with a mail and yet not keep it from being read: shown to an administrator, never to the sender."""

from enum import StrEnum


class Fault(StrEnum):
    """One thing that was wrong, named; the raw mail is kept beside it."""

    MIME_BROKEN = "mime_broken"
    HEADERS_ONLY = "headers_only"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_DEEP = "too_deep"
    TOO_LONG = "too_long"
    ENCODING_BROKEN = "encoding_broken"
    CHARSET_UNKNOWN = "charset_unknown"
    CHARSET_WRONG = "charset_wrong"
    NULL_BYTES = "null_bytes"
    HEADER_INJECTION = "header_injection"
    FROM_MISSING = "from_missing"
    FROM_SEVERAL = "from_several"
    DATE_MISSING = "date_missing"
    DATE_UNREADABLE = "date_unreadable"
    MESSAGE_ID_MISSING = "message_id_missing"
    MESSAGE_ID_SEVERAL = "message_id_several"
    HTML_UNREADABLE = "html_unreadable"
    INVITATION_UNREADABLE = "invitation_unreadable"
    WINMAIL_UNREADABLE = "winmail_unreadable"
    ENCRYPTED = "encrypted"
