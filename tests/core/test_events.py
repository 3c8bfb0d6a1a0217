"""Events survive the journal, and a newer wizard's events do no harm."""

from datetime import UTC, datetime

import pytest

from autocorp_wizard.core import events as ev

AT = datetime(2026, 11, 23, 8, 0, 0, 123000, tzinfo=UTC)


def sample(cls: type[ev.Event]) -> ev.Event:
    """An event of a kind with a value of the right type in every field."""
    values: dict[str, object] = {}
    for name, kind in cls.__annotations__.items():
        if name == "KIND":
            continue
        text = str(kind)
        if "dict[str, int]" in text:
            values[name] = {"create": 2}
        elif "dict" in text:
            values[name] = {"a": "b"}
        elif "tuple" in text:
            values[name] = ("a", "b c")
        elif "bool" in text:
            values[name] = False
        elif "float" in text:
            values[name] = 1.5
        elif "int" in text:
            values[name] = 7
        else:
            values[name] = 'é "quoted"\nnext'
    return cls(**values)


@pytest.mark.parametrize("kind", sorted(ev.EVENTS))
def test_every_kind_is_the_same_after_the_journal(kind: str) -> None:
    event = sample(ev.EVENTS[kind])
    line = ev.Envelope(3, AT, "r", event).to_json()
    assert "\n" not in line
    assert ev.Envelope.from_json(line) == ev.Envelope(3, AT, "r", event)


def test_kinds_are_a_noun_and_a_verb_in_the_past() -> None:
    for kind in ev.EVENTS:
        noun, _, verb = kind.partition(".")
        assert noun
        assert verb, kind


def test_an_unknown_kind_is_kept_as_it_is() -> None:
    line = '{"v":1,"seq":1,"at":"2026-11-23T08:00:00.000Z","run":"r","kind":"moon.landed","who":["a"]}'
    envelope = ev.Envelope.from_json(line)
    assert isinstance(envelope.event, ev.UnknownEvent)
    assert envelope.to_json() == line


def test_an_unknown_field_is_ignored() -> None:
    line = '{"v":1,"seq":1,"at":"2026-11-23T08:00:00Z","run":"r","kind":"log.written","text":"x","mood":"good"}'
    assert ev.Envelope.from_json(line).event == ev.LogWritten(text="x")


def test_a_newer_journal_is_refused_with_what_to_do() -> None:
    with pytest.raises(ev.JournalTooNewError) as caught:
        ev.Envelope.from_json('{"v":2,"seq":1}')
    assert "Upgrade" in caught.value.next_step


@pytest.mark.parametrize("line", ["", "{", "[]", '{"v":1}', '{"v":1,"seq":"1","at":"x","run":"r","kind":"k"}'])
def test_what_is_no_event_is_a_value_error(line: str) -> None:
    with pytest.raises(ValueError):
        ev.Envelope.from_json(line)
