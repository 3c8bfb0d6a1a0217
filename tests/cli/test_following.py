"""Following a run: its end, its loss, Ctrl-C, and the signs of life in between."""

import io
import json
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from autocorp_wizard.adapters.journal import read_journal
from autocorp_wizard.cli.console import Console
from autocorp_wizard.cli.following import OnInterrupt, follow
from autocorp_wizard.cli.interrupts import Interrupts
from autocorp_wizard.cli.view import SteadyLines, rest_in_words, view_for
from autocorp_wizard.core.errors import ExitCode, InterruptedByUser
from autocorp_wizard.core.runstate import RunState

JOURNALS = Path(__file__).parents[1] / "fixtures" / "journals"


class Tail:
    """A journal that is read in pieces."""

    def __init__(self, steps):
        self.steps = list(steps)

    @property
    def is_over(self):
        return not self.steps

    def read(self):
        return self.steps.pop(0)


class Pressed(Interrupts):
    """Ctrl-C after the given reads (counted from 0)."""

    def __init__(self, *reads):
        super().__init__()
        self.reads, self.count = reads, -1

    def take(self):
        self.count += 1
        return self.count in self.reads


class Engine:
    def __init__(self, *steps):
        self._tail = Tail(steps)
        self.cancelled = []

    def tail(self, run):
        return self._tail

    def cancel(self, run, how="stop"):
        self.cancelled.append((run, how))


def run_of(name):
    events = read_journal(JOURNALS / name)
    return events[0].run, events


def followed(engine, run, console=None, **options):
    return follow(engine, run, console or Console(quiet=True), events=True, pause=lambda _: None, **options)


def test_a_run_that_succeeded_ends_with_nothing_to_say():
    run, events = run_of("apply.jsonl")
    end = followed(Engine(events[:5], [], events[5:]), run)
    assert end.exit_code == ExitCode.OK
    assert end.error is None
    assert end.state.done == 3


def test_a_run_that_failed_gives_its_own_error_and_code():
    run, events = run_of("apply-failed.jsonl")
    end = followed(Engine(events), run)
    assert end.exit_code == ExitCode.FAILED
    assert end.error.code == "AWS-DENIED"
    assert "policy deploy" in end.error.next_step


def test_a_lost_run_is_told_and_its_stream_still_ends_with_run_finished(capsys):
    run, events = run_of("apply-lost.jsonl")
    end = followed(Engine(events, []), run, Console(json=True))
    assert end.is_lost
    assert end.exit_code == ExitCode.FAILED
    assert "runs recover" in end.error.next_step
    lines = [json.loads(text) for text in capsys.readouterr().out.splitlines()]
    assert [line["seq"] for line in lines] == list(range(1, len(events) + 2))
    assert (lines[-1]["kind"], lines[-1]["outcome"]) == ("run.finished", "lost")


def test_ctrl_c_may_leave_the_run_running():
    run, events = run_of("apply.jsonl")
    engine = Engine(events[:5], events[5:])
    with pytest.raises(InterruptedByUser) as caught:
        followed(engine, run, interrupts=Pressed(0), on_interrupt=lambda: OnInterrupt.LEAVE)
    assert caught.value.exit_code == ExitCode.INTERRUPTED
    assert f"runs attach {run}" in caught.value.next_step
    assert engine.cancelled == []


def test_ctrl_c_may_stop_the_run_once_and_a_second_one_only_leaves():
    run, events = run_of("apply.jsonl")
    engine = Engine(events[:5], [], [], events[5:])
    with pytest.raises(InterruptedByUser, match="is stopping"):
        followed(engine, run, interrupts=Pressed(0, 2), on_interrupt=lambda: OnInterrupt.STOP)
    assert engine.cancelled == [(run, "stop")]


def test_ctrl_c_may_mean_nothing():
    run, events = run_of("apply.jsonl")
    engine = Engine(events[:5], events[5:])
    assert followed(engine, run, interrupts=Pressed(0), on_interrupt=lambda: OnInterrupt.WATCH).exit_code == ExitCode.OK


def test_a_question_is_put_when_an_event_calls_for_it():
    run, events = run_of("apply.jsonl")
    asked = []

    def question_of(envelope, so_far):
        return (lambda: asked.append(so_far.state.done)) if envelope.event.KIND == "summary.reported" else None

    followed(Engine(events), run, question_of=question_of)
    assert asked == [3]


def test_steady_lines_give_a_sign_of_life_after_thirty_quiet_seconds_and_not_before(capsys):
    events = read_journal(JOURNALS / "apply-lost.jsonl")
    view, state = SteadyLines(Console(color=False)), RunState()
    for envelope in events:
        state.add(envelope)
        view.show(envelope, state)
    last = events[-1].at
    capsys.readouterr()
    view.tick(state, last + timedelta(seconds=29))
    assert capsys.readouterr().out == ""
    view.tick(state, last + timedelta(seconds=30))
    assert "... creating module.s3.aws_s3_bucket.lake (1/2, 33 s)" in capsys.readouterr().out
    view.tick(state, last + timedelta(seconds=45))
    assert capsys.readouterr().out == ""


def test_outside_text_cannot_move_the_cursor(capsys):
    run, events = run_of("apply-failed.jsonl")
    followed(Engine(events), run, Console(color=False))
    assert "\x1b" not in capsys.readouterr().out


def test_only_a_terminal_gets_a_display_that_redraws_itself(monkeypatch):
    assert isinstance(view_for(Console()), SteadyLines)

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdout", Terminal())
    assert isinstance(view_for(Console(), plain=True), SteadyLines)
    view = view_for(Console())
    assert not isinstance(view, SteadyLines)
    view.close()


def test_a_name_that_the_terminal_cannot_show_is_no_crash(monkeypatch):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    Console(color=False).say("Größe \N{SNOWMAN}")
    sys.stdout.flush()
    assert raw.getvalue() == b"Gr\\xf6\\xdfe \\u2603\n"


@pytest.mark.parametrize(
    ("remaining", "words"),
    [
        (None, ""),
        ((1.0, 20.0), "less than a minute left"),
        ((10.0, 130.0), "0 to 2 min left"),
        ((100.0, 115.0), "1 to 2 min left"),
        ((120.0, 130.0), "about 2 min left"),
    ],
)
def test_the_rest_is_a_range_in_words(remaining, words):
    assert rest_in_words(remaining) == words
