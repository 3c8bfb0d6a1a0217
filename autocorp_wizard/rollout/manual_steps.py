"""The manual steps of one environment: where each stands, what proves it, and how somebody's word for it is kept.

Both faces stand on this; what is recorded here is shared with the team where the state bucket can be reached.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Final

from autocorp_wizard.adapters import process, secret_input
from autocorp_wizard.adapters.checklist_files import packaged_checklists, read_checklists
from autocorp_wizard.adapters.evidence_store import EvidenceStore, Kept
from autocorp_wizard.adapters.home import Home
from autocorp_wizard.adapters.person import who
from autocorp_wizard.core.bootstrap import StatePlace
from autocorp_wizard.core.checklist import Checklist, EvidenceFile, Kind, Names, Record, Standing, Step, standing
from autocorp_wizard.core.environment import Environment
from autocorp_wizard.core.errors import InconclusiveError, UsageError, WizardError
from autocorp_wizard.core.redaction import Redactor
from autocorp_wizard.operate.finding import Finding
from autocorp_wizard.operate.look import Look
from autocorp_wizard.operate.observing import with_state
from autocorp_wizard.rollout.evidence_sharing import exchange
from autocorp_wizard.rollout.looking import look_at, remembered, template_values
from autocorp_wizard.rollout.source import password_on_file
from autocorp_wizard.rollout.source_login import INSPECTOR
from autocorp_wizard.rollout.state_store import StateStore
from autocorp_wizard.rollout.verifying import find

# What somebody's command may take.
_COMMAND_SECONDS: Final = 120.0
# What reads like a path, so that a mistyped one is not kept as a sentence.
_PATH_MARKS: Final = ("./", "../", "/", "~", "@")
_SUFFIXES: Final = frozenset(
    (".txt", ".log", ".json", ".yaml", ".yml", ".csv", ".md", ".png", ".jpg", ".jpeg", ".gif", ".pdf", ".html", ".gz")
)


@dataclass
class ManualSteps:
    """The checklists of one environment. `say` takes what is being done, `hint` what somebody should know."""

    environment: Environment
    home: Home
    say: Callable[[str], None]
    hint: Callable[[str], None]

    @cached_property
    def checklists(self) -> tuple[Checklist, ...]:
        """All checklists, in order."""
        return read_checklists(packaged_checklists())

    @cached_property
    def evidence(self) -> EvidenceStore:
        """The environment's evidence; what could be a password is struck out of it."""
        secrets = [self._password(), os.environ.get("PGPASSWORD", ""), os.environ.get(INSPECTOR[1], "")]
        if self.environment.source_is_built_in:
            secrets.append(password_on_file(self.home))
        folder = self.home.environment_dir(self.environment.name) / "evidence"
        return EvidenceStore(folder, Redactor(each for each in secrets if each))

    @cached_property
    def look(self) -> Look:
        """The way to look at the environment, with the outputs of its state."""
        look = look_at(self.environment, self.home, self.say, self._password)
        return with_state(look, remembered(self.home, self.environment.name))

    @property
    def names(self) -> Names:
        """What templates are filled from, as far as this machine knows now."""
        outputs = remembered(self.home, self.environment.name).get("outputs")
        return Names(template_values(self.environment), outputs if isinstance(outputs, dict) else {})

    def step(self, step_id: str) -> Step:
        """Return a step by its id. Raises STEP-UNKNOWN with the nearest."""
        steps = {step.id: step for checklist in self.checklists for step in checklist.steps}
        if step_id in steps:
            return steps[step_id]
        near = get_close_matches(step_id, steps, n=1, cutoff=0.4)
        raise UsageError(
            "STEP-UNKNOWN",
            f"There is no step {step_id!r}.",
            why=f"The nearest one is {near[0]!r}." if near else "",
            next_step="List them with: autocorp-wizard checklist list",
        )

    def records(self) -> tuple[Record, ...]:
        """Return what was recorded about all steps, oldest first."""
        return self.evidence.records()

    def standing(self, step: Step) -> Standing:
        """Return where a step stands now."""
        return standing(step, self.records(), datetime.now(UTC))

    def standings(self) -> Iterator[tuple[Checklist, Standing]]:
        """Yield every step with where it stands."""
        records, now = self.records(), datetime.now(UTC)
        for checklist in self.checklists:
            for step in checklist.steps:
                yield checklist, standing(step, records, now)

    def verify(self, step: Step) -> Finding:
        """Let what proves a step look, and keep what was seen; what could not be told leaves no record.

        Raises STEP-MANUAL where only a person can tell.
        """
        if not step.has_probe:
            raise InconclusiveError(
                "STEP-MANUAL",
                f"Only a person can tell whether {step.id} is done.",
                why=f"Evidence that is wanted: {self.names.fill(step.evidence)}",
                next_step=f"Say so: autocorp-wizard checklist done {step.id} --evidence TEXT",
            )
        found = find(step.verify, self.look, self.environment, self.home)
        if found.holds is not None:
            kind = Kind.PROVEN if found.holds else Kind.REFUTED
            now = datetime.now(UTC)
            self.evidence.add(step.id, kind, who(), now, text=found.sentence, probe=step.verify, details=found.details)
        return found

    def claim(self, step: Step, given: str) -> Standing:
        """Keep somebody's word that a step is done: a sentence, or a file by its name.

        Raises UsageError where it is empty or the file cannot be kept.
        """
        text, file = self._evidence(given)
        self.evidence.add(step.id, Kind.CLAIMED, who(), datetime.now(UTC), text=text, file=file)
        return self.standing(step)

    def claim_by_output(self, step: Step, command: str) -> Standing:
        """Run a command of the person's on this machine and keep what it says, under its hash.

        Raises UsageError where it does not end well or says nothing: then nothing is recorded.
        """
        if not command.strip():
            raise UsageError("EVIDENCE-EMPTY", "There is no command.", next_step="Name it: --output-of COMMAND")
        ended = process.run(["/bin/sh", "-c", command], cwd=Path.cwd(), env=os.environ, timeout=_COMMAND_SECONDS)
        said = "\n".join(each.rstrip() for each in (ended.stdout, ended.stderr) if each.strip())
        if ended.exit_code:
            raise UsageError(
                "EVIDENCE-COMMAND",
                f"The command ended with {ended.exit_code}, so what it said is no evidence.",
                why=self.evidence.clean(said.splitlines()[-1][:200]) if said else "It said nothing.",
                next_step="Run it by itself first; nothing was recorded.",
            )
        kept = self.evidence.keep_output(command, said)
        self._hint_about(kept)
        text = f"$ {command.strip()}"
        self.evidence.add(step.id, Kind.CLAIMED, who(), datetime.now(UTC), text=text, file=kept.file)
        return self.standing(step)

    def skip(self, step: Step, reason: str) -> Standing:
        """Keep that a step is not needed here, and why. Raises REASON-EMPTY."""
        if not reason.strip():
            raise UsageError("REASON-EMPTY", "The reason is empty.", next_step="Say why: --reason TEXT")
        self.evidence.add(step.id, Kind.SKIPPED, who(), datetime.now(UTC), text=reason.strip())
        return self.standing(step)

    def exchange(self) -> None:
        """Share the evidence with the team; where that fails, what was recorded here stands, and a hint says why."""
        try:
            exchanged = exchange(self.evidence, StateStore(self.look.access, StatePlace.of(self.environment)))
        except WizardError as error:
            self.hint(f"The evidence was not shared with the team: {error.what}")
            return
        if exchanged.received:
            self.hint(f"{exchanged.received} records and files of others were fetched.")

    def exchange_if_deployed(self) -> None:
        """Fetch what others recorded, where there is a deployment that they could share."""
        applied = self.home.environment_dir(self.environment.name) / "applied.json"
        if applied.is_file() or not self.environment.is_rehearsal:
            self.exchange()

    def _password(self) -> str:
        """Return the source's password as PostgreSQL's own ways tell it; nothing where they do not, or need not."""
        if self.environment.source_is_built_in:
            return ""
        return secret_input.for_source(self.environment, os.environ)

    def _evidence(self, given: str) -> tuple[str, EvidenceFile | None]:
        if not given.strip():
            raise UsageError(
                "EVIDENCE-EMPTY",
                "The evidence is empty.",
                why="A step without evidence stays open.",
                next_step="Say what was done and where it can be seen: --evidence TEXT, or name a file.",
            )
        path = Path(given.removeprefix("@")).expanduser()
        if not _names_a_file(given, path):
            return given.strip(), None
        kept = self.evidence.keep(path)
        self._hint_about(kept)
        return f"File {kept.file.name}", kept.file

    def _hint_about(self, kept: Kept) -> None:
        if kept.redacted:
            self.hint(f"Secrets in {kept.file.name} were struck out in the copy that is kept.")
        if not kept.readable:
            self.hint(f"{kept.file.name} is no text and was not searched for secrets: look before it is shared.")


def _names_a_file(given: str, path: Path) -> bool:
    try:
        if path.exists():
            return True
    except (OSError, ValueError):
        return False  # too long for a path, or a NUL in it: a sentence
    is_word = not any(c.isspace() for c in given)
    return is_word and (given.startswith(_PATH_MARKS) or path.suffix.lower() in _SUFFIXES) and "://" not in given
