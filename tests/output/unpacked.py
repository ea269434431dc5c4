"""Take files apart to the last byte: what is packed, encoded, folded or locked in them."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import sqlite3
import urllib.parse
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msoffcrypto
import numpy as np
import pypdf
import pyzipper
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

from outreach.errors import PrivacyError
from outreach.privacy import Envelope, Passphrase, open_envelope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

_OLE = b"\xd0\xcf\x11\xe0"
_JSON_BLOCK = re.compile(rb'<script type="application/json"[^>]*>(.*?)</script>', re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{24,}={0,2}")
_PDF_STREAM = re.compile(rb"stream\r?\n(.*?)endstream", re.DOTALL)
_BETWEEN_DIGITS = re.compile(rb"[\s().\-/]+")
_NUMBER = re.compile(rb"\d{1,3}[.,]\d{3,}")
_LEAST_CHARACTERS = 4
_POLYLINE_SIGNS = range(63, 127)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A file, or what was found in it; `path` tells where, from outside to inside."""

    path: str
    content: bytes


def unpacked(name: str, content: bytes, passphrases: Sequence[Passphrase] = ()) -> Iterator[Part]:
    """
    Give a file and, over and over, all that can be read out of it.

    Parameters
    ----------
    name
        What the file is called.
    content
        Its bytes.
    passphrases
        Tried on everything that is locked.
    """
    yield Part(path=name, content=content)
    for how, inner in _within(content, passphrases):
        # What comes out as it went in would be taken apart for ever.
        if inner and inner != content:
            yield from unpacked(f"{name} > {how}", inner, passphrases)


def unpacked_folder(folder: Path, passphrases: Sequence[Passphrase] = ()) -> tuple[Part, ...]:
    """Take every file below a folder apart; their names are searched like contents."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = "\n".join(path.relative_to(folder).as_posix() for path in files)
    parts = [Part(path="names of files", content=names.encode())]
    for path in files:
        parts += unpacked(path.relative_to(folder).as_posix(), path.read_bytes(), passphrases)
    return tuple(parts)


def find(parts: Iterable[Part], needles: Iterable[str]) -> list[str]:
    """Tell which texts stand in which parts, whatever their case and encoding."""
    sought = {needle: needle.lower() for needle in needles}
    found = []
    for part in parts:
        told = part.content.decode("utf-8", "replace").lower()
        # Old parts of office files write two bytes a sign.
        wide = part.content.decode("utf-16-le", "replace").lower()
        wide += part.content[1:].decode("utf-16-le", "replace").lower()
        found += [
            f"{needle} in {part.path}"
            for needle, form in sought.items()
            if form in told or form in wide
        ]
    return found


def find_phones(parts: Iterable[Part], phones: Iterable[str]) -> list[str]:
    """Tell which telephone numbers stand in which parts, however their digits are set apart."""
    # Without its 0 a number is also found behind +62.
    sought = {phone: re.sub(r"\D", "", phone).lstrip("0").encode() for phone in phones}
    return [
        f"{phone} in {part.path}"
        for part in parts
        for content in (_BETWEEN_DIGITS.sub(b"", part.content),)
        for phone, digits in sought.items()
        if digits in content
    ]


def find_places(
    parts: Iterable[Part], places: Mapping[str, tuple[float, float]], *, within_deg: float = 2e-4
) -> list[str]:
    """
    Tell in which parts a longitude or latitude of a place stands, or comes near.

    Written numbers count one by one, also those that `unpacked` decodes from polylines; numbers
    of eight bytes count in pairs, else encrypted bytes would hit by chance.
    """
    found = []
    for part in parts:
        written = np.array(
            [float(text.replace(b",", b".")) for text in _NUMBER.findall(part.content)]
        )
        pairs = _pairs(part.content)
        for name, (lon, lat) in places.items():
            # The sign may stand as a letter, or nowhere.
            is_written = [(abs(written - abs(x)) < within_deg).any() for x in (lon, lat)]
            is_packed = [
                (abs(pairs - np.array(pair)) < within_deg).all(axis=1).any()
                for pair in ((lon, lat), (lat, lon))
            ]
            if any(is_written) or any(is_packed):
                found.append(f"{name} in {part.path}")
    return found


def _pairs(content: bytes) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Read every two neighbouring numbers of eight bytes, at whatever byte they begin."""
    pairs = [np.empty((0, 2))]
    for start in range(min(8, len(content) - 15)):
        n_numbers = (len(content) - start) // 8
        numbers = np.frombuffer(content, "<f8", count=n_numbers, offset=start)
        pairs.append(np.column_stack((numbers[:-1], numbers[1:])))
    return np.nan_to_num(np.concatenate(pairs), nan=np.inf)


def _within(content: bytes, passphrases: Sequence[Passphrase]) -> Iterator[tuple[str, bytes]]:
    if content.startswith(b"PK\x03\x04"):
        yield from _zipped(content, passphrases)
    elif content.startswith(b"\x1f\x8b"):
        with suppress(OSError, EOFError, zlib.error):
            yield "gzip", gzip.decompress(content)
    elif content.startswith(_OLE):
        yield from _locked_workbook(content, passphrases)
    elif content.startswith(b"SQLite format 3"):
        yield from _database(content)
    elif content.startswith(b"%PDF"):
        yield from _printed(content)
    else:
        yield from _written(content, passphrases)


def _zipped(content: bytes, passphrases: Sequence[Passphrase]) -> Iterator[tuple[str, bytes]]:
    with pyzipper.AESZipFile(io.BytesIO(content)) as archive:
        yield "names", "\n".join(archive.namelist()).encode()
        for info in archive.infolist():
            is_locked = info.flag_bits & 1
            for passphrase in passphrases if is_locked else (None,):
                password = None if passphrase is None else passphrase.reveal().encode()
                # Another passphrase, which two bytes of the format may let through.
                with suppress(RuntimeError, zipfile.BadZipFile, pyzipper.BadZipFile, zlib.error):
                    yield info.filename, archive.read(info, pwd=password)


def _locked_workbook(
    content: bytes, passphrases: Sequence[Passphrase]
) -> Iterator[tuple[str, bytes]]:
    for passphrase in passphrases:
        opened = io.BytesIO()
        with suppress(DecryptionError, InvalidKeyError):
            book = msoffcrypto.OfficeFile(io.BytesIO(content))
            book.load_key(password=passphrase.reveal(), verify_password=True)
            book.decrypt(opened)
            yield "workbook", opened.getvalue()


def _database(content: bytes) -> Iterator[tuple[str, bytes]]:
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(content)
        tables = connection.execute("SELECT name, sql FROM sqlite_master").fetchall()
        for name, made_by in tables:
            if not (made_by or "").upper().startswith("CREATE TABLE"):
                continue
            for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - its own names
                for cell in row:
                    if cell is not None:
                        yield name, cell if isinstance(cell, bytes) else str(cell).encode()
    finally:
        connection.close()


def _printed(content: bytes) -> Iterator[tuple[str, bytes]]:
    for stream in _PDF_STREAM.findall(content):
        with suppress(zlib.error):
            yield "stream", zlib.decompressobj().decompress(stream)
    reader = pypdf.PdfReader(io.BytesIO(content))
    for page in reader.pages:
        yield "text", page.extract_text().encode("utf-8", "replace")
    yield "about", repr(reader.metadata).encode()


def _written(content: bytes, passphrases: Sequence[Passphrase]) -> Iterator[tuple[str, bytes]]:
    node = None
    with suppress(ValueError):
        node = json.loads(content)
    if isinstance(node, dict) and "box" in node:
        for passphrase in passphrases:
            with suppress(PrivacyError):
                yield "opened", open_envelope(Envelope.from_json(content.decode()), passphrase)
    elif isinstance(node, (dict, list)):
        texts = list(_texts(node))
        yield "JSON", "\n".join(texts).encode("utf-8", "surrogatepass")
        yield "polylines", "\n".join(_lines(texts)).encode()
    for block in _JSON_BLOCK.findall(content):
        yield "data", block
    for word in _BASE64.findall(content):
        with suppress(binascii.Error):
            yield "base64", base64.b64decode(word, validate=True)
    with suppress(UnicodeDecodeError):
        text = content.decode()
        # Calendars fold their lines, anywhere.
        yield "unfolded", text.replace("\r\n ", "").replace("\r\n\t", "").encode()
        yield "unescaped", html.unescape(text).encode("utf-8", "surrogatepass")
        yield "unquoted", urllib.parse.unquote_to_bytes(text)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(node, list):
        for value in node:
            yield from _texts(value)


def _lines(texts: Iterable[str]) -> Iterator[str]:
    """Decode what may be Google's polylines, one or several with blanks between."""
    for text in texts:
        for word in text.split(" "):
            if len(word) >= _LEAST_CHARACTERS and all(ord(x) in _POLYLINE_SIGNS for x in word):
                yield " ".join(f"{degrees:.5f}" for degrees in _degrees(word))


def _degrees(line: str) -> Iterator[float]:
    sums = [0, 0]
    value = shift = n_values = 0
    for sign in line:
        chunk = ord(sign) - 63
        value |= (chunk & 0x1F) << shift
        shift += 5
        if chunk < 0x20:
            sums[n_values % 2] += ~(value >> 1) if value & 1 else value >> 1
            yield sums[n_values % 2] / 1e5
            value, shift, n_values = 0, 0, n_values + 1
