"""What the cloud remembers across restarts of itself: the emulator's live backends, in one private file.

The file is a pickle, that is code: it is read only from the home's private directory, and only when it was
written by the very same version of the emulator.
"""

import copyreg
import hashlib
import importlib
import io
import json
import pickle
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import GeneratorType
from typing import Any, BinaryIO, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from autocorp_wizard.adapters.private_file import replace_file
from autocorp_wizard.core.errors import WizardError

_FORMAT: Final = 1
_HEADER_LIMIT: Final = 4096
# Attributes of a backend dictionary that its own constructor sets and that are no state.
_NO_STATE: Final = frozenset(
    {"backend", "service_name", "_use_boto3_regions", "_additional_regions", "_id", "__orig_class__"}
)


def emulator_version() -> str:
    """Return the exact version of the emulator."""
    from importlib.metadata import version

    return version("moto")


def check(path: Path) -> bool:
    """Say whether there is something to remember; raise if it cannot be read by this version."""
    try:
        with path.open("rb") as stream:
            first = stream.readline(_HEADER_LIMIT)
    except FileNotFoundError:
        return False
    try:
        header = json.loads(first)
        written = (header["format"], header["emulator"], header["python"])
    except (ValueError, KeyError, TypeError) as cause:
        raise _unreadable(path, "its first line is damaged") from cause
    ours = (_FORMAT, emulator_version(), _python())
    if written != ours:
        why = f"it was written as {_words(*written)}, this is {_words(*ours)}"
        raise _unreadable(path, why)
    return True


def _python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _words(form: object, emulator: object, python: object) -> str:
    return f"format {form} by moto {emulator} on Python {python}"


def _unreadable(path: Path, why: str) -> WizardError:
    return WizardError(
        "REHEARSAL-MEMORY",
        "The rehearsal cloud cannot remember its earlier state.",
        why=f"{path} is not for this version: {why}.",
        next_step="Start over with `autocorp-wizard rehearse --reset`, or use the version that wrote it.",
    )


def save(path: Path) -> None:
    """Write every live backend; nobody may change them meanwhile.

    The content of S3 objects lies beside the file, each piece once, so that saving costs what has changed.
    """
    header = {"format": _FORMAT, "emulator": emulator_version(), "python": _python()}
    stream = io.BytesIO()
    stream.write(json.dumps(header).encode() + b"\n")
    pieces = Pieces(path.parent / "objects")
    pickler = _Pickler(stream, pieces)
    pickler.dump(
        [
            (name, dict(holder), {key: value for key, value in vars(holder).items() if key not in _NO_STATE})
            for name, holder in _holders().items()
            if holder
        ]
    )
    replace_file(path, stream.getvalue())
    # Only now: until the new file is there, the old one may need the old pieces.
    pieces.drop_unused()


def load(path: Path) -> bool:
    """Restore what `save` wrote; say whether there was anything. Raises WizardError if it cannot be read."""
    if not check(path):
        return False
    from moto.core.base_backend import BackendDict

    live: list[Any] = vars(BackendDict)["_instances"]
    with path.open("rb") as stream:
        stream.readline(_HEADER_LIMIT)
        try:
            remembered = _Unpickler(stream, Pieces(path.parent / "objects")).load()
        except Exception as cause:
            raise _unreadable(path, f"it is damaged ({type(cause).__name__})") from cause
    for name, accounts, state in remembered:
        holder = _holder(name)
        holder.update(accounts)
        vars(holder).update(state)
        for account in accounts.values():
            account.backend = holder.backend
        if holder not in live:
            live.append(holder)
    return True


def _holders() -> dict[str, Any]:
    """Return the loaded services' backend dictionaries by `module:name`."""
    from moto.core.base_backend import BackendDict

    found: dict[int, tuple[str, Any]] = {}
    for module_name in sorted(name for name in sys.modules if name.startswith("moto.")):
        for name, value in list(vars(sys.modules[module_name]).items()):
            # The module that made it comes first in neither order, so only `models` modules count.
            if isinstance(value, BackendDict) and module_name.endswith(".models"):
                home = module_name.split(".")[1]
                if name.startswith(home) or id(value) not in found:
                    found[id(value)] = (f"{module_name}:{name}", value)
    return dict(found.values())


def _holder(name: str) -> Any:  # noqa: ANN401  (the emulator's own dictionaries)
    module, _, attribute = name.partition(":")
    return getattr(importlib.import_module(module), attribute)


class Pieces:
    """The contents of S3 objects, one file each, named by what the object says its content is."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._used: set[str] = set()

    def keep(self, content: Callable[[], bytes], identity: str) -> str:
        """Write a piece unless it is there already; returns its name."""
        name = hashlib.sha256(identity.encode()).hexdigest()
        self._used.add(name)
        path = self._directory / name
        if not path.exists():
            self._directory.mkdir(mode=0o700, exist_ok=True)
            replace_file(path, content())
        return name

    def read(self, name: str) -> bytes:
        """Return a piece. Raises OSError if it is gone."""
        return (self._directory / name).read_bytes()

    def drop_unused(self) -> None:
        """Delete the pieces that nobody kept since this was made."""
        for path in self._directory.glob("*"):
            if path.name not in self._used:
                path.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class _Piece:
    name: str


class _Pickler(pickle.Pickler):
    """Refers to backend dictionaries by name, because they belong to their modules, and to contents by piece."""

    def __init__(self, stream: io.BytesIO, pieces: Pieces) -> None:
        super().__init__(stream, pickle.HIGHEST_PROTOCOL)
        self._names = {id(holder): name for name, holder in _holders().items()}
        self._pieces = pieces

    def persistent_id(self, value: object) -> tuple[str, str] | None:
        if isinstance(value, _Piece):
            return "piece", value.name
        name = self._names.get(id(value))
        return None if name is None else ("holder", name)

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401  (pickle's own contract)
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            pem = value.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return _private_key, (pem,)
        if isinstance(value, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            pem = value.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return _public_key, (pem,)
        if isinstance(value, GeneratorType):
            # A listing that nobody read to its end; whoever asks for its next page after a restart gets none.
            return iter, ((),)
        if type(value).__name__ == "FakeKey" and not getattr(value, "disposed", True):
            return self._reduce_object(value)
        if type(value).__name__ == "_VersionedKeyStore" and isinstance(value, dict):
            # Its items() shows the newest version only, and that is what pickle would keep.
            return _versions, (dict(value),)
        return NotImplemented

    def _reduce_object(self, key: Any) -> tuple[object, ...]:  # noqa: ANN401  (the emulator's own model)
        state = {name: value for name, value in vars(key).items() if name not in {"_value_buffer", "lock"}}
        state["value"] = _Piece(self._pieces.keep(lambda: key.value, f"{key.etag}/{key.contentsize}"))
        return copyreg.__newobj__, (type(key),), state  # type: ignore[attr-defined]


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: BinaryIO, pieces: Pieces) -> None:
        super().__init__(stream)
        self._pieces = pieces

    def persistent_load(self, reference: tuple[str, str]) -> Any:  # noqa: ANN401  (pickle's own contract)
        kind, name = reference
        return self._pieces.read(name) if kind == "piece" else _holder(name)


def _private_key(pem: bytes) -> object:
    return serialization.load_pem_private_key(pem, password=None)


def _public_key(pem: bytes) -> object:
    return serialization.load_pem_public_key(pem)


def _versions(lists: dict[str, list[object]]) -> object:
    from moto.s3.utils import _VersionedKeyStore

    store = _VersionedKeyStore()
    dict.update(store, lists)
    return store
