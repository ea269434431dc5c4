"""Locked pages as their readers meet them: in a browser, from a file, without a network."""

from __future__ import annotations

import base64
import hashlib
import json
from contextlib import contextmanager
from importlib import resources
from typing import TYPE_CHECKING, Any
from unicodedata import category

import pytest
import pyzipper

from outreach.errors import ExportError
from outreach.output.locked import sealer, write_locked_zip
from outreach.output.page_words import lock_words
from outreach.output.words import Words
from outreach.privacy import (
    LEAST_ROUNDS,
    Envelope,
    Passphrase,
    normalise,
    open_envelope,
    seal,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

SPOKEN = "kucing merah lari pagi"
OURS = Passphrase(SPOKEN)
DATA = {"title": "Minggu </script><b> {{ 1 }} \u202e 🐈", "n": [1.5, None]}
SAID = lock_words(Words("id"))
# What a page does with what it gets; the lock alone is looked at here.
AFTER = (
    "outreach.unlock().then(function (got) {"
    " window.got = got; document.documentElement.dataset.ready = 1; });"
)
ANSWER = "html[data-ready], #lock-word:not(:empty)"
FONT_SIZES_PX = (
    "[...document.querySelectorAll('#lock *')].map(x => parseFloat(getComputedStyle(x).fontSize))"
)


@pytest.fixture(scope="module")
def envelope() -> dict[str, Any]:
    """Give sealed data as the page holds them."""
    node = json.loads(sealer(OURS)(json.dumps(DATA).encode()))
    assert isinstance(node, dict)
    return node


def write_page(path: Path, envelope: dict[str, Any]) -> Path:
    """Write a page with nothing but the lock, under the policy that our pages have."""
    assets = resources.files("outreach.output") / "assets"
    script = (assets / "lock.js").read_text(encoding="utf-8")
    style = (assets / "lock.css").read_text(encoding="utf-8")
    hashes = {
        text: base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        for text in (script, style, AFTER)
    }
    path.write_text(
        '<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="'
        f"default-src 'none'; script-src 'sha256-{hashes[script]}' 'sha256-{hashes[AFTER]}';"
        f" style-src 'sha256-{hashes[style]}'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>x</title><style>{style}</style></head><body class="locked">'
        '<header id="head">head</header><main id="main">main</main>'
        f'<script type="application/json" id="locked">{json.dumps(envelope)}</script>'
        f'<script type="application/json" id="lock-words">{json.dumps(SAID)}</script>'
        f"<script>{script}</script><script>{AFTER}</script></body></html>",
        encoding="utf-8",
    )
    return path


@contextmanager
def opened(browser: Browser, path: Path, before: str = "") -> Iterator[Page]:
    """Open a page on a phone offline; requests, errors and logs fail the test."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, offline=True)
    context.add_init_script(before)
    page = context.new_page()
    troubles: list[str] = []
    page.on("request", lambda request: troubles.append(request.url))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text))
    page.goto(path.as_uri())
    yield page
    assert troubles == [path.as_uri()]
    context.close()


def type_in(page: Page, text: str) -> None:
    """Type a passphrase and tap the button, and wait for an answer."""
    page.fill("#lock-passphrase", text)
    page.click("#lock button")
    page.wait_for_selector(ANSWER, state="attached")


def is_locked(page: Page) -> bool:
    """Tell whether nothing was given out and nothing of the page is seen."""
    return bool(page.evaluate("window.got === undefined")) and not page.is_visible("#main")


pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "typed",
    [SPOKEN, "Kucing  merah lari pagi ", "KUCING\u00a0MERAH LARI PAGI", "ｋucing merah lari pagi"],
)
def test_the_passphrase_opens_a_page(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any], typed: str
) -> None:
    """Capitals and spaces don't matter; the data come out as they went in, the lock goes."""
    with opened(browser, write_page(tmp_path / "page.html", envelope)) as page:
        assert is_locked(page)
        field = page.locator("#lock-passphrase").element_handle()
        type_in(page, typed)
        assert page.evaluate("window.got.data") == DATA
        assert page.query_selector("#lock") is None
        assert "kucing" not in page.content().lower()
        assert field.evaluate("(input) => input.value") == ""


def test_page_and_package_normalise_alike(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """Every sign between two letters and at both ends, and signs that depend on their place."""
    signs = [chr(code) for code in range(1, 0x10000) if category(chr(code)) not in {"Cn", "Cs"}]
    texts = [f"{sign}A{sign}B{sign}" for sign in signs]
    texts += ["ΟΔΟΣ", "ΟΔΟΣ Α", "İSTANBUL", "  ﬁ\u0301 ", "ǅ", "\u0345\u0301Α", "ẞ"]
    with opened(browser, write_page(tmp_path / "page.html", envelope)) as page:
        # One long text crosses into the browser much faster than many short ones.
        got = page.evaluate(
            "(text) => text.split('\\0').map(outreach.normalisePassphrase).join('\\0')",
            "\0".join(texts),
        ).split("\0")
    unlike = [text for text, normal in zip(texts, got, strict=True) if normal != normalise(text)]
    assert unlike == []


def test_a_wrong_passphrase_gets_a_clear_word_and_another_try(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """Nothing of the page is shown; the right one opens it still."""
    with opened(browser, write_page(tmp_path / "page.html", envelope)) as page:
        type_in(page, "kucing merah lari sore")
        assert page.inner_text("#lock-word") == SAID["wrong"]
        assert page.inner_text("#lock button") == SAID["open"]
        assert is_locked(page)
        type_in(page, SPOKEN)
        assert page.evaluate("window.got.data") == DATA


@pytest.mark.parametrize("field", ["rounds", "salt", "nonce", "box"])
def test_a_page_that_was_changed_does_not_open(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any], field: str
) -> None:
    """One bit of header or content, or one round more: the right passphrase is of no use."""
    changed = dict(envelope)
    if field == "rounds":
        changed[field] += 1
    else:
        content = bytearray(base64.b64decode(changed[field]))
        content[-1] ^= 1
        changed[field] = base64.b64encode(content).decode()
    with opened(browser, write_page(tmp_path / "page.html", changed)) as page:
        type_in(page, SPOKEN)
        assert page.inner_text("#lock-word") == SAID["wrong"]
        assert is_locked(page)


@pytest.mark.parametrize(
    "change",
    [
        {"form": "outreach/locked/0"},
        {"rounds": 2**31},
        {"rounds": "600000"},
        {"salt": "AAAA"},
        {"nonce": ""},
        {"box": "?"},
        {"box": None},
    ],
)
def test_an_envelope_that_is_not_ours_asks_for_nothing(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any], change: dict[str, object]
) -> None:
    """A word says so, and there is no place to type a passphrase."""
    with opened(browser, write_page(tmp_path / "page.html", envelope | change)) as page:
        assert page.inner_text("#lock-word") == SAID["changed"]
        assert page.query_selector("#lock input") is None
        assert is_locked(page)


def test_a_page_with_fewer_rounds_asks_for_nothing(browser: Browser, tmp_path: Path) -> None:
    """Even one that was sealed so: whoever changes a file must not make guessing cheap."""
    cheap = json.loads(seal(b"{}", OURS, rounds=LEAST_ROUNDS - 1).to_json())
    with opened(browser, write_page(tmp_path / "page.html", cheap)) as page:
        assert page.inner_text("#lock-word") == SAID["changed"]
        assert page.query_selector("#lock input") is None


@pytest.mark.parametrize(
    "missing",
    [
        "Object.defineProperty(window.Crypto.prototype, 'subtle', { get: () => undefined });",
        "Object.defineProperty(window, 'crypto', { get: () => undefined });",
        "delete window.DecompressionStream;",
    ],
)
def test_a_browser_without_cryptography_says_where_to_open_the_page(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any], missing: str
) -> None:
    """Rather than to fail after the passphrase was typed."""
    with opened(browser, write_page(tmp_path / "page.html", envelope), missing) as page:
        assert page.inner_text("#lock-word") == SAID["elsewhere"]
        assert page.query_selector("#lock input") is None


def test_a_browser_that_refuses_cryptography_says_where_to_open_the_page(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """A passphrase is not called wrong where it was not tried."""
    refuse = "crypto.subtle.deriveBits = () => Promise.reject(new Error('not to files'));"
    with opened(browser, write_page(tmp_path / "page.html", envelope), refuse) as page:
        type_in(page, SPOKEN)
        assert page.inner_text("#lock-word") == SAID["elsewhere"]
        assert is_locked(page)


def test_the_form_suits_a_thumb(browser: Browser, tmp_path: Path, envelope: dict[str, Any]) -> None:
    """Targets of 44 px, text of 14 px, no capitals or corrections; what is typed can be seen."""
    with opened(browser, write_page(tmp_path / "page.html", envelope)) as page:
        for target in ("#lock-passphrase", ".lock-show", "#lock button"):
            box = page.locator(target).bounding_box()
            assert box is not None
            assert box["height"] >= 44
            assert box["x"] >= 12
            assert box["x"] + box["width"] <= 360 - 12
        sizes = page.evaluate(FONT_SIZES_PX)
        assert min(sizes) >= 14
        field = page.locator("#lock-passphrase")
        assert field.get_attribute("autocapitalize") == "none"
        assert field.get_attribute("autocomplete") == "off"
        assert field.get_attribute("spellcheck") == "false"
        assert page.evaluate("document.activeElement.id") == "lock-passphrase"
        assert field.get_attribute("type") == "password"
        page.click(".lock-show")
        assert field.get_attribute("type") == "text"


def test_an_empty_passphrase_is_waited_for(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """A tap on the button alone derives no key."""
    with opened(browser, write_page(tmp_path / "page.html", envelope)) as page:
        page.click("#lock button")
        assert page.get_attribute("#lock", "aria-busy") is None
        assert page.inner_text("#lock-word") == ""


def test_the_form_is_busy_while_the_key_is_derived(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """A second tap, or the keyboard's own button, starts nothing."""
    slow = (
        "window.n = 0; crypto.subtle.deriveBits = () => { n += 1; return new Promise(() => 0); };"
    )
    with opened(browser, write_page(tmp_path / "page.html", envelope), slow) as page:
        page.fill("#lock-passphrase", SPOKEN)
        page.press("#lock-passphrase", "Enter")
        page.wait_for_selector("#lock[aria-busy=true]")
        assert page.inner_text("#lock button") == SAID["opening"]
        page.press("#lock-passphrase", "Enter")
        page.click("#lock button", force=True)
        assert page.evaluate("n") == 1
        assert page.input_value("#lock-passphrase") == SPOKEN


def test_the_vault_opens_what_it_sealed(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """Any text; the states of a tick look alike from outside, and changes are refused."""
    texts = ["", "done", "missed", "catatan: rumah pindah 🏠 \u202e", "x" * 5000]
    with opened(browser, write_page(tmp_path / "page.html", envelope)) as page:
        type_in(page, SPOKEN)
        sealed = page.evaluate(
            "(texts) => Promise.all(texts.map((text) => got.vault.seal(text, 'here')))", texts
        )
        opening = "(boxes) => Promise.all(boxes.map((box) => got.vault.open(box, 'here')))"
        assert page.evaluate(opening, sealed) == texts
        assert page.evaluate("got.vault.seal('done', 'here')") != sealed[1]
        assert len({len(box) for box in sealed[:4]}) == 1
        changed = sealed[1][:-4] + ("AAAA" if sealed[1][-4:] != "AAAA" else "BBBB")
        refused = "(box) => got.vault.open(box, 'here').then(() => false, () => true)"
        assert page.evaluate(refused, changed)
        assert page.evaluate(refused, "AAAA")
        assert not page.evaluate(refused, sealed[1])
        moved = "(box) => got.vault.open(box, 'there').then(() => false, () => true)"
        assert page.evaluate(moved, sealed[1])


def test_names_of_the_vault_come_from_the_passphrase(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """One text has one name on a page and another on any other page; no key can be taken out."""
    watched = (
        "window.kept = []; const derive = crypto.subtle.deriveKey.bind(crypto.subtle);"
        " crypto.subtle.deriveKey = (...all) => { kept.push(all[3]); return derive(...all); };"
    )
    names = []
    other = json.loads(sealer(OURS)(b"{}"))
    for content in (envelope, envelope, other):
        with opened(browser, write_page(tmp_path / "page.html", content), watched) as page:
            type_in(page, SPOKEN)
            names.append(page.evaluate("got.vault.name('K-017')"))
            assert page.evaluate("got.vault.name('K-018')") != names[-1]
            assert page.evaluate("kept") == [False] * 3
    assert names[0] == names[1] != names[2]
    digest = hashlib.sha256(b"K-017").digest()
    assert all(len(base64.b64decode(name)) == 32 for name in names)
    assert base64.b64encode(digest).decode() not in names


def test_a_page_that_is_opened_again_opens_its_notes(
    browser: Browser, tmp_path: Path, envelope: dict[str, Any]
) -> None:
    """The vault's key comes from passphrase and page alone; another page's notes stay closed."""
    path = write_page(tmp_path / "page.html", envelope)
    with opened(browser, path) as page:
        type_in(page, SPOKEN)
        sealed = page.evaluate("got.vault.seal('done', 'here')")
        page.evaluate("delete window.got")
    with opened(browser, path) as page:
        type_in(page, SPOKEN)
        assert page.evaluate("(box) => got.vault.open(box, 'here')", sealed) == "done"
    other = json.loads(sealer(OURS)(b"{}"))
    with opened(browser, write_page(tmp_path / "other.html", other)) as page:
        type_in(page, SPOKEN)
        refused = "(box) => got.vault.open(box, 'here').then(() => false, () => true)"
        assert page.evaluate(refused, sealed)


def test_the_words_of_the_lock_tell_nothing() -> None:
    """Every word that the script asks for is said, in both languages."""
    script = (resources.files("outreach.output") / "assets" / "lock.js").read_text("utf-8")
    for language in ("id", "en"):
        said = lock_words(Words("id" if language == "id" else "en"))
        assert all(f"words.{name}" in script for name in said)
        assert all(said.values())


def test_two_pages_under_one_passphrase_share_no_key() -> None:
    """Each call of a sealer takes a new salt, and each envelope opens."""
    sealed = [Envelope.from_json(sealer(OURS)(b"{}")) for _ in range(2)]
    assert sealed[0].salt != sealed[1].salt
    assert [open_envelope(one, OURS) for one in sealed] == [b"{}", b"{}"]


def test_a_pack_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    """It opens with the passphrase; where it can't be written, nothing of it lies about."""
    path = tmp_path / "packs" / "kota.zip"
    write_locked_zip({"page.html": b"K-017"}, path, OURS)
    with pyzipper.AESZipFile(path) as file:
        assert file.read("page.html", pwd=SPOKEN.encode()) == b"K-017"
    assert [found.name for found in path.parent.iterdir()] == ["kota.zip"]
    with pytest.raises(ExportError):
        write_locked_zip({"page.html": b""}, path / "inside.zip", OURS)
