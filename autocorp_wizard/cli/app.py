"""The command `autocorp-wizard`: which commands there are, and what happens when one ends, well or badly.

Errors are printed here and nowhere else. No traceback reaches a person: a bug of ours writes it to the home's log and
says where.
"""

import difflib
import importlib
import os
import shlex
import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from autocorp_wizard.cli.console import ReaderLeft
from autocorp_wizard.cli.options import WizardGroup, pass_settings
from autocorp_wizard.cli.settings import OpenWizard, Settings
from autocorp_wizard.core.errors import ExitCode, InterruptedByUser, UsageError, WizardError

PROGRAM = "autocorp-wizard"

# Name -> module and sentence. What later versions bring is not listed before it works.
COMMANDS: dict[str, tuple[str, str]] = {
    "rehearse": ("rehearse", "The whole rollout on this machine, without an AWS account."),
    "env": ("env", "Environments: new, list, show, edit, diff, delete."),
    "bootstrap": ("bootstrap", "The place where Terraform's state lives: make, adopt, verify."),
    "preflight": ("preflight", "Know before you spend: account, network, source, agent and tools."),
    "waive": ("waive", "Live with a check until a day, for a reason."),
    "cost": ("cost", "What it costs in a month, line by line, before anything is paid for."),
    "plan": ("plan", "What a phase would change, with risks and a digest to approve."),
    "apply": ("apply", "Apply exactly the plan that was approved."),
    "destroy": ("destroy", "Remove a phase and the later ones, or everything."),
    "secret": ("secret", "The source's password: into Secrets Manager, and how old it is."),
    "agent": ("agent", "The DataSync agent: fetch its key, activate, adopt, look, replace."),
    "checklist": ("checklist", "Manual steps: list, show, verify, done, skip; with evidence."),
    "status": ("status", "What is deployed, how it does, and which promises it keeps."),
    "dashboard": ("dashboard", "The same on a screen that looks again every minute."),
    "verify": ("verify", "Proof that the lake works: data compares it with the source."),
    "dms": ("dms", "Replication: test, start, stop, resume, reload, and its slot on the source."),
    "policy": ("policy", "The least IAM policy that deploying, or looking, needs."),
    "runs": ("runs", "What happened and what is happening: list, show, attach, cancel, replay, recover."),
    "completion": ("completion", "Completion for your shell."),
    "version": ("version", "Versions of the wizard and of what it works with."),
}


class LazyGroup(WizardGroup):
    """Imports a command when it is called, so that help and version stay fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the rollout."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"autocorp_wizard.cli.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is answered with the nearest."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            raise UsageError(
                "COMMAND-UNKNOWN",
                f"There is no command {args[0]!r}.",
                why=f"The nearest one is {near[0]!r}." if near else "",
                next_step=f"List them with: {PROGRAM} --help",
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(
    PROGRAM,
    cls=LazyGroup,
    invoke_without_command=True,
    example=f"{PROGRAM} rehearse          the wizard, on the rehearsal cloud\n"
    f"{PROGRAM} env new dev       answers for a new environment\n"
    f"{PROGRAM} plan foundation --env dev",
)
@pass_settings
@click.pass_context
def application(ctx: click.Context, settings: Settings) -> None:
    """From nothing to a running AWS data lake, phase by phase.

    Without a command the wizard opens. Each command also says --help.
    """
    if ctx.invoked_subcommand is not None:
        return
    if settings.can_ask and not settings.plain:
        ctx.exit(settings.open_wizard(settings, None))
    raise UsageError(
        "COMMAND-MISSING",
        "No command was given." if settings.plain else "The wizard needs a terminal.",
        why="Without a terminal, or with --plain or --json, each step is a command of its own.",
        next_step=f"Name one: {', '.join(COMMANDS)}; see {PROGRAM} --help",
    )


def run(arguments: Sequence[str], open_wizard: OpenWizard) -> int:
    """Run the command line and return its exit code; never raises."""
    settings = Settings(open_wizard=open_wizard)
    settings.command = shlex.join([PROGRAM, *arguments])
    try:
        return _run(list(arguments), settings)
    except ReaderLeft:
        return int(ExitCode.OK)
    except KeyboardInterrupt:
        return int(ExitCode.INTERRUPTED)


def _run(arguments: list[str], settings: Settings) -> int:
    try:
        code = application.main(arguments, PROGRAM, standalone_mode=False, obj=settings)
        return code if isinstance(code, int) else int(ExitCode.OK)
    except WizardError as error:
        failure = error
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.UsageError as error:
        settings.json = settings.json or "--json" in arguments
        failure = _usage(error)
    except (click.Abort, KeyboardInterrupt, EOFError):
        failure = InterruptedByUser("INTERRUPTED", "Interrupted.", next_step="Nothing more was started.")
    except ReaderLeft:
        raise
    except Exception as error:
        failure = _bug(error, settings)
    settings.json = settings.json or "--json" in arguments
    settings.console.json = settings.json
    settings.console.error(failure)
    return int(failure.exit_code)


def _usage(error: click.UsageError) -> UsageError:
    path = error.ctx.command_path if error.ctx else PROGRAM
    why = ""
    if isinstance(error, click.NoSuchOption) and error.possibilities:
        why = "The nearest one is " + " or ".join(sorted(error.possibilities)) + "."
    return UsageError("USAGE", error.format_message(), why=why, next_step=f"See: {path} --help")


def _bug(error: Exception, settings: Settings) -> WizardError:
    """Write the traceback into the home's log and return the sentence that says where."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    from autocorp_wizard.core.redaction import Redactor

    redactor = Redactor(())
    text = redactor.text("".join(traceback.format_exception(error)))
    try:
        path: Path | None = settings.home.make(settings.home.logs) / f"bug-{moment}-{os.getpid()}.log"
        path.write_text(text) if path else None
        path.chmod(0o600) if path else None
    except (OSError, WizardError):
        path = None
    return WizardError(
        "BUG",
        "The wizard has a bug; this command stopped.",
        why=redactor.text(f"{type(error).__name__}: {error}")[:500],
        next_step=f"Please report it with the text in {path}" if path else "The log could not be written.",
        exit_code=ExitCode.BUG,
    )
