"""Lock what people take away: the data of a page, and the ZIP of a pack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outreach.output.files import write_whole
from outreach.privacy import locked_zip, seal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from outreach.privacy import Passphrase


def sealer(passphrase: Passphrase) -> Callable[[bytes], str]:
    """
    Give what turns a page's data into the JSON of the page's ``#locked`` block.

    Each call takes a salt and a nonce of its own, so two pages under one passphrase share no key.
    """
    return lambda data: seal(data, passphrase).to_json()


def write_locked_zip(members: Mapping[str, bytes], path: Path, passphrase: Passphrase) -> None:
    """
    Write a ZIP that asks for the passphrase, whole or not at all.

    Parameters
    ----------
    members
        Contents by name; names stay readable.
    path
        Where it lands.
    passphrase
        Typed in its normal form, it opens the ZIP in other programs.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    with write_whole(path) as part:
        part.write_bytes(locked_zip(members, passphrase))
