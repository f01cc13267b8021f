"""Licences, secrets and personal data."""

from __future__ import annotations

from codecorpus.rules.rule import STARCODER, Rule

POLICY = (
    Rule(
        "CC301",
        "licence not allowed",
        "A licence of the document, or its class, is denied, or not in the allowed list; of alternatives, each is.",
        "The user asked for other licences.",
        "licences.allow",
    ),
    Rule(
        "CC311",
        "secret",
        "A key, token, password or private key was found: replaced by a placeholder, or the document dropped or flagged, as configured; the decision says which kinds and where, by line and byte.",
        "Models repeat what they have read.",
        "secrets.action",
        STARCODER,
    ),
    Rule(
        "CC312",
        "personal data",
        "An e-mail or public IP address was found: replaced by a placeholder, or the document dropped or flagged, as configured; the decision says where, by line and byte.",
        "Models repeat what they have read.",
        "secrets.personal_data",
        STARCODER,
    ),
)
