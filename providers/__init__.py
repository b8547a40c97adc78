"""The outside world: a folder per capability, holding its Protocol and one file per vendor.

Whatever a vendor does, only three errors leave this package, so that a worker knows what to do next:

    ProviderDown      nothing happened, trying again may help
    OutcomeUnknown    it may have happened: look it up before anything else
    ProviderRefused   nothing happened, and trying again will not help
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol, TypeVar
from uuid import UUID

from eventstore import Aggregate, Projection
from providers.checking import Checking
from providers.checking.child import CheckingInAChild
from providers.errors import OutcomeUnknown, ProviderDown, ProviderRefused
from providers.links import Links
from providers.links.mailed import MailedLinks
from providers.links.signed import SignedLinks
from providers.messages import Mail
from providers.messages.smtp import SmtpMail
from providers.rendering import Rendering
from providers.rendering.weasyprint import WeasyPrintRendering
from providers.storage import Storage
from providers.storage.disk import DiskStorage
from providers.storage.permits import Permits
from runtime.clock import Clock
from runtime.settings import Settings

__all__ = [
    "Load", "OutcomeUnknown", "Outside", "ProviderDown", "ProviderRefused", "Read", "from_settings", "storage_of",
]  # fmt: skip

DOOR = "/api/v1/uploads/"
"""Where api/upload.py takes files for a storage that browsers do not reach; a permit follows."""

A = TypeVar("A", bound=Aggregate)
P = TypeVar("P", bound=Projection)


class Load(Protocol):
    def __call__(self, kind: type[A], id: UUID, /) -> A:
        """The aggregate as it is now; raises NotFound."""
        ...


class Tell(Protocol):
    def __call__(self, kind: type[A], id: UUID, until: int, /) -> Iterable[tuple[A, Aggregate.Event]]:
        """The aggregate after each of its events up to a version; raises NotFound."""
        ...


class FindClaim(Protocol):
    def __call__(self, scope: str, value: str, /) -> UUID | None:
        """Which stream holds a unique value, if any."""
        ...


class Read(Protocol):
    def __call__(self, model: type[P], /) -> P:
        """A read model that has passed the event which is being reacted to."""
        ...


def _nobody(*asked: object) -> Any:
    raise RuntimeError("only the runner of reactions can load and read: elsewhere ask the store or a reader")


@dataclass(frozen=True)
class Outside:
    """All that a worker may reach besides the commands that it yields."""

    storage: Storage
    rendering: Rendering
    mail: Mail
    checking: Checking
    links: Links
    mailed: MailedLinks
    """The links of account letters, made when the letter is written."""
    permits: Permits
    """For files that go to the storage before they are handed in."""
    load: Load = _nobody
    """Set by the runner, like ``told``, ``read`` and ``claimed``."""
    told: Tell = _nobody
    read: Read = _nobody
    claimed: FindClaim = _nobody


def from_settings(settings: Settings, clock: Clock) -> Outside:
    """The providers that an installation chose. Starts nothing and calls nobody yet."""
    return Outside(
        storage=storage_of(settings, clock),
        rendering=WeasyPrintRendering(),
        mail=SmtpMail(
            settings.smtp_host,
            settings.smtp_port,
            settings.mail_from,
            clock,
            settings.smtp_tls,
            settings.smtp_user,
            settings.smtp_password,
        ),
        checking=CheckingInAChild(settings.upload_limit),
        links=SignedLinks(
            settings.fleeting(), clock, timedelta(days=settings.link_ttl_days), settings.public_url
        ),
        mailed=MailedLinks(settings.fleeting(), clock, settings.public_url),
        permits=Permits(settings.fleeting(), clock),
    )


def storage_of(settings: Settings, clock: Clock) -> Storage:
    """Where documents are kept: in S3 once a bucket is named, else on the disk of this machine."""
    door = settings.public_url.rstrip("/") + DOOR
    if not settings.s3_bucket:
        return DiskStorage(settings.documents_dir, door)
    # Here and not above: the library takes 50 MB and a third of a second, which nobody pays who keeps files on disk.
    from providers.storage.s3 import S3Storage

    return S3Storage(settings, clock, door)
