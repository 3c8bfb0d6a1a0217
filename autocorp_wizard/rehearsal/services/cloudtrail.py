"""CloudTrail: a trail is deleted by its ARN too, which is how Terraform names it."""

import moto.cloudtrail.urls
from moto.cloudtrail.models import CloudTrailBackend, cloudtrail_backends

from autocorp_wizard.rehearsal.services import replace_backend


class RehearsalCloudTrail(CloudTrailBackend):
    """The stock backend passes over a trail that it is to delete by ARN, and says that it did."""

    _url_module = moto.cloudtrail.urls

    def delete_trail(self, name: str) -> None:
        """Delete a trail by name or ARN. Raises TrailNotFoundException, as AWS does."""
        super().delete_trail(self.get_trail(name).trail_name)


def install() -> None:
    """Put the extended backend in the stock one's place."""
    replace_backend(cloudtrail_backends, RehearsalCloudTrail)
