"""What the cloud remembers across restarts of itself: the emulator's live backends, in one private file.

The file is a pickle, that is code: it is read only from the home's private directory, and only when it was
written by the very same version of the emulator.
"""

import copyreg
import importlib
import io
import json
import pickle
import sys
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from autocorp_wizard.core.errors import WizardError
from autocorp_wizard.rehearsal.layout import write_private

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
    """Write every live backend; nobody may change them meanwhile."""
    header = {"format": _FORMAT, "emulator": emulator_version(), "python": _python()}
    stream = io.BytesIO()
    stream.write(json.dumps(header).encode() + b"\n")
    pickler = _Pickler(stream, protocol=pickle.HIGHEST_PROTOCOL)
    pickler.dump(
        [
            (name, dict(holder), {key: value for key, value in vars(holder).items() if key not in _NO_STATE})
            for name, holder in _holders().items()
            if holder
        ]
    )
    write_private(path, stream.getvalue())


def load(path: Path) -> bool:
    """Restore what `save` wrote; say whether there was anything. Raises WizardError if it cannot be read."""
    if not check(path):
        return False
    from moto.core.base_backend import BackendDict

    live: list[Any] = vars(BackendDict)["_instances"]
    with path.open("rb") as stream:
        stream.readline(_HEADER_LIMIT)
        try:
            remembered = _Unpickler(stream).load()
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


class _Pickler(pickle.Pickler):
    """Refers to backend dictionaries by name, because they belong to their modules."""

    def __init__(self, stream: io.BytesIO, protocol: int) -> None:
        super().__init__(stream, protocol)
        self._names = {id(holder): name for name, holder in _holders().items()}
        self.dispatch_table = copyreg.dispatch_table.copy()

    def persistent_id(self, value: object) -> str | None:
        return self._names.get(id(value))

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401  (pickle's own contract)
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            pem = value.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            return _private_key, (pem,)
        if isinstance(value, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            pem = value.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            return _public_key, (pem,)
        if type(value).__name__ == "_VersionedKeyStore" and isinstance(value, dict):
            # Its items() shows the newest version only, and that is what pickle would keep.
            return _versions, (dict(value),)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, name: str) -> Any:  # noqa: ANN401  (pickle's own contract)
        return _holder(name)


def _private_key(pem: bytes) -> object:
    return serialization.load_pem_private_key(pem, password=None)


def _public_key(pem: bytes) -> object:
    return serialization.load_pem_public_key(pem)


def _versions(lists: dict[str, list[object]]) -> object:
    from moto.s3.utils import _VersionedKeyStore

    store = _VersionedKeyStore()
    dict.update(store, lists)
    return store
