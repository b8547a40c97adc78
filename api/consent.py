"""The texts that need agreement, over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, Field

from aggregates.rules.consents import ConsentName, Moment, Text, present
from api.described import offers
from api.headers import KEPT_BY_THE_BROWSER
from api.routing import routes

router = routes("/consents", "loan")


When = Annotated[Moment, Query(description="With the request, or between the approval and the contract.")]


class ConsentText(BaseModel):
    """One text as it reads today; its version and words never change, other words are another version."""

    consent: ConsentName
    version: int = Field(examples=[1])
    required: bool = Field(description="Whether a client has to agree to it.")
    title_fr: str = Field(examples=["Traitement de vos données"])
    title_en: str = Field(examples=["Processing of your data"])
    text_fr: str = Field(examples=["J’accepte que l’organisme prêteur utilise les informations…"])
    text_en: str = Field(examples=["I agree that the lender uses the information…"])
    sha256_fr: str = Field(description="Of the words in UTF-8, hex.")
    sha256_en: str = Field(description="Of the words in UTF-8, hex.")

    @classmethod
    def of(cls, text: Text) -> ConsentText:
        return cls(
            consent=text.consent,
            version=text.version,
            required=text.required,
            title_fr=text.title["fr"],
            title_en=text.title["en"],
            text_fr=text.words["fr"],
            text_en=text.words["en"],
            sha256_fr=text.sha256("fr"),
            sha256_en=text.sha256("en"),
        )


@router.get("", **offers(
    "Consents",
    "The texts to agree to with a request, or to confirm after the approval, as they read today, in both languages.\n\nA"
    " request names each one with its version and the language in which it was read.",
    may="product.read",
))  # fmt: skip
def consents(response: Response, moment: When = "request") -> list[ConsentText]:
    response.headers["Cache-Control"] = KEPT_BY_THE_BROWSER
    return [ConsentText.of(text) for text in present(moment)]
