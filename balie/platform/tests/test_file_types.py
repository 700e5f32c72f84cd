"""A file is what its bytes are; what is dressed up as something else, or runs when it is opened, is recognised."""

from __future__ import annotations

import io
import tarfile
import zipfile

import pytest

from balie.platform.file_types import Wrong, is_program, media_type, what_is_wrong

_PICTURES = {
    "PNG": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "GIF": b"GIF89a\x01\x00\x01\x00", "WEBP": b"RIFF\x24\x00\x00\x00WEBPVP8 \x00",
}  # fmt: skip


def picture(form: str) -> bytes:
    return _PICTURES[form]


def packed() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return made.getvalue()


def tarred() -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.txt"))
    return made.getvalue()


def ole(kind: str = "") -> bytes:
    """An OLE file of 512-byte sectors, whose folder is its first sector."""
    head = bytearray(512)
    head[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    head[30:32], head[48:52] = (9).to_bytes(2, "little"), (0).to_bytes(4, "little")
    folder = bytearray(512)
    folder[80:96] = bytes.fromhex(kind) if kind else bytes(16)
    return bytes(head + folder)


PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
INSTALLER = "84100c0000000000c000000000000046"


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("a.png", picture("PNG"), None),
        ("saved-as.jpg", picture("WEBP"), None),
        ("a.gif", picture("GIF"), None),
        ("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", None),
        ("a.docx", packed(), None),
        ("with-password.docx", ole(), None),
        ("a.zip", packed(), None),
        ("a.tar", tarred(), None),
        ("a.mp3", b"\x00\x01nobody has listed this", None),
        ("a.txt", b"BM is how a bitmap begins, and this sentence", None),
        ("a.txt", "MZ: über".encode(), None),
        ("a.txt", "Grüße".encode("latin-1"), None),
        ("a.csv", "ä;b".encode("utf-16"), None),
        ("a.txt", ("x" * 8191 + "ü").encode(), None),
        ("a.log", b"", None),
        ("a.png", b"", None),
        ("a.dwg", b"AC1027\x00\x00", None),
        ("no-name-of-a-kind", b"\x00\x01\x02", None),
        ("a.png", PROGRAM, Wrong.PROGRAM),
        ("invoice", PROGRAM, Wrong.PROGRAM),
        ("a.txt", b"\x7fELF\x02\x01\x01", Wrong.PROGRAM),
        ("a.pdf", b"L\x00\x00\x00\x01\x14\x02\x00", Wrong.PROGRAM),
        ("a.doc", ole(INSTALLER), Wrong.PROGRAM),
        ("a.bat", b"echo hello", Wrong.PROGRAM),
        ("a.exe. ", b"text", Wrong.PROGRAM),
        ("a.png", b"%PDF-1.7\n", Wrong.DISGUISED),
        ("a.pdf", picture("PNG"), Wrong.DISGUISED),
        ("a.png", b"<html><script>", Wrong.DISGUISED),
        ("a.docx", b"hello", Wrong.DISGUISED),
        ("a.csv", packed(), Wrong.DISGUISED),
        ("a.txt", b"\x00\x01\x02\x03", Wrong.DISGUISED),
        ("a.7z", packed(), Wrong.DISGUISED),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file(name: str, content: bytes, wrong: Wrong | None) -> None:
    assert what_is_wrong(name, content) == wrong


def test_its_type_comes_from_its_bytes_where_they_tell() -> None:
    assert media_type("a.jpg", picture("PNG")) == "image/png"
    assert media_type("a.csv", b"a;b") == "text/csv"
    assert media_type("unknown", b"\x00\x01") == "application/octet-stream"


def test_a_program_is_known_by_its_name_before_it_is_fetched() -> None:
    assert is_program("Setup.EXE")
    assert not is_program("exe.txt")
