"""Whether the name that a value is set to says that the value itself is secret: `db_password` does, `password_file` does not."""

from __future__ import annotations

import re

_WORD = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PASSWORD = re.compile(
    rb"(?:[a-z]*(?:password|passwd|passphrase|passcode|passwort|kennwort|contrasena)|(?!(?:by|com|sur|tres|encom|over)pass)[a-z]*pass|[a-z]*pwd|[a-z]*psk)\Z"
)
# Whose password it is, where the name says only `pass`.
_OWNER = re.compile(
    rb"(?:\w*(?:db|database|user|my|smtp|ftp|mail|email|root|admin|login|web|app|sql|pg|postgres|redis|mongo|ldap|ssh|ssl|tls|key|store|wifi|proxy"
    rb"|http|auth|account|client|server|svn|git|become|sudo|vnc|imap|pop|nexus|repo|rpc|api|bot|sys|oracle|system|service|host|conn|connection"
    rb"|rabbit|rabbitmq|amqp|mq|jenkins|docker|registry|cert|pem|pfx|sign|signing|vault|master|default|test|dev|prod|ap|wpa|mqtt|wlan|net|backup"
    rb"|basic|elastic|es|kafka|hub|cloud|remote|local|bind|storage|zip|pdf|private|secret|new|old|current))?\Z"
)
_TOKEN = re.compile(rb"(?:[a-z]*(?:secret|token|credentials?|keys?)|code)\Z")
# Words after the telling one with which a name only speaks of a secret.
_ABOUT = frozenset(
    b"hash hashed hashes digest sha md checksum fingerprint signature path paths file filename files dir directory folder url"
    b" uri endpoint type types kind name names regex regexp re pattern policy rule rules label labels placeholder hint message"
    b" msg error errors title text texts format field fields input column columns prefix suffix length len size min max count"
    b" index expires expire expiry expiration ttl timeout lifetime interval class id ids identifier arn ref reference version"
    b" algorithm algo alg cipher provider manager handler service factory store storage env var variable header headers param"
    b" params parameter strength list set map enabled required help desc description template mode scope scopes issuer audience"
    b" address account location source usage attr attribute property property selector encryption encoding method mechanism"
    b" auth mgr realm with protection grant flow dialog page screen view form button link icon generator validator encoder"
    b" hasher salt key_name created updated date time at by from to for in of on is not".split()
)
# Words anywhere in the name of a key or token that opens nothing.
_PUBLIC = frozenset(
    b"public pub csrf xsrf page next prev previous cursor primary foreign cache sort partition continuation resume sync dedupe idempotency"
    b" translation i18n locale string placeholder example html tag cell row column unique natural composite shortcut hot map dict"
    b" site publishable anon keyboard keyword keywords tokenizer etag hash checksum sha digest commit revision".split()
)
# Words that make a key one that opens something: `api_key`, `key` by itself says nothing.
_OPENING = (
    rb"api|app|application|access|account|admin|auth|authentication|authorization|private|priv|secret|encryption|encrypt|decrypt|crypt|crypto"
    rb"|signing|sign|client|consumer|service|master|storage|subscription|shared|session|security|hmac|webhook|jwt|write|deploy|license|licence"
    rb"|server|cipher|aes|root|user|db|database|data|ssh|rsa|dsa|integration|ingest|instrumentation|function|host|password|pass|cookie|token"
    rb"|aws|azure|gcp|google|github|gitlab|stripe|twilio|sendgrid|mailgun|mailchimp|openai|anthropic|cohere|mistral|groq|deepl|algolia|airtable"
    rb"|datadog|dd|newrelic|sentry|heroku|netlify|vercel|fastly|cloudflare|cf|fcm|firebase|maps|mapbox|here|weather|openweather|tmdb|omdb"
    rb"|twitter|facebook|discord|slack|telegram|linear|notion|okta|auth0|plaid|paypal|braintree|square|shopify|postmark|sparkpost|pusher"
    rb"|amplitude|mixpanel|segment|intercom|zendesk|hubspot|salesforce|snyk|sonar|codecov|circle|travis|jenkins|nuget|artifactory|jfrog"
    rb"|kraken|binance|coinbase|etherscan|infura|alchemy|yandex|alibaba|tencent|baidu|captcha|recaptcha|rapidapi|finnhub|contentful|sumo"
)
_OPENING_KEY = re.compile(rb"(?:" + _OPENING + rb")?keys?\Z")
_OPENING_WORD = re.compile(rb"(?:" + _OPENING + rb")\Z")
# Issuers whose keys have the form of a UUID, after gitleaks' rules.
_UUID_ISSUER = re.compile(
    rb"heroku|snyk|hubspot|kucoin|sendbird|squarespace|messagebird|postmark|pipedream|checkly|launchdarkly|tavily|uptrace|cloudflare",
    re.I,
)


def words_of(name: bytes) -> list[bytes]:
    """The words of a name, in small letters.

    >>> words_of(b"DB_userPassword2")
    [b'db', b'user', b'password', b'2']
    """
    return [word.lower() for word in _WORD.findall(name)]


def is_password_name(name: bytes) -> bool:
    """Whether a name says that its value is a password.

    >>> is_password_name(b"DB_PASS"), is_password_name(b"password_file"), is_password_name(b"bypass")
    (True, False, False)
    """
    words = words_of(name)
    telling = max((at for at, word in enumerate(words) if _PASSWORD.match(word)), default=-1)
    return telling >= 0 and _ABOUT.isdisjoint(words[telling + 1 :])


def is_passing_name(name: bytes) -> bool:
    """Whether `pass` in a name may as well mean that something passes: a test, a step of drawing.

    >>> is_passing_name(b"SHADERPASS_UV0"), is_passing_name(b"smtp_pass"), is_passing_name(b"password")
    (True, False, False)
    """
    telling = [at for at, word in enumerate(words_of(name)) if _PASSWORD.match(word)]
    if not telling or not (words := words_of(name))[telling[-1]].endswith(b"pass"):
        return False
    return not _OWNER.match(b"".join(words[: telling[-1] + 1])[: -len(b"pass")])


def is_key_name(name: bytes) -> bool:
    """Whether a name says that its value is a key or token that opens something.

    >>> is_key_name(b"STRIPE_API_KEY"), is_key_name(b"private_key_path"), is_key_name(b"sort_key"), is_key_name(b"nextToken")
    (True, False, False, False)
    """
    words = words_of(name)
    telling = max((at for at, word in enumerate(words) if _TOKEN.match(word)), default=-1)
    if telling < 0 or not _PUBLIC.isdisjoint(words) or not _ABOUT.isdisjoint(words[telling + 1 :]):
        return False
    word = words[telling]
    if word in (b"key", b"keys", b"code"):
        return any(_OPENING_WORD.match(other) for other in words[:telling])
    return not word.endswith((b"key", b"keys")) or bool(_OPENING_KEY.match(word))


def issues_uuids(name: bytes) -> bool:
    """Whether the name is that of an issuer whose keys are UUIDs.

    >>> issues_uuids(b"HEROKU_API_KEY"), issues_uuids(b"secret_id")
    (True, False)
    """
    return _UUID_ISSUER.search(name) is not None
