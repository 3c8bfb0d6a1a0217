"""DataSync's actions on locations: NFS and SMB shares, and buckets that the role must let it into."""

from collections.abc import Sequence
from typing import Final

from moto.core.responses import ActionResult

from autocorp_wizard.rehearsal.address import ACCOUNT_ID
from autocorp_wizard.rehearsal.services import datasync_transfer
from autocorp_wizard.rehearsal.services.datasync_call import DataSyncCall
from autocorp_wizard.rehearsal.services.datasync_models import DataSyncRefusal, Location, new_arn, tags_of

_SECRETS: Final = ("Password", "KerberosKeytab", "KerberosKrb5Conf")


class LocationActions(DataSyncCall):
    """Create, describe, change, list and delete locations."""

    def create_location_nfs(self) -> ActionResult:
        """Make an NFS location of agents that exist."""
        return self._create_location("nfs", ("ServerHostname", "Subdirectory", "OnPremConfig", "MountOptions"))

    def create_location_smb(self) -> ActionResult:
        """Make an SMB location; its password is taken and kept nowhere."""
        names = ("ServerHostname", "Subdirectory", "AgentArns", "MountOptions", "User", "Domain")
        return self._create_location("smb", (*names, "AuthenticationType", "DnsIpAddresses", "KerberosPrincipal"))

    def create_location_s3(self) -> ActionResult:
        """Make an S3 location, if the role lets DataSync into the bucket."""
        return self._create_location("s3", ("S3BucketArn", "Subdirectory", "S3StorageClass", "S3Config", "AgentArns"))

    def describe_location_nfs(self) -> ActionResult:
        """Describe an NFS location."""
        place = self._place("nfs")
        mount = place.settings.get("MountOptions") or {"Version": "AUTOMATIC"}
        return self._described(place, OnPremConfig=place.settings["OnPremConfig"], MountOptions=mount)

    def describe_location_smb(self) -> ActionResult:
        """Describe an SMB location."""
        place = self._place("smb")
        known = place.settings
        return self._described(
            place,
            AgentArns=known["AgentArns"],
            User=known.get("User"),
            Domain=known.get("Domain") or "",
            MountOptions=known.get("MountOptions") or {"Version": "AUTOMATIC"},
            AuthenticationType=known.get("AuthenticationType") or "NTLM",
            DnsIpAddresses=known.get("DnsIpAddresses"),
            KerberosPrincipal=known.get("KerberosPrincipal"),
        )

    def describe_location_s3(self) -> ActionResult:
        """Describe an S3 location."""
        place = self._place("s3")
        storage = place.settings.get("S3StorageClass") or "STANDARD"
        return self._described(place, S3Config=place.settings["S3Config"], S3StorageClass=storage, AgentArns=None)

    def update_location_nfs(self) -> ActionResult:
        """Change an NFS location in place."""
        return self._update_location("nfs")

    def update_location_smb(self) -> ActionResult:
        """Change an SMB location in place."""
        return self._update_location("smb")

    def update_location_s3(self) -> ActionResult:
        """Change an S3 location in place."""
        return self._update_location("s3")

    def list_locations(self) -> ActionResult:
        """List locations."""
        places = [{"LocationArn": each.arn, "LocationUri": each.uri} for each in self.here.places.values()]
        return self.page("Locations", places)

    def delete_location(self) -> ActionResult:
        """Forget a location that no task uses."""
        arn = str(self.checked()["LocationArn"])
        self.known(self.here.places, arn, "Location")
        users = [each.arn for each in self.here.transfers.values() if arn in (each.source, each.destination)]
        if users:
            message = f"Location {arn} is in use by {len(users)} task(s), for example {users[0]}."
            raise DataSyncRefusal(message, "InvalidRequest", "LocationInUse")
        del self.here.places[arn]
        return ActionResult({})

    def _place(self, kind: str) -> Location:
        found: Location = self.known(self.here.places, str(self.checked()["LocationArn"]), "Location")
        if found.kind != kind:
            raise DataSyncRefusal(f"Invalid location type: {found.kind}", "InvalidRequest")
        return found

    def _create_location(self, kind: str, names: Sequence[str]) -> ActionResult:
        sent = self.checked()
        settings = {name: sent[name] for name in names if name in sent}
        place = Location(new_arn(self.region, "location", "loc"), kind, settings, tags_of(sent.get("Tags")))
        self._check_location(place)
        self.here.places[place.arn] = place
        return ActionResult({"LocationArn": place.arn})

    def _update_location(self, kind: str) -> ActionResult:
        place = self._place(kind)
        changes = {name: value for name, value in self.sent.items() if name not in ("LocationArn", *_SECRETS)}
        changed = Location(place.arn, kind, {**place.settings, **changes}, place.tags, place.created)
        self._check_location(changed)
        self.here.places[place.arn] = changed
        return ActionResult({})

    def _check_location(self, place: Location) -> None:
        for arn in place.agents:
            self.agent(arn)
        if place.kind != "s3":
            return
        problem = datasync_transfer.bucket_problem(place, f"arn:aws:datasync:{self.region}:{ACCOUNT_ID}:location/*")
        if problem is None:
            return
        action, why = problem
        if action == "sts:AssumeRole":
            message = f"Unable to assume role. Reason: Access denied when calling sts:AssumeRole. {why}"
        else:
            message = f"DataSync location access test failed: could not perform {action}. {why}"
        raise DataSyncRefusal(message, "InvalidRequest", "LocationAccessTestFailed")

    def _described(self, place: Location, **more: object) -> ActionResult:
        common = {"LocationArn": place.arn, "LocationUri": place.uri, "CreationTime": place.created}
        return ActionResult(common | more)
