"""The options of every command, taken before or after its name, and the shape of every command's help."""

from collections.abc import Callable
from typing import TypeVar

import click

from autocorp_wizard.cli.settings import Settings

Decorated = TypeVar("Decorated", bound=Callable[..., object])

EVERYWHERE = "Options of every command"


def _remember(ctx: click.Context, param: click.Parameter, value: object) -> None:
    if value is None or value is False or param.name is None:
        return  # not given here: what stands before or after the command's name counts
    settings = ctx.find_object(Settings)
    if settings is not None:
        setattr(settings, param.name, value)


class _Everywhere(click.Option):
    """An option that every command takes."""


def _flag(*names: str, text: str) -> _Everywhere:
    return _Everywhere(list(names), is_flag=True, default=None, expose_value=False, callback=_remember, help=text)


def _value(*names: str, text: str, metavar: str) -> _Everywhere:
    return _Everywhere(list(names), metavar=metavar, default=None, expose_value=False, callback=_remember, help=text)


def everywhere() -> list[click.Parameter]:
    """Return the options that every command takes."""
    return [
        _value("--home", "home_option", metavar="DIR", text="Where everything is kept (AUTOCORP_HOME)."),
        _value("--env", "env_option", metavar="NAME", text="The environment to work on (AUTOCORP_ENV)."),
        _value("--env-file", "env_file", metavar="FILE", text="The environment's file, where it is not in the home."),
        _flag("--json", "json", text="JSON on stdout and nothing else; words go to stderr."),
        _flag("--plain", "plain", text="No full-screen display."),
        _flag("--yes", "yes", text="Answer every question that is no safety question."),
        _flag("--no-color", "no_color", text="No colours (NO_COLOR)."),
        _flag("--no-mouse", "no_mouse", text="Leave the mouse to the terminal."),
        _flag("-q", "--quiet", "quiet", text="Results and errors only."),
        _flag("-v", "--verbose", "verbose", text="Also commands and log lines."),
    ]


class WizardCommand(click.Command):
    """A command that takes the common options and shows an example in its help."""

    def __init__(self, *args: object, example: str = "", **attributes: object) -> None:
        super().__init__(*args, **attributes)  # type: ignore[arg-type]  # click's own signature, passed on
        self.example = example
        self.params += everywhere()

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the command's own options first and those of every command after them."""
        write_options(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        write_example(self.example, formatter)


class WizardGroup(click.Group):
    """A command that has commands; the same shape of help."""

    command_class = WizardCommand

    def __init__(self, *args: object, example: str = "", **attributes: object) -> None:
        super().__init__(*args, **attributes)  # type: ignore[arg-type]  # click's own signature, passed on
        self.example = example
        self.params += everywhere()

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each command with the first sentence of its help, whole."""
        rows = []
        for name in self.list_commands(ctx):
            found = self.get_command(ctx, name)
            if found is not None:
                rows.append((name, " ".join((found.help or "").split("\n\n")[0].split())))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which they are used."""
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands first, then the options."""
        self.format_commands(ctx, formatter)
        write_options(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example."""
        write_example(self.example, formatter)


def write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write own and common options as two lists."""
    own: list[tuple[str, str]] = []
    common: list[tuple[str, str]] = []
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
        if record is not None:
            is_common = isinstance(param, _Everywhere) or "--help" in param.opts
            (common if is_common else own).append(record)
    if own:
        with formatter.section("Options"):
            formatter.write_dl(own)
    with formatter.section(EVERYWHERE):
        formatter.write_dl(common)


def write_example(example: str, formatter: click.HelpFormatter) -> None:
    """Write the example lines as they are typed."""
    if example:
        with formatter.section("Example"):
            for line in example.splitlines():
                formatter.write(f"{'':>{formatter.current_indent}}{line}\n")


def pass_settings(function: Callable[..., None]) -> Callable[..., None]:
    """Hand the common options to a command as its first argument."""
    return click.make_pass_decorator(Settings)(function)
