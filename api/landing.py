"""Where the links of mails lead: a page to choose a password, and one to confirm an address.

The token stands behind the ``#``, which no browser sends: a script from here takes it from the address and asks the
API, as the web client will.
"""

from __future__ import annotations

import html
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from access.passwords import LONG_ENOUGH, LONG_ENOUGH_WITH_FACTOR, LONGEST
from api.headers import PAGES
from api.language import Language, language_of
from api.sign_up import router as asked

router = APIRouter(include_in_schema=False)

Page = Literal["password", "address"]

ASKS: Final[dict[Page, str]] = {
    "password": f"{asked.prefix}/password",
    "address": f"{asked.prefix}/email",
}
"""What each page sends the token to."""

WORDS: Final[dict[Language, dict[str, str]]] = {
    "fr": {
        "password": "Choisir un mot de passe",
        "password.about": "Long, c’est bien : quatre ou cinq mots que vous êtes la seule personne à mettre ensemble."
        f" Au moins {LONG_ENOUGH} caractères, {LONG_ENOUGH_WITH_FACTOR} si vous avez déjà un second facteur.",
        "password.label": "Mot de passe",
        "password.done": "Votre mot de passe est choisi. Toute session ouverte jusque-là est fermée.",
        "address": "Confirmer cette adresse",
        "address.about": "Désormais, vous vous connecterez avec l’adresse qui a reçu ce lien.",
        "address.done": "L’adresse est confirmée : connectez-vous désormais avec elle.",
        "no.token": "Ce lien n’est pas entier : ouvrez-le depuis le courriel, tel quel.",
        "no.answer": "Le service ne répond pas : réessayez dans un instant.",
        "no.script": "Cette page a besoin de JavaScript : la clé du lien reste dans votre navigateur, qui ne l’envoie pas"
        " de lui-même.",
        "next": "Les pages pour se connecter viendront ; en attendant, tout se fait par l’interface de programmation,"
        " que décrit sa documentation.",
        "docs": "Documentation",
    },
    "en": {
        "password": "Choose a password",
        "password.about": "Long is good: four or five words that nobody but you would put together."
        f" At least {LONG_ENOUGH} characters, {LONG_ENOUGH_WITH_FACTOR} when you have a second factor already.",
        "password.label": "Password",
        "password.done": "Your password is chosen. Every session that was open until now is closed.",
        "address": "Confirm this address",
        "address.about": "From now on you will sign in with the address that this link was sent to.",
        "address.done": "The address is confirmed: sign in with it from now on.",
        "no.token": "This link is not whole: open it from the mail, as it is.",
        "no.answer": "The service does not answer: try again in a moment.",
        "no.script": "This page needs JavaScript: the key of the link stays in your browser, which does not send it by"
        " itself.",
        "next": "Pages to sign in with will come; until then everything is done through the API, which its"
        " documentation describes.",
        "docs": "Documentation",
    },
}

_PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title><link rel="stylesheet" href="/home.css">
<h1>{title}</h1><noscript><p>{no_script}</p></noscript>
<form id="ask" method="post" action="{asks}" data-done="{done}" data-no-token="{no_token}" data-no-answer="{no_answer}">
<p>{about}</p>{field}<p><button disabled>{title}</button></p></form>
<p id="said" role="status"></p><p id="next" hidden>{next} <a href="/docs">{docs}</a></p>
<script src="/landing.js"></script>
"""

_FIELD = """<p><label>{label} <input name="password" type="password" autocomplete="new-password" required
minlength="{least}" maxlength="{most}"></label></p>"""

_SCRIPT = """"use strict";
const form = document.getElementById("ask"), said = document.getElementById("said");
form.querySelector("button").disabled = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button"), token = location.hash.slice(1);
  if (!token) { said.textContent = form.dataset.noToken; return; }
  button.disabled = true;
  try {
    const body = JSON.stringify({token, ...Object.fromEntries(new FormData(form))});
    const headers = {"Content-Type": "application/json"};
    const answer = await fetch(form.action, {method: "POST", credentials: "omit", headers, body});
    const told = await answer.json();
    said.textContent = answer.ok ? form.dataset.done : told.title + " " + told.what_to_do;
    if (answer.ok) {
      form.hidden = true;
      document.getElementById("next").hidden = false;
      history.replaceState(null, "", location.pathname);
    }
  } catch { said.textContent = form.dataset.noAnswer; }
  button.disabled = false;
});
"""


@router.get("/password")
def password(request: Request) -> HTMLResponse:
    words = WORDS[language_of(request)]
    label = html.escape(words["password.label"])
    return _page("password", request, _FIELD.format(label=label, least=LONG_ENOUGH_WITH_FACTOR, most=LONGEST))


@router.get("/address")
def address(request: Request) -> HTMLResponse:
    return _page("address", request)


@router.get("/landing.js")
def script() -> Response:
    return Response(_SCRIPT, media_type="text/javascript", headers={"Cache-Control": "max-age=86400"})


def _page(page: Page, request: Request, field: str = "") -> HTMLResponse:
    language = language_of(request)
    words = {name: html.escape(text) for name, text in WORDS[language].items()}
    drawn = _PAGE.format(
        language=language,
        title=words[page],
        about=words[f"{page}.about"],
        done=words[f"{page}.done"],
        no_token=words["no.token"],
        no_answer=words["no.answer"],
        no_script=words["no.script"],
        next=words["next"],
        docs=words["docs"],
        asks=ASKS[page],
        field=field,
    )
    return HTMLResponse(drawn, headers={**PAGES, "Content-Language": language, "Vary": "Accept-Language"})
