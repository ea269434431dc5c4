"""Passphrases stay hidden, and what is sealed opens to them alone."""

from __future__ import annotations

import base64
import copy
import hashlib
import hmac
import json
import logging
import math
import os
import pickle
from io import BytesIO
from typing import TYPE_CHECKING

import msoffcrypto
import openpyxl
import pytest
import pyzipper
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.exceptions import InvalidKeyError

from outreach.errors import PrivacyError
from outreach.privacy import (
    LEAST_ROUNDS,
    Envelope,
    Passphrase,
    generate_passphrase,
    lock_xlsx,
    locked_zip,
    normalise,
    open_envelope,
    open_to_others,
    passphrase_words,
    read_passphrase,
    seal,
)

if TYPE_CHECKING:
    from pathlib import Path

SPOKEN = "kucing merah lari pagi"
OURS = Passphrase(SPOKEN)
OTHER = Passphrase("kucing merah lari sore")
# Enough where not the key's price is tested.
FEW_ROUNDS = 2


def workbook() -> bytes:
    """Make a workbook with one cell."""
    file = BytesIO()
    book = openpyxl.Workbook()
    book.worksheets[0]["A1"] = "K-017"
    book.save(file)
    return file.getvalue()


def pbkdf2_and_hkdf(passphrase: bytes, salt: bytes, rounds: int, purpose: bytes) -> bytes:
    """Derive a key of 32 bytes by the standard library alone (RFC 8018; RFC 5869, no salt)."""
    slow = hashlib.pbkdf2_hmac("sha256", passphrase, salt, rounds, 32)
    extracted = hmac.digest(bytes(32), slow, "sha256")
    return hmac.digest(extracted, purpose + b"\x01", "sha256")


@pytest.mark.parametrize(
    "typed",
    [
        "Kucing Merah lari pagi",
        "  kucing\tmerah \n lari  pagi ",
        "KUCING MERAH LARI PAGI",
        "kucing\u00a0merah\u3000lari pagi",
        "\ufeffkucing merah lari pagi",
        "ｋｕｃｉｎｇ merah lari pagi",
    ],
)
def test_what_keyboards_change_does_not_matter(typed: str) -> None:
    """Capitals, spaces and wide signs mean the same passphrase."""
    assert normalise(typed) == SPOKEN
    assert Passphrase(typed) == OURS


@given(st.text())
def test_the_normal_form_is_its_own(text: str) -> None:
    """What was normalised once stays as it is."""
    once = normalise(text)
    assert normalise(once) == once
    assert once == once.strip()


@pytest.mark.parametrize("text", ["", "  \n", "sebelas 11", "a  b  c  d  e  f", "x" * 256])
def test_a_passphrase_that_is_empty_short_or_too_long_is_refused(text: str) -> None:
    """Its length counts after it was normalised, and the error doesn't quote it."""
    with pytest.raises(PrivacyError) as caught:
        Passphrase(text)
    assert "passphrase" in str(caught.value)
    assert text == "" or text not in str(caught.value)


def test_a_passphrase_shows_itself_only_when_asked() -> None:
    """Neither repr, format, pickle nor copy hold it."""
    for shown in (repr(OURS), str(OURS), f"{OURS}", repr([OURS]), repr({"a": OURS})):
        assert "kucing" not in shown
    for write in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="not written"):
            write(OURS)
    assert OURS.reveal() == SPOKEN
    assert OURS != OTHER
    assert OURS != SPOKEN


def test_the_words_are_many_short_and_told_apart_early() -> None:
    """Five of them hold 54 bits; no two share their first four letters."""
    words = passphrase_words()
    assert 5 * math.log2(len(words)) >= 54
    assert list(words) == sorted(words)
    assert len({word[:4] for word in words}) == len(words)
    assert all(4 <= len(word) <= 8 and word.isascii() and word.islower() for word in words)


def test_a_generated_passphrase_is_made_of_the_words() -> None:
    """Five by default, another each time, and in its normal form."""
    made = [generate_passphrase().reveal() for _ in range(20)]
    assert len(set(made)) == len(made)
    for passphrase in made:
        assert len(passphrase.split(" ")) == 5
        assert set(passphrase.split(" ")) <= set(passphrase_words())
        assert normalise(passphrase) == passphrase
    assert len(generate_passphrase(7).reveal().split(" ")) == 7


@pytest.mark.parametrize(
    "content",
    [
        b"kucing merah lari pagi",
        b"\xef\xbb\xbfKucing merah lari pagi\r\nsecond line\r\n",
        b"kucing merah  lari pagi \n",
    ],
)
def test_the_first_line_of_a_file_is_the_passphrase(tmp_path: Path, content: bytes) -> None:
    """As editors save it: with a byte order mark, with any line end."""
    file = tmp_path / "passphrase.txt"
    file.write_bytes(content)
    assert read_passphrase(file) == OURS


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"", "empty"), (b"\n" + SPOKEN.encode(), "empty"), (b"\xffkucing merah lari", "UTF-8")],
)
def test_a_file_without_a_passphrase_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    """The error says what is wrong, and quotes nothing."""
    file = tmp_path / "passphrase.txt"
    file.write_bytes(content)
    with pytest.raises(PrivacyError, match=word) as caught:
        read_passphrase(file)
    assert "kucing" not in f"{caught.value} {caught.value!r}"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """So is a folder."""
    for path in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(PrivacyError, match="cannot be read") as caught:
            read_passphrase(path)
        assert str(path) in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="only POSIX says who may read in this way")
@pytest.mark.parametrize(("mode", "n_warnings"), [(0o600, 0), (0o400, 0), (0o640, 1), (0o604, 1)])
def test_a_passphrase_that_others_may_read_is_warned_of(
    tmp_path: Path, mode: int, n_warnings: int
) -> None:
    """The warning names the file and what to do."""
    file = tmp_path / "passphrase.txt"
    file.write_text(SPOKEN, encoding="utf-8")
    file.chmod(mode)
    warnings = open_to_others(file)
    assert len(warnings) == n_warnings
    assert all(str(file) in str(warning) and "chmod 600" in str(warning) for warning in warnings)


def test_a_file_that_is_not_there_is_open_to_nobody(tmp_path: Path) -> None:
    """Reading it says what is wrong."""
    assert open_to_others(tmp_path / "none.txt") == ()


@settings(max_examples=50)
@given(
    st.binary(max_size=200_000),
    st.text(max_size=80).filter(lambda text: 12 <= len(normalise(text)) <= 255).map(Passphrase),
)
def test_what_is_sealed_opens_again(content: bytes, passphrase: Passphrase) -> None:
    """Any content under any passphrase, by way of JSON."""
    sealed = seal(content, passphrase, rounds=FEW_ROUNDS).to_json()
    opened = open_envelope(Envelope.from_json(sealed), passphrase, least_rounds=FEW_ROUNDS)
    assert opened == content


def test_by_default_a_key_costs_what_is_asked() -> None:
    """600,000 rounds of PBKDF2, and fewer are not opened."""
    assert LEAST_ROUNDS == 600_000
    assert seal(b"", OURS).rounds == LEAST_ROUNDS
    with pytest.raises(PrivacyError):
        open_envelope(seal(b"", OURS, rounds=LEAST_ROUNDS - 1), OURS)


def test_a_header_that_would_keep_a_phone_busy_is_refused() -> None:
    """Before the key is derived."""
    node = json.loads(seal(b"", OURS, rounds=FEW_ROUNDS).to_json()) | {"rounds": 2**31}
    with pytest.raises(PrivacyError):
        open_envelope(Envelope.from_json(json.dumps(node)), OURS)


def test_another_passphrase_gets_one_clear_word() -> None:
    """It is not in the error, and neither is the right one."""
    sealed = seal(b"K-017", OURS, rounds=FEW_ROUNDS)
    with pytest.raises(PrivacyError, match="does not open") as caught:
        open_envelope(sealed, OTHER, least_rounds=FEW_ROUNDS)
    assert "kucing" not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize("field", ["form", "rounds", "salt", "nonce", "box"])
def test_no_part_of_an_envelope_can_be_changed(field: str) -> None:
    """One bit of a byte, or one round more."""
    node = json.loads(seal(b"K-017", OURS, rounds=FEW_ROUNDS).to_json())
    if field == "form":
        node[field] += "0"
    elif field == "rounds":
        node[field] += 1
    else:
        content = bytearray(base64.b64decode(node[field]))
        content[-1] ^= 1
        node[field] = base64.b64encode(content).decode()
    with pytest.raises(PrivacyError):
        open_envelope(Envelope.from_json(json.dumps(node)), OURS, least_rounds=FEW_ROUNDS)


@pytest.mark.parametrize(
    "change",
    [
        {"rounds": "600000"},
        {"rounds": True},
        {"rounds": 6e5},
        {"salt": ""},
        {"salt": 5},
        {"nonce": "AAAA"},
        {"box": "?"},
        {"box": None},
        {"form": None},
    ],
)
def test_what_is_no_envelope_is_refused(change: dict[str, object]) -> None:
    """Other types, lengths and signs."""
    node = json.loads(seal(b"", OURS, rounds=FEW_ROUNDS).to_json())
    with pytest.raises(PrivacyError):
        Envelope.from_json(json.dumps(node | change))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '"a"', "5"])
def test_what_is_no_json_of_ours_is_refused(text: str) -> None:
    """By the same error."""
    with pytest.raises(PrivacyError):
        Envelope.from_json(text)


def test_the_size_of_an_envelope_does_not_count_the_cases() -> None:
    """A case more or less ends on the same multiple of 64 KiB."""
    sizes = {
        len(seal(os.urandom(n), OURS, rounds=FEW_ROUNDS).box) for n in (0, 500, 20_000, 60_000)
    }
    assert sizes == {65_536 + 16}
    assert len(seal(os.urandom(66_000), OURS, rounds=FEW_ROUNDS).box) == 2 * 65_536 + 16


def test_two_envelopes_share_nothing() -> None:
    """Salt and nonce are new each time, so equal contents look unlike."""
    one, two = (seal(b"K-017", OURS, rounds=FEW_ROUNDS) for _ in range(2))
    assert one.salt != two.salt
    assert one.nonce != two.nonce
    assert one.box != two.box


def test_no_sign_of_an_envelope_ends_a_script() -> None:
    """It stands in a page as it is."""
    text = seal(b"</script>", OURS, rounds=FEW_ROUNDS).to_json()
    assert text.isascii()
    assert not set(text) & set("<>&")


def test_the_key_is_what_the_standards_say() -> None:
    """PBKDF2 and HKDF of the standard library give a key that opens the box by AES-GCM."""
    # RFC 7914, section 11: the first 32 of 64 bytes.
    assert hashlib.pbkdf2_hmac("sha256", b"passwd", b"salt", 1, 32).hex() == (
        "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
    )
    sealed = seal(b"K-017", OURS, rounds=3, salt=bytes(16), nonce=bytes(range(12)))
    key = pbkdf2_and_hkdf(SPOKEN.encode(), bytes(16), 3, b"outreach page")
    header = b"outreach/locked/1\n3\nAAAAAAAAAAAAAAAAAAAAAA==\nAAECAwQFBgcICQoL"
    plain = AESGCM(key).decrypt(bytes(range(12)), sealed.box, header)
    assert plain[4:6] == b"\x1f\x8b"
    assert len(plain) == 65_536


def test_the_cipher_gives_nists_answer() -> None:
    """Test case 16 of the GCM submission: AES-256, with associated data."""
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce = bytes.fromhex("cafebabefacedbaddecaf888")
    plain = bytes.fromhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    beside = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    box = AESGCM(key).encrypt(nonce, plain, beside)
    assert box[-16:].hex() == "76fc6ece0f4e1768cddf8853bb2d551b"
    assert box[:16].hex() == "522dc1f099567d07f47f37a32a84427d"


def test_a_zip_opens_with_the_normal_form_only() -> None:
    """As WinZip-AES with 256 bits, without a checksum that would tell of the content."""
    zipped = locked_zip({"page.html": b"K-017" * 100, "week.gpx": b""}, Passphrase(SPOKEN.upper()))
    assert b"K-017" not in zipped
    with pyzipper.AESZipFile(BytesIO(zipped)) as file:
        assert file.namelist() == ["page.html", "week.gpx"]
        assert file.read("page.html", pwd=SPOKEN.encode()) == b"K-017" * 100
        assert file.read("week.gpx", pwd=SPOKEN.encode()) == b""
        info = file.getinfo("page.html")
        assert (info.wz_aes_strength, info.wz_aes_version, info.CRC) == (3, 2, 0)
        with pytest.raises(RuntimeError):
            file.read("page.html", pwd=OTHER.reveal().encode())


def test_a_workbook_opens_with_the_normal_form_only() -> None:
    """Another reader decrypts it, checks its integrity, and finds the cell."""
    locked = lock_xlsx(workbook(), Passphrase(SPOKEN.upper()))
    assert b"K-017" not in locked
    office, opened = msoffcrypto.OfficeFile(BytesIO(locked)), BytesIO()
    assert office.is_encrypted()
    office.load_key(password=SPOKEN, verify_password=True)
    office.decrypt(opened, verify_integrity=True)
    assert openpyxl.load_workbook(opened).worksheets[0]["A1"].value == "K-017"
    with pytest.raises(InvalidKeyError):
        office.load_key(password=OTHER.reveal(), verify_password=True)


def test_what_is_no_plain_workbook_is_not_locked() -> None:
    """One clear error, also for one that is locked already."""
    for content in (b"", b"no workbook", lock_xlsx(workbook(), OURS)):
        with pytest.raises(PrivacyError, match="XLSX"):
            lock_xlsx(content, OURS)


def test_nothing_is_logged_of_a_passphrase(caplog: pytest.LogCaptureFixture) -> None:
    """Neither by us nor by the libraries that take it, at any level."""
    with caplog.at_level(logging.DEBUG):
        open_envelope(seal(b"", OURS, rounds=FEW_ROUNDS), OURS, least_rounds=FEW_ROUNDS)
        locked_zip({"a": b""}, OURS)
        lock_xlsx(workbook(), OURS)
    assert "kucing" not in caplog.text
