"""Keeps secrets out of everything that is kept or shown: journal, log, screen, report.

Two nets: the secrets that we know, in every form they travel in, and the shapes of those that we do not know. Both are
linear in the length of the text.
"""

import base64
import dataclasses
import html
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from autocorp_wizard.core.events import Event

MARK = "***"

# Below this a secret occurs by chance; it is then looked for as a whole word only.
_SHORT = 4
_LEAST_BASE64 = 6
_LEAST_LINE = 8

AnyEvent = TypeVar("AnyEvent", bound=Event)
_Shape = tuple[tuple[str, ...], re.Pattern[str], str | Callable[[re.Match[str]], str]]

# Words of Terraform's that follow the address of a resource called `…password: `.
_NO_VALUE = (
    r"(?!\(|\*\*\*|null\b|true\b|false\b"
    r"|Creating\.|Creation |Still |Refreshing |Modif|Destr|Plan |Read(?:ing|\s)|Import)"
)
_VALUE = _NO_VALUE + r"(?:\\{1,4}\"[^\"]{0,4096}\"|\"(?:[^\"\\]|\\.){0,4096}\"|'[^']{0,4096}'|[\"']?[^\s,;&\"')}\]]+)"
_NAMES = (
    "password|passwd|passphrase|pgpassword|secret_string|secretstring|secret_access_key|secretaccesskey|"
    "session_token|sessiontoken|security-token|security_token|private_key|privatekey|client_secret|api_key|apikey"
)
_SHAPES: tuple[_Shape, ...] = (
    (
        ("private key-----",),
        re.compile(
            r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        MARK,
    ),
    (("://",), re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]{0,30}://[^\s:/@\"']{0,256}):[^\s/\"']{1,512}@"), rf"\1:{MARK}@"),
    (
        ("pass", "secret", "token", "private", "api"),
        re.compile(rf"(?i)({_NAMES})([\"'\\]{{0,4}}\s{{0,8}}[=:]\s{{0,8}}){_VALUE}"),
        rf"\1\2{MARK}",
    ),
    (
        ("authorization",),
        re.compile(r"(?i)(authorization[\"']?\s{0,8}[=:]\s{0,8}[\"']?(?:bearer|basic|aws4-hmac-sha256))\s[^\r\n\"']+"),
        rf"\1 {MARK}",
    ),
    (("signature=",), re.compile(r"(?i)(signature=)[0-9a-f%]{16,}"), rf"\1{MARK}"),
)
_KEY_ID = re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{12,124}\b")
# A secret access key has 40 characters of this alphabet; alone that is any hash, beside a key id it is the key.
_KEY_SECRET = re.compile(r"(?<![A-Za-z0-9/+=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])")


class Redactor:
    """Replaces secrets by `***`. One redactor serves a run; it is cheap to call for each line."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret for secret in secrets if secret.strip("* \t\r\n")}
        forms = {form for secret in known if len(secret) >= _SHORT for form in _forms(secret)}
        # The longest first: a form may lie inside another one.
        self._forms: tuple[str, ...] = tuple(sorted(forms, key=lambda form: (-len(form), form)))
        short = sorted(secret for secret in known if len(secret) < _SHORT)
        self._short = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, short)) + r")(?!\w)") if short else None

    def text(self, text: str) -> str:
        """Return `text` without secrets."""
        for form in self._forms:
            if form in text:
                text = text.replace(form, MARK)
        if self._short is not None:
            text = self._short.sub(MARK, text)
        lowered = text.lower()
        for needles, shape, mark in _SHAPES:
            if any(needle in lowered for needle in needles):
                text = shape.sub(mark, text)
        if "AKIA" in text or "ASIA" in text:
            changed = _KEY_ID.sub(rf"\1{MARK}", text)
            text = _KEY_SECRET.sub(MARK, changed) if changed != text else text
        return text

    def event(self, event: AnyEvent) -> AnyEvent:
        """Return `event` with every text in it redacted; numbers and names of fields stay."""
        changes: dict[str, object] = {}
        for field in dataclasses.fields(event):
            value = getattr(event, field.name)
            clean = self.value(value)
            if clean != value:
                changes[field.name] = clean
        return dataclasses.replace(event, **changes) if changes else event

    def value(self, value: object) -> object:
        """Return a JSON-like value with every text in it redacted."""
        match value:
            case str():
                return self.text(value)
            case dict():
                return {key: self._under(key, inner) for key, inner in value.items()}
            case list():
                return [self.value(inner) for inner in value]
            case tuple():
                return tuple(self.value(inner) for inner in value)
            case _:
                return value

    def _under(self, key: object, inner: object) -> object:
        if isinstance(inner, str) and isinstance(key, str) and re.fullmatch(rf"(?i).*(?:{_NAMES})", key):
            return MARK if inner else inner
        return self.value(inner)


def _forms(secret: str) -> Iterator[str]:
    """Yield the forms in which a secret turns up in JSON, URLs, HTML, shells and base64."""
    yield secret
    for escaped in _json_forms(secret):
        yield escaped
        yield from _json_forms(escaped)
    for safe in ("", "/", "/:@"):
        quoted = urllib.parse.quote(secret, safe=safe)
        yield quoted
        yield re.sub(r"%[0-9A-F]{2}", lambda found: found[0].lower(), quoted)
    yield urllib.parse.quote_plus(secret)
    yield html.escape(secret)
    yield html.escape(secret, quote=False)
    yield secret.replace("'", "'\"'\"'")
    yield from _base64_forms(secret.encode())
    lines = [line.strip() for line in secret.splitlines()]
    if len(lines) > 1:
        # A log splits it; a line of it is still a secret.
        yield from (line for line in lines if len(line) >= _LEAST_LINE)


def _json_forms(text: str) -> Iterator[str]:
    for ascii_only in (True, False):
        plain = json.dumps(text, ensure_ascii=ascii_only)[1:-1]
        yield plain
        # Go's encoder, which is Terraform's, escapes what HTML would trip over.
        yield plain.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _base64_forms(data: bytes) -> Iterator[str]:
    """Yield base64 of the secret alone, and the part that is the same wherever it lies inside something encoded."""
    if len(data) < _LEAST_BASE64:
        return
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(data).decode()
        yield encode(data).decode().rstrip("=")
        for offset in range(3):
            encoded = encode(b"\0" * offset + data).decode()
            start = -(-offset * 8 // 6)
            end = (offset + len(data)) * 8 // 6
            if end - start >= _SHORT:
                yield encoded[start:end]
