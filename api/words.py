"""What people are told when something is refused, in French and English; many lines, because all are in one place.

The English title is the refusal's own docstring. A refusal without a line here is told in English, with the way out
of its status; a test lists the ones that a route can answer and that have no line.
"""

from __future__ import annotations

import inspect
from typing import NamedTuple

from api.language import Language
from eventstore import Rejected


class Words(NamedTuple):
    fr: str
    """The rule."""
    do_fr: str
    do_en: str


def title_of(kind: type[Rejected], language: Language) -> str:
    """The rule, for people."""
    words = WORDS.get(kind.code())
    return words.fr if words and language == "fr" else (inspect.getdoc(kind) or kind.code())


def what_to_do(refusal: Rejected, language: Language) -> str:
    """The way out, for people."""
    words = WORDS.get(refusal.code())
    do_fr, do_en = (words.do_fr, words.do_en) if words else BY_STATUS.get(refusal.status, BY_STATUS[409])
    return do_fr if language == "fr" else do_en


BY_STATUS = {
    400: ("Corrigez la requête puis renvoyez-la.", "Correct the request, then send it again."),
    404: (
        "Vérifiez l'identifiant ; la liste montre ce que vous pouvez voir.",
        "Check the id; the list shows what you may see.",
    ),
    409: (
        "Relisez l'état actuel ; accepted_commands dit ce qui est possible maintenant.",
        "Look at the present state; accepted_commands says what is possible now.",
    ),
    403: ("Demandez à une autre personne habilitée.", "Ask another person who may do this."),
    413: ("Envoyez moins.", "Send less."),
    415: ("Envoyez un des types acceptés.", "Send one of the accepted types."),
    422: ("Corrigez ce qui est indiqué puis renvoyez.", "Correct what is named, then send it again."),
    500: (
        "Réessayez ; si cela dure, indiquez request_id à l'assistance.",
        "Try again; if it lasts, give request_id to support.",
    ),
    503: ("Réessayez dans quelques secondes.", "Try again in a few seconds."),
}

_SIGN_AND_SCAN = (
    "Imprimez le contrat, signez-le, numérisez-le puis envoyez le PDF ou les photos.",
    "Print the contract, sign it, scan it, then send the PDF or the pictures.",
)
_SAVE_AS_PDF = (
    "Imprimez le fichier vers un nouveau PDF et envoyez celui-ci.",
    "Print it to a new PDF and send that.",
)
_EXPORT_AGAIN = (
    "Ouvrez le fichier chez vous, puis exportez-le ou numérisez-le à nouveau.",
    "Open it on your side, then export or scan it again.",
)
_SIGN_IN = (
    "Connectez-vous ; un programme envoie Authorization: Bearer suivi de sa clé.",
    "Sign in; a program sends Authorization: Bearer with its key.",
)
_SOMEBODY_ELSE = ("Demandez à une autre personne habilitée.", "Ask another person who may do this.")

WORDS = {
    # ── of HTTP ────────────────────────────────────────────────────────────
    "bad-cursor": Words(
        "Ce curseur ne vient pas de cette liste.",
        "Reprenez la liste depuis le début, sans cursor.",
        "Start the list again, without cursor.",
    ),
    "body-too-large": Words("La requête est trop volumineuse.", *BY_STATUS[413]),
    "broken-body": Words("Le corps de la requête n'est pas du JSON lisible.", *BY_STATUS[400]),
    "broken-upload": Words(
        "L'envoi n'est pas un formulaire lisible avec un fichier dans le champ « file ».",
        "Envoyez multipart/form-data avec un seul fichier, dans le champ file.",
        "Send multipart/form-data with one file, in the field file.",
    ),
    "header-refused": Words("Un en-tête n'est pas compris.", *BY_STATUS[400]),
    "headers-too-large": Words(
        "Les en-têtes ou l'adresse sont trop longs.", "Raccourcissez-les.", "Make them shorter."
    ),
    "invalid": Words("Des champs manquent ou ont une valeur refusée.", *BY_STATUS[422]),
    "method-refused": Words(
        "Cette adresse ne répond pas à cette méthode.",
        "Consultez /docs : chaque commande et chaque question y a son adresse.",
        "See /docs: each command and each question has its address there.",
    ),
    "no-such-page": Words(
        "Il n'y a rien à cette adresse.",
        "Consultez /docs : chaque commande et chaque question y a son adresse.",
        "See /docs: each command and each question has its address there.",
    ),
    "time-passed": Words(
        "L'horloge ne va que vers l'avant.", "Choisissez un moment à venir.", "Choose a moment still to come."
    ),
    "too-slow": Words(
        "La requête a mis trop de temps à arriver.",
        "Réessayez avec une meilleure connexion.",
        "Try again with a better connection.",
    ),
    "enrolment-needed": Words(
        "Le personnel travaille avec une seconde preuve : clé d'accès ou application de codes.",
        "Ajoutez-la à votre compte, ou connectez-vous à nouveau et montrez-la.",
        "Add one to your account, or sign in again and show it.",
    ),
    "unauthenticated": Words("Un jeton d'accès valable est nécessaire.", *_SIGN_IN),
    "session-over": Words("Cette session est terminée.", *_SIGN_IN),
    "refresh-reused": Words(
        "Ce jeton de renouvellement a déjà servi : quelqu'un en a une copie, sa session est terminée.",
        "Connectez-vous à nouveau, puis regardez vos sessions ; changez votre mot de passe si l'une d'elles vous est"
        " inconnue.",
        "Sign in again, then look at your sessions; change your password if one of them is not yours.",
    ),
    "ambiguous-credentials": Words(
        "Une requête prouve d'une seule manière qui demande.",
        "Envoyez soit le cookie, soit un seul en-tête Authorization.",
        "Send either the cookie or one Authorization header.",
    ),
    "cross-site": Words(
        "Cette demande ne vient pas d'une de nos pages.",
        "Rechargez la page puis recommencez ; un programme envoie Authorization: Bearer sans cookie.",
        "Reload the page, then try again; a program sends Authorization: Bearer without a cookie.",
    ),
    "step-up-required": Words(
        "Cette action demande une preuve d'identité de moins de cinq minutes.",
        "Confirmez votre identité, puis renvoyez la même demande.",
        "Confirm who you are, then send the same request again.",
    ),
    "too-many-live-connections": Words(
        "Ce compte a déjà autant de connexions en direct qu'il peut en avoir.",
        "Fermez des pages ouvertes ailleurs, puis réessayez dans une minute.",
        "Close pages that are open elsewhere, then try again in a minute.",
    ),
    "too-many-requests": Words(
        "Trop d'essais en peu de temps.",
        "Attendez le nombre de secondes indiqué par Retry-After, puis réessayez.",
        "Wait for as many seconds as Retry-After says, then try again.",
    ),
    "too-many-uploads": Words("Trop de fichiers arrivent en même temps.", *BY_STATUS[503]),
    "unknown-host": Words(
        "Ce service ne répond pas à ce nom.",
        "Utilisez l'adresse qui figure dans nos courriels ; l'exploitant peut en déclarer d'autres.",
        "Use the address in our mails; whoever runs this service can declare others.",
    ),
    "unknown-origin": Words(
        "Les pages de ce site ne peuvent pas appeler ce service.",
        "Demandez à l'exploitant d'autoriser ce site, ou appelez depuis un serveur.",
        "Ask whoever runs this service to allow this site, or call from a server.",
    ),
    "not-recorded": Words(
        "La consultation n'a pas pu être consignée, donc rien n'est montré.", *BY_STATUS[503]
    ),
    "wrong-media-type": Words("Ce type de contenu n'est pas accepté ici.", *BY_STATUS[415]),
    "unexpected": Words("Une erreur est survenue de notre côté.", *BY_STATUS[500]),
    "away": Words(
        "Le service ne peut pas répondre pour l'instant.",
        "Réessayez dans quelques secondes, avec la même clé Idempotency-Key : ce qui est fait ne le sera pas deux fois.",
        "Try again in a few seconds, with the same Idempotency-Key: what was done is not done twice.",
    ),
    "not-built": Words("Cette liste est en préparation.", *BY_STATUS[503]),
    # ── signing in ─────────────────────────────────────────────────────────
    "sign-in-refused": Words(
        "Cela ne suffit pas pour se connecter.",
        "Vérifiez l'adresse et le mot de passe, ou demandez un nouveau mot de passe.",
        "Check the address and the password, or ask for a new password.",
    ),
    "factor-refused": Words(
        "Cette seconde preuve ne compte pas : elle est fausse, déjà utilisée ou périmée.",
        "Réessayez avec un nouveau code, ou utilisez un code de secours.",
        "Try again with a new code, or use a recovery code.",
    ),
    "open-id-refused": Words(
        "La connexion par le fournisseur n'a pas abouti.",
        "Recommencez depuis la page de connexion, ou connectez-vous avec votre mot de passe.",
        "Start again from the sign-in page, or sign in with your password.",
    ),
    "identity-not-linked": Words(
        "Aucun compte n'est lié à cette identité.",
        "Connectez-vous avec votre mot de passe, puis liez cette identité à votre compte.",
        "Sign in with your password, then link this identity to your account.",
    ),
    "busy": Words("Trop de personnes se connectent en ce moment.", *BY_STATUS[503]),
    "unknown-factor": Words(
        "Ce compte n'a pas ce second facteur.",
        "Relisez la liste de vos seconds facteurs.",
        "Look at your second factors.",
    ),
    "last-factor": Words(
        "Le personnel garde au moins un second facteur, les administrateurs une clé d'accès.",
        "Ajoutez-en d'abord un autre.",
        "Add another one first.",
    ),
    "too-many-factors": Words(
        "Un compte a au plus dix seconds facteurs.", "Retirez-en un d'abord.", "Remove one first."
    ),
    # ── of every command ───────────────────────────────────────────────────
    "not-found": Words("Rien ne porte cet identifiant.", *BY_STATUS[404]),
    "forbidden": Words("Ce compte n'y est pas autorisé.", *_SOMEBODY_ELSE),
    "stale": Words(
        "Quelqu'un l'a modifié depuis votre lecture.",
        "Relisez, puis décidez à nouveau avec la version actuelle.",
        "Read it again, then decide again with the present version.",
    ),
    "already-exists": Words(
        "Cet identifiant est déjà pris par une autre demande.",
        "Choisissez un nouvel identifiant (UUID version 4 ou 7).",
        "Choose a new id (UUID version 4 or 7).",
    ),
    "claimed": Words(
        "Cette valeur doit être unique et elle est déjà utilisée.",
        "Utilisez une autre valeur, ou retrouvez la fiche qui la porte.",
        "Use another value, or find the record that has it.",
    ),
    "command-mismatch": Words(
        "Cette clé d'idempotence a déjà servi pour une autre demande.",
        "Utilisez une nouvelle clé Idempotency-Key pour chaque intention.",
        "Use a new Idempotency-Key for each intention.",
    ),
    "too-large": Words("La demande enregistrerait plus que la limite.", *BY_STATUS[413]),
    # ── accounts, organisation, products ───────────────────────────────────
    "account-closed": Words(
        "Un compte fermé ne reçoit rien et ne peut rien faire.",
        "Ouvrez un nouveau compte.",
        "Open a new account.",
    ),
    "unknown-key": Words(
        "Ce compte n'a pas cette clé.",
        "Relisez la liste des clés du compte.",
        "Look at the account's keys.",
    ),
    "too-many-keys": Words(
        "Un compte a au plus vingt clés.",
        "Révoquez-en une qui ne sert plus.",
        "Revoke one that is used no more.",
    ),
    "beyond-own-rights": Words(
        "Une clé permet au plus ce que son compte permet.",
        "Demandez moins de droits pour cette clé.",
        "Ask for fewer permissions for this key.",
    ),
    "own-roles": Words(
        "Personne ne change ses propres rôles, clients ou portefeuille.",
        "Demandez à une autre personne qui administre les comptes.",
        "Ask another person who manages accounts.",
    ),
    "looks-after-everybody": Words(
        "Un administrateur ou un auditeur voit tous les dossiers : il n'a pas de portefeuille.",
        "Changez d'abord ses rôles, ou laissez le portefeuille vide.",
        "Change the roles first, or leave the portfolio out.",
    ),
    "address-unchanged": Words(
        "C'est déjà l'adresse de connexion.", "Il n'y a rien à faire.", "There is nothing to do."
    ),
    "no-address": Words(
        "Ce compte n'a pas d'adresse : seuls des programmes l'utilisent.",
        "Ouvrez un compte avec une adresse pour cette personne.",
        "Open an account with an address for this person.",
    ),
    "invitation-taken": Words(
        "Cette personne a déjà choisi un mot de passe.",
        "Qui l'a oublié en demande un nouveau depuis la page de connexion.",
        "Who forgot it asks for a new one on the sign-in page.",
    ),
    "acts-for-somebody": Words(
        "Ce compte agit déjà pour un client.",
        "Demandez à votre conseiller d'ajouter un autre client à votre compte.",
        "Ask your advisor to add another customer to your account.",
    ),
    "not-for-staff": Words(
        "Qui travaille ici enregistre des clients et n'en devient pas un.",
        "Enregistrez le client, ou inscrivez-vous avec une adresse personnelle.",
        "Register the customer, or sign up with an address of your own.",
    ),
    "password-refused": Words(
        "Ce mot de passe ne peut pas être choisi.", "Choisissez-en un autre.", "Choose another one."
    ),
    "password-too-short": Words(
        "Un mot de passe a au moins 15 caractères, ou 8 avec un second facteur.",
        "Une phrase de quelques mots est longue, et facile à retenir.",
        "A phrase of a few words is long, and easy to remember.",
    ),
    "password-too-long": Words(
        "Un mot de passe a au plus 128 caractères.", "Choisissez-en un plus court.", "Choose a shorter one."
    ),
    "password-too-common": Words(
        "Ce mot de passe est parmi ceux que l'on devine en premier.",
        "Choisissez une phrase que personne d'autre n'écrirait.",
        "Choose a phrase that nobody else would write.",
    ),
    "password-too-personal": Words(
        "Un mot de passe ne se compose pas de votre nom, de votre adresse ou des mots de ce service.",
        "Choisissez une phrase que personne d'autre n'écrirait.",
        "Choose a phrase that nobody else would write.",
    ),
    "password-wrong": Words(
        "Le mot de passe actuel est un autre.",
        "Retapez-le ; si vous l'avez oublié, demandez un lien depuis la page de connexion.",
        "Type it again; if you forgot it, ask for a link on the sign-in page.",
    ),
    "link-spent": Words(
        "Ce lien a expiré, a déjà servi, ou n'est pas un des nôtres.",
        "Demandez un nouveau lien depuis la page de connexion, ou une nouvelle invitation.",
        "Ask for a new link on the sign-in page, or for a new invitation.",
    ),
    "proposal-pending": Words(
        "Un seul changement de règles à la fois : celui qui est proposé est d'abord confirmé ou refusé.",
        "Relisez la fiche de l'organisme, puis confirmez ou refusez la proposition en cours.",
        "Read the organisation's card, then confirm or refuse the proposal that waits.",
    ),
    "nothing-proposed": Words(
        "Aucun changement de règles n'attend sous ce numéro.",
        "Relisez la fiche de l'organisme : la proposition a été remplacée, confirmée ou refusée.",
        "Read the organisation's card: the proposal was replaced, confirmed or refused.",
    ),
    "own-proposal": Words(
        "Personne ne confirme un changement de règles qu'il a proposé.",
        "Demandez à un autre administrateur de le confirmer.",
        "Ask another administrator to confirm it.",
    ),
    "nothing-changes": Words("C'est déjà ainsi.", "Il n'y a rien à faire.", "There is nothing to do."),
    "product-withdrawn": Words(
        "Ce produit n'est plus proposé.",
        "Choisissez un produit proposé.",
        "Choose a product that is offered.",
    ),
    "consent-missing": Words(
        "Il manque un accord nécessaire à la demande.",
        "Relisez les textes, qui ont pu changer, et donnez votre accord à chacun de ceux qui sont nécessaires.",
        "Read the texts again, they may have changed, and agree to each one that is required.",
    ),
    "consent-on-paper": Words(
        "Un accord sur papier est saisi par l’équipe, avec le jour où il a été signé.",
        "Donnez votre accord à l’écran, ou vérifiez le jour inscrit sur le papier.",
        "Agree on the screen, or check the day on the paper.",
    ),
    "outside-product": Words(
        "Ce produit ne prête pas ce montant sur cette durée.",
        "Choisissez un montant et une durée dans les bornes du produit, ou un autre produit.",
        "Choose an amount and a term within the product's bounds, or another product.",
    ),
    "unsound-terms": Words(
        "Les conditions du prêt se contredisent, ou ne le remboursent pas.",
        "Corrigez le champ nommé au début du détail, comme il y est dit.",
        "Correct the field that the detail begins with, as it says.",
    ),
    "revised-too-late": Words(
        "Des conditions sont révisées à partir d’aujourd’hui ou plus tard.",
        "Choisissez aujourd’hui ou un jour à venir.",
        "Choose today or a day to come.",
    ),
    "above-product-rate": Words(
        "Le taux dépasse celui du produit.",
        "Accordez au plus le taux du produit.",
        "Grant at most the product's rate.",
    ),
    "above-rate-ceiling": Words(
        "Le prêt coûterait plus que sa loi ne le permet.",
        "Accordez un taux plus bas, ou une autre durée ; le contrôle avant décision montre le plus haut taux possible.",
        "Grant a lower rate, or another term; the check before the decision shows the highest rate that is possible.",
    ),
    "ceiling-not-entered": Words(
        "Aucun taux plafond n'est saisi pour cette loi, ce montant et ce jour.",
        "Une personne du rôle admin le saisit dans « Taux légaux », avec sa source.",
        "Somebody with the role admin enters it under “Legal rates”, with its source.",
    ),
    "value-entered": Words(
        "L'indice a déjà une valeur à partir de ce jour.",
        "Corrigez la valeur qui est entrée.",
        "Correct the value that is entered.",
    ),
    "no-such-value": Words(
        "Aucune valeur en vigueur ne porte ce numéro : elle n'a jamais existé, ou une correction l'a remplacée.",
        "Relisez le registre des indices et choisissez une valeur qui compte.",
        "Look at the register of index values and choose one that counts.",
    ),
    "no-index-value": Words(
        "Le registre n'a pas de valeur de l'indice pour le jour de la révision : le taux du prêt n'est pas connu.",
        "Un administrateur entre la valeur publiée au registre des indices ; la révision est alors reprise.",
        "An admin enters the published value in the register of index values; then the reset is tried again.",
    ),
    "rates-overlap": Words(
        "Un autre taux compte pour une partie de ces montants et de ces jours.",
        "Mettez fin à l'autre taux, corrigez-le, ou choisissez d'autres montants ou d'autres jours.",
        "End the other rate, correct it, or choose other amounts or other days.",
    ),
    "other-currency": Words(
        "Les plafonds de cette loi sont dans une autre devise.",
        "Écrivez les montants dans la devise de la loi.",
        "Write the amounts in the law's currency.",
    ),
    "no-such-rate": Words(
        "Aucun taux qui compte ne porte ce numéro.",
        "Relisez le registre : un taux corrigé l'a peut-être remplacé.",
        "Look at the register again: a corrected rate may have taken its place.",
    ),
    "ends-before-it-begins": Words(
        "Un taux finit son premier jour ou plus tard ; la veille, il n'a jamais compté.",
        "Choisissez un jour plus tard.",
        "Choose a later day.",
    ),
    "nothing-to-import": Words(
        "Tout ce qui a été publié est déjà saisi.",
        "Saisissez les taux des trimestres suivants à la main.",
        "Enter the rates of later quarters by hand.",
    ),
    # ── loans and contracts ────────────────────────────────────────────────
    "not-awaiting-decision": Words("Cette demande de prêt n'attend plus de décision.", *BY_STATUS[409]),
    "not-counter-offered": Words(
        "Seules d'autres conditions proposées, et encore valables, s'acceptent ou se refusent.",
        "Regardez où en est la demande ; passé le dernier jour, faites une nouvelle demande.",
        "See how the request stands; after the last day, make another request.",
    ),
    "same-as-requested": Words(
        "Une contre-proposition change le montant, le nombre d'échéances ou le taux de ce qui a été demandé.",
        "Changez l'un des trois, ou accordez la demande telle quelle.",
        "Change one of the three, or approve the request as it is.",
    ),
    "own-request": Words("Personne ne décide de sa propre demande.", *_SOMEBODY_ELSE),
    "not-approved": Words("Seul un prêt accordé a un contrat à signer.", *BY_STATUS[409]),
    "not-ready-to-disburse": Words(
        "Les fonds partent comme prévu, une seule fois, et seulement après la signature du contrat.",
        "Attendez que la copie signée soit acceptée ; si le prêt est déjà versé, il n'y a rien à faire.",
        "Wait until the signed copy is accepted; if the loan is paid out already, there is nothing to do.",
    ),
    "no-drawdown-to-come": Words(
        "On annule des tirages tant qu'il en reste à venir.",
        "Il n'y a rien à faire : tout ce qui est prêté est versé, ou rien ne l'est encore.",
        "There is nothing to do: everything that is lent has left, or nothing has yet.",
    ),
    "no-payment-yet": Words(
        "La loi interdit tout paiement dans les premiers jours qui suivent la signature.",
        "Attendez le jour indiqué, puis versez les fonds.",
        "Wait for the day that is named, then pay out.",
    ),
    "not-informed": Words(
        "Le contrat part une fois que le client a reçu les informations que la loi veut avant lui.",
        "Faites confirmer la réception des informations, à l'écran ou sur papier.",
        "Have the receipt of the information confirmed, on the screen or on paper.",
    ),
    "information-not-ready": Words(
        "Les informations avant contrat se confirment une fois que leur document est là.",
        "Réessayez dans un moment ; si le document ne vient pas, demandez-le sur papier.",
        "Try again in a moment; if the document does not come, ask for it on paper.",
    ),
    "cannot-step-back": Words(
        "Un client se rétracte d'un contrat signé avant le versement, dans le délai que la loi donne.",
        "Consultez les délais du prêt ; après le versement, remboursez par anticipation.",
        "See the clocks of the loan; after the payout, repay early.",
    ),
    "clock-still-runs": Words("Un délai prend fin une fois son dernier jour écoulé.", *BY_STATUS[409]),
    "unknown-clock": Words("Ce prêt n'a pas de délai de ce numéro.", *BY_STATUS[409]),
    "same-person-as-approver": Words("Qui accorde un prêt ne le verse pas.", *_SOMEBODY_ELSE),
    "value-date-invalid": Words(
        "Cette date n'est pas possible.",
        "Choisissez une date dans l'intervalle indiqué.",
        "Choose a date within the bounds given.",
    ),
    "not-disbursed": Words("Seul un prêt versé se rembourse.", *BY_STATUS[409]),
    "not-awaiting-signature": Words(
        "Ce contrat n'attend pas de signature : son PDF n'est pas prêt, il est signé, ou l'offre a expiré.",
        *BY_STATUS[409],
    ),
    "unsigned-copy": Words(
        "Ce fichier est le contrat tel que nous l'avons envoyé, sans signature.", *_SIGN_AND_SCAN
    ),
    "no-copy-to-review": Words("Aucune copie signée n'attend de décision.", *BY_STATUS[409]),
    "own-copy": Words(
        "Personne n'accepte une copie signée qu'il a remise, ni n'examine celle d'un client pour qui il agit.",
        *_SOMEBODY_ELSE,
    ),
    # ── money that leaves ──────────────────────────────────────────────────
    "above-limit": Words(
        "Le montant dépasse ce que ce compte peut décider.",
        "Demandez à une personne dont le plafond est plus élevé ; la fiche de l'organisme montre les plafonds.",
        "Ask somebody with a higher limit; the organisation's card shows the limits.",
    ),
    "money-stopped": Words(
        "L'arrêt d'urgence est actionné : aucun fonds ne part avant que deux personnes ne l'aient levé.",
        "Voyez pourquoi sous /stop-switch ; une personne habilitée demande la levée, une autre la confirme.",
        "See why under /stop-switch; one person who may asks for the release, another one confirms it.",
    ),
    "not-pulled": Words(
        "Seul un arrêt d'urgence actionné se lève.", "Il n'y a rien à lever.", "There is nothing to release."
    ),
    "release-not-asked": Words(
        "La levée se demande d'abord par une personne, puis se confirme par une autre.",
        "Demandez d'abord la levée.",
        "Ask for the release first.",
    ),
    "own-release": Words("Qui a demandé la levée ne la confirme pas.", *_SOMEBODY_ELSE),
    "payee-cooling-off": Words(
        "Les coordonnées de paiement du client sont confirmées depuis moins de 24 heures : rien n'y est encore viré.",
        "Attendez l'heure indiquée ; si le client ne reconnaît pas ces coordonnées, refusez-les.",
        "Wait until the time given; if the customer does not know these details, refuse them.",
    ),
    "payee-not-confirmed": Words(
        "Les coordonnées de paiement du client ne sont pas confirmées : rien n'y est viré.",
        "Faites-les confirmer par une autre personne, ou refuser.",
        "Have somebody else confirm them, or refuse them.",
    ),
    "payee-not-pending": Words(
        "Seule la dernière proposition se confirme, et seule une proposition qui n'est pas encore en vigueur se refuse.",
        "Relisez les coordonnées de paiement du client.",
        "Read the customer's payees again.",
    ),
    "same-person-as-proposer": Words(
        "Qui a proposé des coordonnées de paiement, ou agit pour le client, ne les confirme pas.",
        *_SOMEBODY_ELSE,
    ),
    "unknown-payee": Words("Le client n'a pas de coordonnées de paiement sous ce numéro.", *BY_STATUS[404]),
    # ── repayments ─────────────────────────────────────────────────────────
    "more-than-owed": Words(
        "Un remboursement ne dépasse pas ce qui reste dû jusqu'à la fin du prêt.",
        "Enregistrez au plus le reste dû ; rendez le surplus.",
        "Record at most what is still owed; give the rest back.",
    ),
    "wrong-currency": Words(
        "Un prêt se rembourse dans sa monnaie.", "Indiquez la monnaie du prêt.", "Name the loan's currency."
    ),
    "repayment-exists": Words(
        "Un remboursement porte déjà cet identifiant.",
        "Choisissez un nouvel identifiant.",
        "Choose a new id.",
    ),
    "not-the-quote": Words(
        "Un prêt se solde par le montant du décompte au jour où l'argent est arrivé.",
        "Demandez le décompte de ce jour et enregistrez exactement son montant.",
        "Ask for the quote of that day and record exactly its amount.",
    ),
    "nothing-repaid-early": Words(
        "Rien n'est à rembourser par anticipation, ou le montant ne le permet pas.",
        "Relisez le décompte ; enregistrez sinon un remboursement ordinaire.",
        "Read the quote; otherwise record an ordinary repayment.",
    ),
    "paid-ahead": Words(
        "Une échéance à venir est déjà payée en partie.",
        "Attendez qu'elle soit échue, ou annulez le versement anticipé.",
        "Wait until it has fallen due, or undo what was paid ahead.",
    ),
    "schedule-moved-on": Words(
        "Une échéance est tombée depuis ce jour, ou l'échéancier a changé.",
        "Relisez l'échéancier et choisissez une date plus récente.",
        "Read the schedule again and choose a later day.",
    ),
    "schedule-rests-on-it": Words(
        "L'échéancier en vigueur repose sur ce remboursement : il ne s'annule pas seul.",
        "Convenez d'abord d'un autre échéancier.",
        "Agree on another schedule first.",
    ),
    "impossible-schedule": Words(
        "Les échéances à venir ne peuvent pas être déplacées ainsi.",
        "Choisissez un autre jour ou une autre durée.",
        "Choose another day or another length.",
    ),
    "unknown-repayment": Words("Ce remboursement n'existe pas.", *BY_STATUS[404]),
    "already-reversed": Words(
        "Ce remboursement est déjà annulé.", "Il n'y a rien à faire.", "There is nothing to do."
    ),
    "already-repaid": Words(
        "Le prêt est clos : tout est réglé, ou il est passé en perte.",
        "Il n'y a rien à encaisser.",
        "There is nothing to receive.",
    ),
    "more-than-unallocated": Words(
        "Seul un argent qui ne règle rien est restitué.",
        "Restituez au plus la somme non imputée.",
        "Send back at most what is unallocated.",
    ),
    "own-receipt": Words(
        "Qui a enregistré l’argent ne le restitue pas seul.",
        "Demandez à une autre personne de le restituer.",
        "Ask somebody else to send it back.",
    ),
    "nothing-past-due": Words(
        "Seul un emprunteur en retard est mis en demeure.",
        "Aucune échéance passée n’est impayée : il n’y a rien à réclamer.",
        "No instalment whose day is over is unpaid: there is nothing to demand.",
    ),
    "notice-too-short": Words(
        "L’emprunteur dispose des jours que prévoit le produit pour payer l’arriéré.",
        "Choisissez un dernier jour plus éloigné ; detail dit le premier possible.",
        "Choose a later last day; detail says the first one that may be.",
    ),
    "notice-running": Words(
        "Une mise en demeure court déjà.",
        "Attendez la fin de son délai.",
        "Wait until its last day is over.",
    ),
    "no-notice": Words(
        "La déchéance du terme suit une mise en demeure dont le délai est écoulé.",
        "Adressez une mise en demeure, ou attendez la fin de son délai.",
        "Give notice, or wait until its last day is over.",
    ),
    "not-in-default": Words(
        "La déchéance du terme suppose que ce que réclamait la mise en demeure reste impayé, avec autant d’échéances "
        "que le prévoit le contrat.",
        "Attendez l’échéance suivante ; pour un retard plus récent, adressez une nouvelle mise en demeure.",
        "Wait for the next instalment; for what is past due since, give another notice.",
    ),
    "own-notice": Words(
        "Qui a mis l’emprunteur en demeure ne prononce pas seul la déchéance du terme.",
        "Demandez à une autre personne de la prononcer.",
        "Ask somebody else to accelerate the loan.",
    ),
    "nothing-to-come": Words(
        "Toutes les échéances sont exigibles : il n’y a plus de terme à perdre.",
        "Regardez le solde du prêt ; encaissez ou proposez un passage en perte.",
        "Look at the balance of the loan; record what is paid, or propose a write-off.",
    ),
    "not-accelerated": Words(
        "La déchéance du terme n’est pas prononcée, ou elle est déjà levée.",
        "Regardez l’échéancier du prêt.",
        "Look at the schedule of the loan.",
    ),
    "nothing-to-write-off": Words(
        "Rien n’est dû : il n’y a rien à passer en perte.",
        "Regardez le solde du prêt.",
        "Look at the balance of the loan.",
    ),
    "write-off-pending": Words(
        "Un passage en perte est déjà proposé.",
        "Confirmez-le ou refusez-le d’abord.",
        "Confirm or refuse it first.",
    ),
    "no-write-off-proposed": Words(
        "Aucun passage en perte n’est proposé.",
        "Proposez-le d’abord, une autre personne le confirme.",
        "Propose it first; somebody else confirms it.",
    ),
    "own-write-off": Words(
        "Qui propose un passage en perte ne le confirme pas seul.",
        "Demandez à une autre personne de le confirmer.",
        "Ask somebody else to confirm it.",
    ),
    "penalties-paused-already": Words(
        "Les pénalités sont déjà suspendues certains de ces jours.",
        "Mettez fin à cette suspension, ou choisissez d’autres jours.",
        "End that pause, or choose other days.",
    ),
    "penalties-not-paused": Words(
        "Aucune suspension des pénalités n’est en cours.",
        "Regardez les suspensions du prêt.",
        "Look at the pauses of the loan.",
    ),
    # ── files and links ────────────────────────────────────────────────────
    "document-damaged": Words(
        "Le document conservé manque ou n'est plus celui d'origine.",
        "Indiquez request_id à l'assistance : le document est à restaurer d'une sauvegarde.",
        "Give request_id to support: the document has to be restored from a backup.",
    ),
    "file-refused": Words("Ce fichier ne peut pas être accepté.", *_SIGN_AND_SCAN),
    "file-too-large": Words(
        "Le fichier est trop volumineux.",
        "Numérisez-le plus petit, par exemple à 200 ppp.",
        "Send a smaller scan, for example at 200 dpi.",
    ),
    "file-not-accepted": Words(
        "Seuls les PDF, PNG et JPEG sont acceptés, d'après leur contenu.", *_SIGN_AND_SCAN
    ),
    "file-mislabelled": Words(
        "Le fichier n'est pas ce que dit son nom ou son type.",
        "Exportez-le à nouveau en PDF, PNG ou JPEG.",
        "Export it again as PDF, PNG or JPEG.",
    ),
    "file-empty": Words("Le fichier est vide.", "Choisissez-le à nouveau.", "Choose it again."),
    "file-broken": Words("Le fichier est abîmé ou incomplet.", *_EXPORT_AGAIN),
    "file-encrypted": Words(
        "Le fichier est protégé par un mot de passe.",
        "Enregistrez une copie sans protection et envoyez celle-ci.",
        "Save a copy without protection and send that.",
    ),
    "file-active": Words("Le fichier contient des scripts ou des actions.", *_SAVE_AS_PDF),
    "file-with-attachments": Words("Le fichier contient d'autres fichiers.", *_SAVE_AS_PDF),
    "file-ambiguous": Words(
        "Le fichier peut se lire comme deux sortes de fichiers à la fois.", *_SAVE_AS_PDF
    ),
    "file-too-complex": Words(
        "Le fichier demande trop de travail à l'ouverture.",
        "Numérisez-le à nouveau, avec moins de pages ou une résolution moindre.",
        "Scan it again, with fewer pages or a lower resolution.",
    ),
    "too-many": Words(
        "Cette liste est trop longue pour être emportée en une fois.",
        "Choisissez une période ou un état, puis recommencez.",
        "Choose a period or a state, then start again.",
    ),
    "too-many-exports": Words(
        "Une liste est déjà en cours d’export.",
        "Attendez qu’elle soit terminée, puis recommencez.",
        "Wait until it is done, then start again.",
    ),
    "upload-expired": Words(
        "Le délai de cet envoi est passé.",
        "Annoncez le fichier à nouveau, puis envoyez-le.",
        "Announce the file again, then send it.",
    ),
    "upload-invalid": Words(
        "Cet envoi n'a pas été annoncé par vous, ou pas pour cela.",
        "Annoncez le fichier là où vous le remettez, puis envoyez-le.",
        "Announce the file where you hand it in, then send it.",
    ),
    "upload-missing": Words(
        "Aucun fichier n'est arrivé.",
        "Envoyez le fichier à l'adresse indiquée, puis remettez-le.",
        "Send the file to the address that was given, then hand it in.",
    ),
    "upload-altered": Words(
        "Le fichier envoyé n'est pas celui qui était annoncé.",
        "Envoyez le fichier annoncé, ou annoncez celui-ci.",
        "Send the file that was announced, or announce this one.",
    ),
    "link-expired": Words(
        "Ce lien a expiré.",
        "Connectez-vous pour récupérer le document, ou demandez un nouveau lien à votre conseiller.",
        "Sign in to fetch the document, or ask your advisor for a new link.",
    ),
    "link-invalid": Words(
        "Ce lien n'est pas un des nôtres.",
        "Vérifiez qu'il est copié en entier, ou connectez-vous pour récupérer le document.",
        "Check that it was copied whole, or sign in to fetch the document.",
    ),
}
