"""What helps, as one packet for each person who applies it, ordered so that one restart covers all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from autocorp_wizard.core.preflight.record import Audience, Remedy, Restart, Result, Status, Variant
from autocorp_wizard.core.preflight.report import Report

_ORDER: Final = {Restart.NONE: 0, Restart.RELOAD: 1, Restart.RESTART: 2}
_NAMES: Final = {
    Audience.OPERATOR: "operator.md",
    Audience.NETWORK: "network-team.md",
    Audience.ACCOUNT: "aws-administrator.md",
}
_OPEN: Final = (Status.FAIL, Status.WARN, Status.INCONCLUSIVE)


@dataclass(frozen=True, slots=True)
class Packet:
    """One file for one audience."""

    audience: Audience
    name: str
    text: str


def packets(report: Report, variant: Variant = Variant.SELF_MANAGED) -> tuple[Packet, ...]:
    """Return the packets for what is open in a report; nobody gets an empty one.

    The database administrator gets SQL, lines of postgresql.conf and of pg_hba.conf apart, because they go to
    different places; `variant` says which kind of source it is.
    """
    wanted = [
        (result, remedy)
        for result in report.causes
        if result.status in _OPEN
        for remedy in result.seen.remedies
        if remedy.variant in (Variant.ANY, variant)
    ]
    found: list[Packet] = []
    for audience, name in _NAMES.items():
        own = [(result, remedy) for result, remedy in wanted if remedy.audience is audience]
        if own:
            found.append(Packet(audience, name, _page(report, audience, own)))
    database = [(result, remedy) for result, remedy in wanted if remedy.audience is Audience.DATABASE]
    database += [
        (result, remedy) for result, remedy in wanted if remedy.hba and remedy.audience is not Audience.DATABASE
    ]
    return (*found, *_database(report, sorted(database, key=lambda each: _ORDER[each[1].restart])))


def _page(report: Report, audience: Audience, own: Sequence[tuple[Result, Remedy]]) -> str:
    lines = [f"# {report.environment}: what we ask of you ({audience.value})", ""]
    for result, remedy in own:
        lines += [f"## {result.check.title} ({result.check.id})", "", f"Seen: {result.seen.summary}"]
        lines += [f"- {each}" for each in result.seen.findings]
        lines += ["", f"Please: {remedy.text}"]
        if remedy.command or remedy.sql:
            lines += ["", "```", remedy.command or remedy.sql, "```"]
        if remedy.risk:
            lines.append(f"Risk: {remedy.risk}")
        if remedy.undo:
            lines.append(f"Undo: `{remedy.undo}`")
        lines += ["", f"Verified by: `autocorp-wizard preflight {result.check.id} --env {report.environment}`", ""]
    return "\n".join(lines)


def _database(report: Report, own: Sequence[tuple[Result, Remedy]]) -> Iterable[Packet]:
    sql = [each for each in own if each[1].sql]
    config = [each for each in own if each[1].config]
    hba = [each for each in own if each[1].hba]
    restart = any(remedy.restart is Restart.RESTART for _, remedy in own)
    if sql:
        lines = [f"-- {report.environment}: run as a superuser, top to bottom."]
        lines.append("-- One restart at the end covers everything." if restart else "-- No restart is needed.")
        lines += _statements(sql, "sql")
        if any(remedy.restart is Restart.RELOAD for _, remedy in sql):
            lines += ["", "SELECT pg_reload_conf();"]
        undo = [remedy.undo for _, remedy in sql if remedy.undo]
        if undo:
            lines += ["", "-- To take it back:", *(f"-- {each}" for each in undo)]
        yield Packet(Audience.DATABASE, "source.sql", "\n".join([*lines, ""]))
    if config:
        lines = ["# postgresql.conf" + (": restart PostgreSQL once afterwards." if restart else ": reload.")]
        yield Packet(Audience.DATABASE, "postgresql.conf", "\n".join([*lines, *_statements(config, "config", "#"), ""]))
    if hba:
        lines = ["# pg_hba.conf: put these above the lines that refuse, then SELECT pg_reload_conf();"]
        yield Packet(Audience.DATABASE, "pg_hba.conf", "\n".join([*lines, *_statements(hba, "hba", "#"), ""]))


def _statements(own: Sequence[tuple[Result, Remedy]], what: str, comment: str = "--") -> list[str]:
    lines: list[str] = []
    told: set[str] = set()
    for result, remedy in own:
        text = str(getattr(remedy, what))
        if text not in told:
            told.add(text)
            lines += ["", f"{comment} {result.check.id}: {result.seen.summary}", text]
    return lines
