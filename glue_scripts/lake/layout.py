"""Where everything lies: zone roots, and the places of one table below them (source-database.md)."""

from dataclasses import dataclass

from glue_scripts.lake.contracts import Contract, Origin


@dataclass(frozen=True, slots=True)
class Zones:
    """The roots of the zones, without a slash at the end; `schema` is the schema of the source database."""

    raw: str
    curated: str
    quarantine: str
    schema: str = "public"

    def incoming(self, contract: Contract) -> str:
        """The directory that the table's files are named relative to."""
        if contract.origin is Origin.EXPORT:
            return f"{self.raw}/csv"
        return f"{self.raw}/database/{self.schema}"

    def epoch_marker(self, contract: Contract) -> str:
        """The file that announces a reload of the table (decisions.md 14)."""
        return f"{self.raw}/database/_epochs/{contract.name}.json"

    def table(self, contract: Contract, sink: str) -> str:
        """The directory of the curated table."""
        return f"{self.curated}/{sink}/{contract.name}"

    def lease(self, contract: Contract) -> str:
        """The file that says who writes the table."""
        return f"{self.curated}/_leases/{contract.name}.json"

    def set_aside(self, contract: Contract, number: int) -> str:
        """The directory of what batch `number` set aside.

        It is named by the batch's place in the table's history, not by its content: a batch that died and is tried
        again, perhaps with more files, writes over what the dead one left.
        """
        return f"{self.quarantine}/{contract.name}/batch={number:08d}"
