"""The hand that writes a run's journal: everything that happens in a run goes through here, redacted, in order."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from autocorp_wizard.adapters.journal import JournalWriter
from autocorp_wizard.adapters.run_store import RunFiles
from autocorp_wizard.core.errors import InterruptedByUser, WizardError
from autocorp_wizard.core.events import CancelRequested, Envelope, Event, StepFinished, StepStarted
from autocorp_wizard.core.redaction import Redactor


class Discretion:
    """The secrets of one runner process, and the redactor that knows them; a secret may be learnt on the way."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets = frozenset(secret for secret in secrets if secret)
        self._redactor = Redactor(self._secrets)

    def learn(self, secret: str) -> None:
        """From now on this secret is taken out as well."""
        if secret and secret not in self._secrets:
            self._secrets |= {secret}
            self._redactor = Redactor(self._secrets)

    def text(self, text: str) -> str:
        """Return the text without secrets."""
        return self._redactor.text(text)

    def event(self, event: Event) -> Event:
        """Return the event without secrets."""
        return self._redactor.event(event)


class Recorder:
    """Writes events of one run and hears the wishes of people for it."""

    def __init__(self, files: RunFiles, discretion: Discretion, *, parent: "Recorder | None" = None) -> None:
        self.files = files
        self.discretion = discretion
        self._writer = JournalWriter(files.journal, files.run)
        self._parent = parent
        self._cancel_seen = ""

    @property
    def run(self) -> str:
        """The run's name."""
        return self.files.run

    def record(self, event: Event) -> Envelope:
        """Write one event."""
        return self._writer.append(self.discretion.event(event))

    def note(self, event: Event) -> None:
        """Write one event, for callers that have no use for its place."""
        self.record(event)

    def sync(self) -> None:
        """Make the journal survive a power cut."""
        self._writer.sync()

    def close(self) -> None:
        """Close the journal."""
        self._writer.close()

    @contextmanager
    def step(self, name: str, sentence: str) -> Iterator["StepNote"]:
        """Record a named part of the operation with its end, whatever that is."""
        self.record(StepStarted(step=name, sentence=sentence))
        began = time.monotonic()
        note = StepNote()
        ok = False
        try:
            yield note
            ok = note.ok
        except WizardError as error:
            note.text = error.what
            raise
        finally:
            self.record(StepFinished(step=name, ok=ok, seconds=round(time.monotonic() - began, 3), note=note.text))

    def cancel_wish(self) -> str:
        """Return what somebody asked of this run so far: nothing, `stop` or `kill`; the first sight is recorded."""
        wish = self._parent.cancel_wish() if self._parent else ""
        wish = _read(self.files, "cancel") or wish
        if wish and wish != self._cancel_seen:
            self._cancel_seen = wish
            self.record(CancelRequested(how=wish))
        return wish

    def stop_if_wished(self) -> None:
        """Raise InterruptedByUser where somebody asked this run to stop; called between parts of an operation."""
        if self.cancel_wish():
            raise InterruptedByUser(
                "RUN-CANCELLED", "The run was stopped as asked.", next_step="Start it again when you like; it goes on."
            )

    def approval(self) -> str:
        """Return the digest that somebody approved for this run (or its rollout), or nothing."""
        return _read(self.files, "approve") or (self._parent.approval() if self._parent else "")

    def forget_approval(self) -> None:
        """An approval is used once."""
        (self.files.control / "approve").unlink(missing_ok=True)
        if self._parent:
            self._parent.forget_approval()


class StepNote:
    """What came of a step; set while it runs."""

    def __init__(self) -> None:
        self.text = ""
        self.ok = True


def _read(files: RunFiles, name: str) -> str:
    try:
        return (files.control / name).read_text().strip()
    except OSError:
        return ""
