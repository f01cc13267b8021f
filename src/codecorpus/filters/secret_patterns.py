"""All patterns, in the order in which they are tried where several start at one place."""

from __future__ import annotations

from codecorpus.filters import secret_assignments as assignments
from codecorpus.filters import secret_forms as forms
from codecorpus.filters import secret_tokens as tokens
from codecorpus.filters import secret_tokens_services as services
from codecorpus.filters.secret_pattern import Pattern

PATTERNS: tuple[Pattern, ...] = (
    *forms.BLOCKS,
    *tokens.HOSTING,
    *tokens.CHAT_AND_WORK,
    *tokens.MONITORING,
    *services.CLOUD,
    *services.MODELS,
    *services.PAYMENT_AND_SHOPS,
    *services.MAIL_AND_CONTACT,
    *services.KEYS,
    *forms.WEBHOOKS,
    *forms.ADDRESSES,
    *forms.HEADERS,
    *forms.ARGUMENTS,
    *assignments.SALTS,
    *assignments.PASSWORDS,
    *assignments.KEYS_AND_TOKENS,
)

#: Every kind of secret that can be found, sorted.
KINDS = tuple(sorted({pattern.kind for pattern in PATTERNS}))
