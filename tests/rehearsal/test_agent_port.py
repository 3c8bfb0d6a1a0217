"""The pretend agent's port: open as soon as it was started."""

import socket
import threading
from pathlib import Path

import pytest

from autocorp_wizard.rehearsal.agent import PretendAgent
from autocorp_wizard.rehearsal.agent_book import AgentBook
from autocorp_wizard.rehearsal.gate import Gate


def test_the_port_is_open_before_any_thread_had_its_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = AgentBook()
    agent = PretendAgent(lambda: book, tmp_path / "agent.json", gate=Gate(), changed=lambda: None)
    monkeypatch.setattr(agent, "_thread", threading.Thread(target=lambda: None))
    agent.start()
    try:
        socket.create_connection(("127.0.0.1", agent._port), timeout=5).close()
    finally:
        agent._close()
        agent._reserved.close()
