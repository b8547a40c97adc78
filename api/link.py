"""Temporary links over HTTP: what a mail leads to. No sign-in; whoever holds the link fetches one document."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Request, Response

from api.auth import Identity
from api.described import hands_out
from api.files import handed_out
from api.platform import ThePlatform
from api.routing import routes
from providers.links import LinkExpired, LinkInvalid

Token = Annotated[
    str, Path(max_length=300, description="From the mail; it expires.", examples=["AWxvbmctdG9rZW4"])
]

router = routes("/links", "document")


@router.get(
    "/{token}",
    **hands_out("LinkedDocument", "The document that a temporary link leads to.", LinkExpired, LinkInvalid),
)
def linked_document(token: Token, platform: ThePlatform, request: Request) -> Response:
    request.scope["via"] = "link"
    facts = platform.outside.links.read(token)
    holder = Identity(
        account=facts.contact_id,
        who=f"link:{facts.contact_id}",
        permissions=frozenset({"document.read"}),
        customers=frozenset({facts.customer_id}),
    )
    return handed_out(platform, holder, request, facts.document_id, via="link")
