"""What whoever borrows is asked to agree to, or to confirm: the texts word for word, and the rule about who needs which.

A text that was shown is never changed: other words are another version, beside it. Older versions stay as long as a
request names them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import ClassVar, Final, Literal

from aggregates.values import AccountId
from eventstore import Rejected

ConsentName = Literal["data-processing", "electronic-exchange", "pre-contract-information"]
Moment = Literal["request", "approval"]
"""When a text is shown: with the request, or between the approval and the contract."""
Language = Literal["fr", "en"]


class ConsentMissing(Rejected):
    """The client agrees to every required text, as it reads today."""

    status: ClassVar[int] = 422


class ConsentOnPaper(Rejected):
    """Agreement on paper is entered by staff, with the day that is on it."""

    status: ClassVar[int] = 422


@dataclass(frozen=True, slots=True)
class Text:
    """One version of one text."""

    consent: ConsentName
    version: int
    required: bool
    title: dict[Language, str]
    words: dict[Language, str]
    moment: Moment = "request"

    def sha256(self, language: Language) -> str:
        """Hex digest of the words in UTF-8: what proves later what was agreed to."""
        return sha256(self.words[language].encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says was agreed to."""

    consent: ConsentName
    version: int
    language: Language
    signed_on: date | None = None
    """The day on the paper; None when it was agreed to on the screen."""


@dataclass(frozen=True, slots=True)
class Consent:
    """What was agreed to, as a request keeps it."""

    consent: ConsentName
    version: int
    language: Language
    """In which it was read."""
    sha256: str
    """Of the words in that language."""
    means: Literal["online", "paper"]
    given_on: date
    by: AccountId
    """Who agreed on the screen; on paper, who entered it."""
    document_sha256: str | None = None
    """Of the document that the words are about; absent where they are about none."""


TEXTS: Final = (
    Text(
        "data-processing",
        1,
        required=True,
        title={"fr": "Traitement de vos données", "en": "Processing of your data"},
        words={
            "fr": "J’accepte que l’organisme prêteur utilise les informations de cette demande et les documents que je"
            " lui remets pour étudier ma demande, établir le contrat, verser les fonds et suivre les remboursements."
            " Ces informations sont vues par les personnes qui s’occupent de mon dossier et par les prestataires"
            " nécessaires à ces tâches, et par personne d’autre. Elles sont gardées pendant la durée du prêt, puis le"
            " temps que la loi impose. Je peux demander à tout moment à les consulter, à les faire corriger, et à les"
            " faire effacer lorsque la loi le permet. Chaque consultation de mon dossier est enregistrée, et je peux"
            " en voir la liste dans mon espace.",
            "en": "I agree that the lender uses the information in this request, and the documents that I hand in, to"
            " examine my request, to draw up the contract, to pay out the money and to follow the repayments. It is"
            " seen by the people who look after my file and by the service providers that these tasks need, and by"
            " nobody else. It is kept while the loan lasts, then as long as the law demands. I may ask at any time to"
            " see it, to have it corrected, and to have it erased where the law allows. Every look at my file is"
            " recorded, and I can see the list in my space.",
        },
    ),
    Text(
        "electronic-exchange",
        1,
        required=True,
        title={"fr": "Échanges par voie électronique", "en": "Exchanges by electronic means"},
        words={
            "fr": "J’accepte de recevoir par voie électronique, dans mon espace et par courriel, les informations avant"
            " contrat, le contrat, les échéanciers, les reçus et les avis qui concernent ma demande et mon prêt. Je"
            " peux les télécharger et les conserver. Je peux à tout moment demander à les recevoir sur papier, sans"
            " frais, et revenir sur cet accord pour les échanges à venir.",
            "en": "I agree to receive by electronic means, in my space and by e-mail, the information before the contract,"
            " the contract, the schedules, the receipts and the notices about my request and my loan. I can download"
            " and keep them. I may ask at any time to receive them on paper, free of charge, and take this agreement"
            " back for exchanges to come.",
        },
    ),
    Text(
        "pre-contract-information",
        1,
        required=True,
        title={"fr": "Informations avant contrat", "en": "Information before the contract"},
        words={
            "fr": "J’ai reçu, avant le contrat et sous une forme que je peux conserver, les informations sur ce crédit :"
            " qui prête, le montant, la durée, le taux débiteur, le taux annuel effectif global, les échéances, le coût"
            " et le montant total à rembourser, mon droit de me rétracter et celui de rembourser par anticipation. J’ai"
            " eu le temps de les lire et de comparer ce crédit à d’autres offres.",
            "en": "I have received, before the contract and in a form that I can keep, the information about this loan: who"
            " lends, the amount, the time, the interest rate, the annual percentage rate, the instalments, the cost and"
            " the total to repay, my right to step back and my right to repay early. I have had the time to read it and"
            " to compare this loan with other offers.",
        },
        moment="approval",
    ),
)
"""Every version of every text, the newest of each last."""


def present(moment: Moment = "request") -> list[Text]:
    """Each text of this moment as it reads today, in the order in which they are shown."""
    return list({text.consent: text for text in TEXTS if text.moment == moment}.values())


def recorded(
    given: Iterable[Given], by: AccountId, on: date, is_staff: bool, moment: Moment = "request"
) -> list[Consent]:
    """What a loan keeps of what was agreed to. Staff may leave out what was not asked at the desk.

    Raises ConsentMissing or ConsentOnPaper.
    """
    given = list(given)
    if any((each.signed_on is not None) != is_staff for each in given):
        raise ConsentOnPaper("say the day on the paper" if is_staff else "agree to the texts on the screen")
    if not is_staff:
        named = {(each.consent, each.version) for each in given}
        missing = [t for t in present(moment) if t.required and (t.consent, t.version) not in named]
        if missing:
            raise ConsentMissing(", ".join(f"{text.consent} version {text.version}" for text in missing))
    return [_kept(each, by, on, moment) for each in given]


def _kept(given: Given, by: AccountId, on: date, moment: Moment) -> Consent:
    asked = (text for text in TEXTS if text.moment == moment)
    text = next((t for t in asked if (t.consent, t.version) == (given.consent, given.version)), None)
    if text is None:
        raise ConsentMissing(f"there is no version {given.version} of {given.consent}")
    if given.signed_on is not None and given.signed_on > on:
        raise ConsentOnPaper(f"a paper that was signed was signed by {on}")
    return Consent(
        given.consent,
        given.version,
        given.language,
        text.sha256(given.language),
        "online" if given.signed_on is None else "paper",
        given.signed_on or on,
        by,
    )
