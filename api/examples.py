"""Examples for the OpenAPI page: every body and every answer shows one, made from its schema."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

BY_FORMAT = {
    "uuid": "10a00000-0000-4000-8000-000000000001",
    "date": "2026-05-04",
    "date-time": "2026-05-04T09:30:00Z",
    "binary": "(bytes)",
}

BY_NAME: dict[str, Any] = {
    "account": "274",
    "address": "8 rue de la République\n69002 Lyon",
    "advance": 0,
    "amount": 22161,
    "balance": 0,
    "cause": "10a00000-0000-4000-8000-000000000001:5",
    "closed_because": None,
    "code": "pret-personnel",
    "contact_line": "contrats@prets-du-fleuve.example · +33 4 72 00 00 00",
    "copy_refused_because": "La page 3 manque",
    "country": "FR",
    "credit": 0,
    "currency": "EUR",
    "days_past_due": 0,
    "debit": 500000,
    "declined_because": "Revenus insuffisants pour cette durée",
    "email": "awa.kone@example.org",
    "failed_because": None,
    "file_name": "contrat signé.pdf",
    "instalments": 24,
    "interest": 2500,
    "interest_due": 2500,
    "interest_paid": 2500,
    "ip": "192.0.2.17",
    "key": "contracts/10a00000-0000-4000-8000-000000000001/9f86d081884c7d65.pdf",
    "label": "Awa Koné",
    "language": "fr",
    "legal_form": "SAS au capital de 250 000 €",
    "legal_name": "Prêts du Fleuve",
    "max_months": 60,
    "max_principal": 3000000,
    "media_type": "application/pdf",
    "message_id": "<10a00000@quittance.localhost>",
    "method": "transfer",
    "min_months": 6,
    "min_principal": 100000,
    "months": 24,
    "movement": "disbursement",
    "name": "Awa Koné",
    "nature": "person",
    "next": None,
    "next_due": 22161,
    "number": 1,
    "overdue": 0,
    "pages": 4,
    "phone": "+2250700000000",
    "policy": "four-eyes",
    "principal": 500000,
    "principal_due": 19661,
    "principal_owed": 480339,
    "principal_paid": 19661,
    "purpose": "Un vélo cargo pour les livraisons",
    "rate": 600,
    "reason": "Une seule conseillère en août.",
    "received": 22161,
    "reference": "L-2026-000123",
    "registered_office": "14 quai Saint-Antoine\n69002 Lyon",
    "registration": "RCS Lyon 912 345 678",
    "return_address": "contrats@prets-du-fleuve.example",
    "reversed_because": None,
    "roles": "advisor",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "size": 48213,
    "status": "requested",
    "template": "contract",
    "time_zone": "Europe/Paris",
    "title_en": "Personal loan",
    "title_fr": "Prêt personnel",
    "token": "9n2mV0kq8QpW3xY7sT1uR5eZ4cA6bD0f",
    "user_agent": "Mozilla/5.0",
    "version": 2,
    "via": "account",
}
"""Where a schema says less than people know: property names of our own, in minor units where they are amounts."""

_KINDS: dict[str, type] = {"string": str, "integer": int, "number": int, "boolean": bool}


def example(schema: Schema, components: dict[str, Schema], name: str = "") -> Any:
    """A value that the schema would accept; what it says itself comes first."""
    for word in ("examples", "enum"):
        if schema.get(word):
            return schema[word][0]
    if (reference := schema.get("$ref")) is not None:
        return example(components[reference.rpartition("/")[2]], components, name)
    if "const" in schema:
        return schema["const"]
    if (either := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")) is not None:
        return None if BY_NAME.get(name, name) is None else example(either[0], components, name)
    return _of_type(schema, components, name)


def _of_type(schema: Schema, components: dict[str, Schema], name: str) -> Any:
    kind = schema.get("type", "")
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        return {"1": example(schema["additionalProperties"], components)}
    if kind == "object":
        return {key: example(inner, components, key) for key, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {}), components, name)]
    known = BY_FORMAT.get(schema.get("format", "")) or BY_NAME.get(name)
    return known if isinstance(known, _KINDS.get(kind, object)) else _plain(schema, kind)


def _plain(schema: Schema, kind: str) -> Any:
    if kind == "string":
        return "Texte libre".ljust(schema.get("minLength", 0), ".")[: schema.get("maxLength", 200)]
    return schema.get("default", False) if kind == "boolean" else int(schema.get("minimum", 1))
