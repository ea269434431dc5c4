"""Passphrases, and what is sealed under one: pages, workbooks and packs."""

from __future__ import annotations

import base64
import gzip
import hmac
import json
import logging
import re
import secrets
import stat
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources
from io import BytesIO
from typing import TYPE_CHECKING, NoReturn

from outreach.errors import Message, PrivacyError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

logger = logging.getLogger(__name__)

FORM = "outreach/locked/1"
"""What an envelope calls itself; page and package of another form don't try to open it."""

LEAST_ROUNDS = 600_000
"""Of PBKDF2-HMAC-SHA-256, as OWASP's Password Storage Cheat Sheet asks."""

# A changed header must not keep a phone busy for an hour.
_MOST_ROUNDS = 10_000_000
_LEAST_CHARACTERS = 12
# Excel takes no more.
_MOST_CHARACTERS = 255
# A file of another kind, named by mistake, need not be read to its end.
_MOST_FILE_CHARACTERS = 4096
_SALT_BYTES = 16
_NONCE_BYTES = 12
_KEY_BYTES = 32
# Contents of a few hundred kilobytes end on one of few sizes: a case more or less doesn't show.
_PAGE_BYTES = 64 * 1024
_LENGTH_BYTES = 4
# The browser's second key, for what is written on the phone, has another purpose.
_PURPOSE = b"outreach page"
# Python and JavaScript disagree on which signs are spaces; this is the union of both.
_SPACES = re.compile(r"[\s\x1c-\x1f\x85\ufeff]+")


class Passphrase:
    """
    A passphrase in its normal form, which shows itself to nobody who doesn't ask.

    Parameters
    ----------
    text
        As it was typed or read; it is normalised.

    Raises
    ------
    PrivacyError
        When it is shorter than 12 characters or longer than 255.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = normalise(text)
        if not self._text:
            raise PrivacyError("the passphrase is empty: write at least 12 characters")
        if len(self._text) < _LEAST_CHARACTERS:
            raise PrivacyError(
                "the passphrase has only %(n)d characters: take at least %(least)d, or let"
                " outreach choose five words",
                n=len(self._text),
                least=_LEAST_CHARACTERS,
            )
        if len(self._text) > _MOST_CHARACTERS:
            raise PrivacyError(
                "the passphrase has %(n)d characters: take at most %(most)d",
                n=len(self._text),
                most=_MOST_CHARACTERS,
            )

    def reveal(self) -> str:
        """Give the normal form, for a cipher or for the eyes of the supervisor."""
        return self._text

    def __repr__(self) -> str:
        return "Passphrase(…)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Passphrase):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a passphrase is not written to files")


def normalise(text: str) -> str:
    """
    Bring a passphrase into the form that is compared: NFKC, lower case, single spaces.

    Phone keyboards capitalise first words and add spaces behind words; neither changes what was
    meant. ``assets/lock.js`` does the same, sign by sign.
    """
    # Lower case of a composed sign may come apart, so it is composed again.
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
    return _SPACES.sub(" ", lowered).strip(" ")


def generate_passphrase(n: int = 5) -> Passphrase:
    """
    Choose `n` words of the list that the package ships, each with equal chance.

    The list has some 1,800 words, so five of them hold 54 bits.
    """
    return Passphrase(" ".join(secrets.choice(passphrase_words()) for _ in range(n)))


@cache
def passphrase_words() -> tuple[str, ...]:
    """Give the Indonesian words that passphrases are made of, in alphabetical order."""
    file = resources.files("outreach") / "passphrase_words.txt"
    return tuple(file.read_text(encoding="utf-8").split())


def read_passphrase(path: Path) -> Passphrase:
    """
    Read the first line of a file.

    Raises
    ------
    PrivacyError
        When the file can't be read, isn't UTF-8, is empty, or holds too short a passphrase.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            line = file.readline(_MOST_FILE_CHARACTERS)
    except OSError as error:
        raise PrivacyError(
            "%(file)s cannot be read (%(reason)s): name a text file whose first line is the"
            " passphrase",
            file=str(path),
            reason=error.strerror or type(error).__name__,
        ) from error
    except UnicodeError:
        # The decoder's error quotes what it read.
        raise PrivacyError(
            "%(file)s is not text in UTF-8: save it as such", file=str(path)
        ) from None
    return Passphrase(line)


def open_to_others(path: Path) -> tuple[Message, ...]:
    """Warn where other users of the machine may read a passphrase file; empty where none may."""
    import os

    try:
        mode = path.stat().st_mode
    except OSError:
        return ()
    if os.name != "posix" or not stat.S_ISREG(mode) or not mode & 0o077:
        return ()
    return (
        Message(
            "other users of this computer may read the passphrase in %(file)s: run chmod 600 on it",
            {"file": str(path)},
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """
    Sealed content with all that opening needs except the passphrase.

    Parameters
    ----------
    rounds
        Of PBKDF2-HMAC-SHA-256.
    salt
        16 bytes.
    nonce
        12 bytes.
    box
        Ciphertext and tag of AES-256-GCM.
    """

    rounds: int
    salt: bytes
    nonce: bytes
    box: bytes

    @property
    def header(self) -> bytes:
        """What the cipher authenticates beside the content."""
        return "\n".join((FORM, str(self.rounds), _text(self.salt), _text(self.nonce))).encode()

    def to_json(self) -> str:
        """Write it for ``<script type="application/json">``: no sign in it ends a script."""
        return json.dumps(
            {
                "form": FORM,
                "rounds": self.rounds,
                "salt": _text(self.salt),
                "nonce": _text(self.nonce),
                "box": _text(self.box),
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Envelope:
        """
        Read what `to_json` wrote.

        Raises
        ------
        PrivacyError
            When it is not an envelope of this form.
        """
        try:
            node = json.loads(text)
            envelope = cls(
                rounds=node["rounds"],
                salt=base64.b64decode(node["salt"], validate=True),
                nonce=base64.b64decode(node["nonce"], validate=True),
                box=base64.b64decode(node["box"], validate=True),
            )
        except (ValueError, TypeError, KeyError):
            raise _not_ours() from None
        if (
            node.get("form") != FORM
            or type(envelope.rounds) is not int
            or len(envelope.salt) != _SALT_BYTES
            or len(envelope.nonce) != _NONCE_BYTES
        ):
            raise _not_ours()
        return envelope


def seal(
    content: bytes,
    passphrase: Passphrase,
    *,
    rounds: int = LEAST_ROUNDS,
    salt: bytes | None = None,
    nonce: bytes | None = None,
) -> Envelope:
    """
    Compress, pad and encrypt.

    gzip; four bytes of length, the compressed content and zeros up to a multiple of 64 KiB;
    AES-256-GCM (NIST SP 800-38D) with the header authenticated; the key by PBKDF2-HMAC-SHA-256
    (RFC 8018) and from that by HKDF-SHA-256 (RFC 5869), so that a page can keep a second key.

    Parameters
    ----------
    content
        Anything.
    passphrase
        What opens it again.
    rounds
        Of PBKDF2; fewer than `LEAST_ROUNDS` are refused by whoever opens it, except when told
        otherwise.
    salt, nonce
        16 and 12 bytes; random unless given, and given only to compare with known answers.
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt = secrets.token_bytes(_SALT_BYTES) if salt is None else salt
    nonce = secrets.token_bytes(_NONCE_BYTES) if nonce is None else nonce
    unsealed = Envelope(rounds=rounds, salt=salt, nonce=nonce, box=b"")
    cipher = AESGCM(_page_key(passphrase, unsealed))
    box = cipher.encrypt(nonce, _padded(gzip.compress(content, mtime=0)), unsealed.header)
    return Envelope(rounds=rounds, salt=salt, nonce=nonce, box=box)


def open_envelope(
    envelope: Envelope, passphrase: Passphrase, *, least_rounds: int = LEAST_ROUNDS
) -> bytes:
    """
    Give back what was sealed.

    Raises
    ------
    PrivacyError
        When the passphrase is another, anything in the envelope was changed, or its key was
        made with fewer than `least_rounds`.
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if not least_rounds <= envelope.rounds <= _MOST_ROUNDS:
        raise _not_ours()
    cipher = AESGCM(_page_key(passphrase, envelope))
    try:
        plain = cipher.decrypt(envelope.nonce, envelope.box, envelope.header)
    except InvalidTag:
        raise PrivacyError(
            "the passphrase does not open it: another one is needed, or the file was changed"
        ) from None
    n_bytes = int.from_bytes(plain[:_LENGTH_BYTES])
    return gzip.decompress(plain[_LENGTH_BYTES : _LENGTH_BYTES + n_bytes])


def locked_zip(members: Mapping[str, bytes], passphrase: Passphrase) -> bytes:
    """
    Make a ZIP that WinZip, 7-Zip and ZArchiver open with the passphrase (AES-256).

    Those programs take the passphrase sign by sign: it must be typed in its normal form, in
    lower case with single spaces. Names and sizes of the members stay readable, as the format
    has it, and its key is made with 1,000 rounds only.

    Parameters
    ----------
    members
        Contents by name; the names should tell nothing.
    passphrase
        What opens it.
    """
    import pyzipper

    file = BytesIO()
    with pyzipper.AESZipFile(
        file, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as zipped:
        zipped.setpassword(passphrase.reveal().encode())
        for name, content in members.items():
            zipped.writestr(name, content)
    return file.getvalue()


def lock_xlsx(workbook: bytes, passphrase: Passphrase) -> bytes:
    """
    Encrypt a workbook so that Excel and LibreOffice ask for the passphrase (agile, AES-256).

    They take it sign by sign, as a ZIP's programs do.

    Raises
    ------
    PrivacyError
        When `workbook` is no XLSX, or is encrypted already.
    """
    from msoffcrypto.exceptions import EncryptionError, FileFormatError
    from msoffcrypto.format.ooxml import OOXMLFile

    locked = BytesIO()
    try:
        OOXMLFile(BytesIO(workbook)).encrypt(passphrase.reveal(), locked)
    except (EncryptionError, FileFormatError):
        raise PrivacyError("a workbook cannot be encrypted: it is not a plain XLSX") from None
    return locked.getvalue()


def _page_key(passphrase: Passphrase, envelope: Envelope) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

    slow = PBKDF2HMAC(
        algorithm=SHA256(), length=_KEY_BYTES, salt=envelope.salt, iterations=envelope.rounds
    )
    fast = HKDF(algorithm=SHA256(), length=_KEY_BYTES, salt=None, info=_PURPOSE)
    return fast.derive(slow.derive(passphrase.reveal().encode()))


def _padded(compressed: bytes) -> bytes:
    n_bytes = _LENGTH_BYTES + len(compressed)
    n_zeros = -n_bytes % _PAGE_BYTES
    return len(compressed).to_bytes(_LENGTH_BYTES) + compressed + bytes(n_zeros)


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _not_ours() -> PrivacyError:
    return PrivacyError("this is no page that outreach locked, or it was changed")
