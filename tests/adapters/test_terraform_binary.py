"""A Terraform is found by asking it, refused with a way out, or installed whole and checked."""

import hashlib
import http.server
import io
import json
import os
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from autocorp_wizard.adapters.terraform_binary import (
    BINARY_VARIABLE,
    PINNED,
    find_terraform,
    install_terraform,
    installed_path,
)
from autocorp_wizard.core.errors import WizardError

PLATFORM = "linux_amd64"
NAME = f"terraform_{PINNED}_{PLATFORM}.zip"


def program(directory: Path, version: str, *, answer: str | None = None) -> Path:
    """A terraform that knows one question."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "terraform"
    text = answer if answer is not None else json.dumps({"terraform_version": version})
    path.write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
    path.chmod(0o755)
    return path


def environ(*directories: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.pathsep.join([*map(str, directories), "/usr/bin", "/bin"]), **more}


@pytest.fixture
def empty_path(tmp_path: Path) -> dict[str, str]:
    """A PATH with what a shell script needs and no terraform."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("cat", "sh"):
        (tools / name).symlink_to(f"/bin/{name}")
    return {"PATH": str(tools)}


def test_the_one_on_path_is_asked_for_its_version(tmp_path: Path):
    path = program(tmp_path / "bin", "1.12.0")
    found = find_terraform(tmp_path / "cache", environ(tmp_path / "bin"))
    assert (found.path, found.version, found.origin) == (path, "1.12.0", "found on PATH")


def test_our_own_stands_in_where_the_one_on_path_is_too_old(tmp_path: Path):
    program(tmp_path / "bin", "1.5.7")
    own = program(installed_path(tmp_path / "cache").parent, PINNED)
    assert find_terraform(tmp_path / "cache", environ(tmp_path / "bin")).path == own


def test_one_that_is_named_is_taken_or_refused_but_never_passed_over(tmp_path: Path):
    program(tmp_path / "bin", "1.12.0")
    named = program(tmp_path / "elsewhere", "1.13.1")
    chosen = environ(tmp_path / "bin", **{BINARY_VARIABLE: str(named)})
    assert find_terraform(tmp_path, chosen).path == named
    with pytest.raises(WizardError) as refused:
        find_terraform(tmp_path, environ(tmp_path / "bin", **{BINARY_VARIABLE: str(tmp_path / "nowhere")}))
    assert refused.value.code == "TERRAFORM-BROKEN"


@pytest.mark.parametrize(
    ("version", "answer", "code"),
    [
        ("1.10.5", None, "TERRAFORM-TOO-OLD"),
        ("0.12.31", None, "TERRAFORM-TOO-OLD"),
        ("2.0.0", None, "TERRAFORM-TOO-NEW"),
        ("", "Terraform v1.11.4", "TERRAFORM-BROKEN"),
        ("", '{"terraform_version": "soon"}', "TERRAFORM-BROKEN"),
        ("", "[]", "TERRAFORM-BROKEN"),
    ],
)
def test_one_that_does_not_fit_is_refused_with_a_way_out(tmp_path: Path, version: str, answer: str | None, code: str):
    path = program(tmp_path / "bin", version, answer=answer)
    with pytest.raises(WizardError) as refused:
        find_terraform(tmp_path / "cache", environ(tmp_path / "bin"))
    assert refused.value.code == code
    assert str(path) in refused.value.what
    assert refused.value.next_step


def test_none_at_all_says_what_would_help(tmp_path: Path, empty_path: dict[str, str]):
    with pytest.raises(WizardError) as missing:
        find_terraform(tmp_path, empty_path)
    assert missing.value.code == "TERRAFORM-MISSING"
    assert PINNED in missing.value.next_step


def release(*, checksum: str | None = None, archive: bytes | None = None, names: str = NAME) -> dict[str, bytes]:
    """What a release directory holds: a zip with a program, and the list of checksums."""
    if archive is None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as package:
            text = json.dumps({"terraform_version": PINNED})
            package.writestr("terraform", f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
            package.writestr("LICENSE.txt", "x")
        archive = packed.getvalue()
    line = f"{checksum or hashlib.sha256(archive).hexdigest()}  {names}\n"
    return {NAME: archive, f"terraform_{PINNED}_SHA256SUMS": f"{'0' * 64}  other.zip\n{line}".encode()}


@pytest.fixture
def serve() -> Iterator[Callable[[dict[str, bytes]], str]]:
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(files: dict[str, bytes]) -> str:
        class Release(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = files.get(self.path.rpartition("/")[2])
                self.send_response(200 if body is not None else 404)
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *args: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Release)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_the_pinned_release_is_installed_checked_and_found(tmp_path: Path, serve, empty_path: dict[str, str]):
    said: list[str] = []
    base_url = serve(release())
    found = install_terraform(tmp_path, said.append, base_url=base_url, environ=empty_path, platform=PLATFORM)
    assert (found.path, found.version) == (installed_path(tmp_path), PINNED)
    assert stat.S_IMODE(found.path.stat().st_mode) == 0o755
    assert find_terraform(tmp_path, empty_path) == found
    assert [line.split()[0] for line in said] == ["Downloading", "Its", "Installed"]
    assert sorted(path.name for path in (tmp_path / "terraform").rglob("*")) == [PINNED, "terraform"]


@pytest.mark.parametrize(
    ("files", "code"),
    [
        (release(checksum="1" * 64), "TERRAFORM-CHECKSUM"),
        (release(archive=b"no zip"), "TERRAFORM-CHECKSUM"),
        (release(names="terraform_x_plan9_mips.zip"), "TERRAFORM-PLATFORM"),
        ({}, "TERRAFORM-DOWNLOAD"),
    ],
)
def test_what_is_not_the_published_file_is_not_installed(
    tmp_path: Path, serve, empty_path: dict[str, str], files: dict[str, bytes], code: str
):
    with pytest.raises(WizardError) as refused:
        install_terraform(tmp_path, lambda _: None, base_url=serve(files), environ=empty_path, platform=PLATFORM)
    assert refused.value.code == code
    assert [path for path in tmp_path.rglob("*") if path.is_file() and "tools" not in path.parts] == []


def test_a_release_is_never_fetched_without_tls(tmp_path: Path):
    with pytest.raises(WizardError) as refused:
        install_terraform(tmp_path, lambda _: None, base_url="http://releases.invalid", environ={}, platform=PLATFORM)
    assert refused.value.code == "TERRAFORM-DOWNLOAD"
    assert "TLS" in refused.value.why
