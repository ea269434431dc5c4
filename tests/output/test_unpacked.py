"""The search for leaks finds what it looks for, wherever that is hidden."""

from __future__ import annotations

import base64
import gzip
import io
import json
import sqlite3
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
import shapely
import typst

from outreach.output.polyline import encode
from outreach.privacy import Passphrase, lock_xlsx, locked_zip, seal
from tests.output.unpacked import Part, find, find_phones, find_places, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable

NAME, PHONE, PLACE = "Zulaikha Ünal", "0812-9988-7766", (103.61234, -1.61789)
TOLD = f"{NAME} {PHONE} {PLACE[0]} {PLACE[1]}"
OURS, OTHER = Passphrase("kucing merah lari pagi"), Passphrase("kucing merah lari sore")


def as_zip(content: bytes) -> bytes:
    """Put a file into an archive."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner", content)
    return file.getvalue()


def as_workbook(content: bytes) -> bytes:
    """Write a text into a cell."""
    file, book = io.BytesIO(), openpyxl.Workbook()
    book.worksheets[0]["B2"] = content.decode()
    book.save(file)
    return file.getvalue()


def as_page(content: bytes) -> bytes:
    """Write a text into the data of a page, as JSON that is not plain ASCII text."""
    data = json.dumps({"stops": [{"note": content.decode()}]})
    return f'<html><script type="application/json" id="data">{data}</script></html>'.encode()


def as_locked_page(content: bytes) -> bytes:
    """Lock a text into a page."""
    box = seal(content, OURS).to_json()
    return f'<html><script type="application/json" id="locked">{box}</script></html>'.encode()


def as_background(content: bytes) -> bytes:
    """Pack a text as pages carry their background."""
    packed = base64.b64encode(gzip.compress(content)).decode()
    return as_page(packed.encode())


def as_database(content: bytes) -> bytes:
    """Write a text into a table."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE told (words TEXT)")
    connection.execute("INSERT INTO told VALUES (?)", (content.decode(),))
    connection.commit()
    whole = connection.serialize()
    connection.close()
    return whole


def as_calendar(content: bytes) -> bytes:
    """Fold a text as calendars do, here after every seventh character."""
    text = content.decode()
    return "\r\n ".join(text[i : i + 7] for i in range(0, len(text), 7)).encode()


def as_print(content: bytes) -> bytes:
    """Print a text."""
    return typst.compile(f'#set page(width: 30cm)\n#"{content.decode()}"'.encode())


def as_markup(content: bytes) -> bytes:
    """Write every sign of a text as its number."""
    return "".join(f"&#{ord(sign)};" for sign in content.decode()).encode()


def as_link(content: bytes) -> bytes:
    """Write every byte of a text as links do."""
    return b"".join(b"%%%02X" % byte for byte in content)


HIDING: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "zip": as_zip,
    "workbook": as_workbook,
    "page": as_page,
    "background": as_background,
    "database": as_database,
    "calendar": as_calendar,
    "print": as_print,
    "markup": as_markup,
    "link": as_link,
    "zip in zip": lambda content: as_zip(as_zip(content)),
    "workbook in zip": lambda content: as_zip(as_workbook(content)),
    "link in page in zip": lambda content: as_zip(as_page(as_link(content))),
}
LOCKING: dict[str, Callable[[bytes], bytes]] = {
    "page": as_locked_page,
    "zip": lambda content: locked_zip({"inner": content}, OURS),
    "workbook": lambda content: lock_xlsx(as_workbook(content), OURS),
    "page in zip": lambda content: locked_zip({"inner": as_locked_page(content)}, OURS),
    "workbook in zip": lambda content: locked_zip(
        {"inner": lock_xlsx(as_workbook(content), OURS)}, OURS
    ),
}


def found(content: bytes, *passphrases: Passphrase) -> tuple[bool, bool, bool]:
    """Tell whether name, telephone number and place are found."""
    parts = tuple(unpacked("file", content, passphrases))
    return (
        bool(find(parts, [NAME])),
        bool(find_phones(parts, [PHONE])),
        bool(find_places(parts, {"home": PLACE})),
    )


@pytest.mark.parametrize("how", HIDING)
def test_what_is_hidden_is_found(how: str) -> None:
    """Name, telephone number and place come out of every container; from another, nothing."""
    assert found(HIDING[how](TOLD.encode())) == (True, True, True)
    assert found(HIDING[how](b"Siti 0812-9988-7765 103.6100 -1.6200")) == (False, False, False)


@pytest.mark.parametrize("how", LOCKING)
def test_what_is_locked_is_found_by_its_passphrase_alone(how: str) -> None:
    """It is also seen that nobody else finds it."""
    locked = LOCKING[how](TOLD.encode())
    assert found(locked) == (False, False, False)
    assert found(locked, OTHER) == (False, False, False)
    assert found(locked, OTHER, OURS) == (True, True, True)


def test_names_of_members_are_found() -> None:
    """Locked archives show them to everybody."""
    archive = locked_zip({f"{NAME}.txt": b"nothing"}, OURS)
    assert find(unpacked("file", archive), [NAME])


@pytest.mark.parametrize("n", [1, 3])
def test_places_in_polylines_are_found(n: int) -> None:
    """Alone, or one of several lines with blanks between, to the rounding of the format."""
    line = encode([103.5, PLACE[0], 103.7], [-1.5, PLACE[1], -1.7])
    data = json.dumps({"path": " ".join([line] * n)}).encode()
    assert find_places(unpacked("file", data), {"home": PLACE})
    assert not find_places(unpacked("file", data), {"other": (103.65, -1.65)})


@pytest.mark.parametrize("before", [b"", b"GP\x00\x01"])
def test_places_in_binary_geometry_are_found(before: bytes) -> None:
    """As GeoPackages keep them, at whatever byte they begin."""
    blob = before + shapely.to_wkb(shapely.LineString([(103.5, -1.5), PLACE]))
    assert find_places([Part(path="blob", content=blob)], {"home": PLACE})
    assert not find_places([Part(path="blob", content=blob)], {"other": (103.65, -1.65)})


@pytest.mark.parametrize("text", ["+62 812 9988 7766", "(0812)99887766", "0812.9988.7766"])
def test_a_number_is_found_however_it_is_written(text: str) -> None:
    """Spaces, signs and the country's code don't hide it."""
    assert find_phones(unpacked("file", text.encode()), [PHONE])
    assert not find_phones(unpacked("file", text.encode()), ["0812-9988-7767"])


def test_case_and_wide_characters_do_not_hide_a_name() -> None:
    """Old parts of office files write two bytes a sign."""
    assert find(unpacked("file", NAME.upper().encode()), ["zulaikha"])
    assert find(unpacked("file", NAME.encode("utf-16-le")), [NAME])


@pytest.mark.parametrize("text", ["103,61234", "103.6123", "1.61789 LS", "lat=-1.617891"])
def test_one_of_two_numbers_is_enough(text: str) -> None:
    """A longitude alone leads to a road."""
    assert find_places(unpacked("file", text.encode()), {"home": PLACE})
