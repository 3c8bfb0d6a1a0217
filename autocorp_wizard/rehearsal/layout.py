"""Where the rehearsal keeps its files: one private directory below the wizard's home."""

from dataclasses import dataclass
from pathlib import Path

from autocorp_wizard.adapters.private_file import replace_file


@dataclass(frozen=True, slots=True)
class RehearsalHome:
    """The paths of one rehearsal; `root` is `HOME/rehearsal`, readable by its owner alone."""

    root: Path

    @property
    def record(self) -> Path:
        """Return where the running cloud says who and where it is."""
        return self.root / "cloud.json"

    @property
    def token(self) -> Path:
        """Return the file with the word that opens the control interface."""
        return self.root / "control-token"

    @property
    def credentials(self) -> Path:
        """Return the file with the throw-away key pair."""
        return self.root / "credentials.json"

    @property
    def tls(self) -> Path:
        """Return the directory of the private CA."""
        return self.root / "tls"

    @property
    def memory(self) -> Path:
        """Return the file that holds what the cloud remembers across restarts of itself."""
        return self.root / "state" / "cloud.memory"

    @property
    def agent_record(self) -> Path:
        """Return where the pretend agent says under which port it answers."""
        return self.root / "agent.json"

    @property
    def exports(self) -> Path:
        """Return the folder of CSV exports that the pretend agent shares."""
        return self.root / "exports"

    @property
    def speed(self) -> Path:
        """Return the file that holds how fast things happen here."""
        return self.root / "speed"

    @property
    def lock(self) -> Path:
        """Return the file whose lock keeps two starts apart."""
        return self.root / "start.lock"

    @property
    def log(self) -> Path:
        """Return the cloud's log."""
        return self.root / "cloud.log"

    @property
    def errors(self) -> Path:
        """Return what the cloud's process wrote to its standard error since its last start."""
        return self.root / "cloud-errors.log"

    @property
    def aws_config(self) -> Path:
        """Return an AWS configuration file of our own, so that the operator's is not looked at."""
        return self.root / "aws" / "config"

    @property
    def aws_credentials(self) -> Path:
        """Return an AWS credentials file of our own, so that the operator's is not looked at."""
        return self.root / "aws" / "credentials"

    def prepare(self) -> None:
        """Create the directories, closed to others, and the empty AWS files."""
        for directory in (self.root, self.tls, self.memory.parent, self.aws_config.parent):
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            directory.chmod(0o700)
        for path in (self.aws_config, self.aws_credentials):
            if not path.exists():
                replace_file(path, b"")
