"""Secrets to plant, drawn from what issuers and standards say about their forms, and never from our own patterns.

Each kind is a function of a `random.Random` that gives (text, secret): what stands in the file, and the part of it that must go.
Lengths, alphabets and prefixes vary as far as the description lets them.
"""

import base64

from drawing import ALNUM, BASE64, DIGITS, HEX, LETTERS, SIGNS, UPPER, URL, WORDS, draw, token, whole


def web_token(rng):
    """RFC 7519: three parts of base64url, the first two of them JSON objects."""
    part = lambda text: base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()  # noqa: E731
    head = part(f'{{"alg":"{rng.choice(["HS256", "RS256", "ES384"])}","typ":"JWT"}}')
    body = part(
        f'{{"sub":"{rng.randint(10**5, 10**9)}","iat":{rng.randint(16 * 10**8, 18 * 10**8)},"role":"{rng.choice(WORDS)}"}}'
    )
    return f"{head}.{body}.{draw(rng, URL, 42)}{draw(rng, ALNUM, 1)}"


def lines_of(text, width):
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def private_key(rng):
    """RFC 7468 and OpenSSH's PROTOCOL.key: base64 in lines of 64 or 70 between two labels."""
    label = rng.choice(
        [
            "RSA PRIVATE KEY",
            "PRIVATE KEY",
            "EC PRIVATE KEY",
            "OPENSSH PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "DSA PRIVATE KEY",
        ]
    )
    size = rng.randint(160, 240) if label.startswith("EC") else rng.randint(500, 2400)
    body = lines_of("MII" + draw(rng, BASE64, size) + "=" * rng.randint(0, 2), 70 if "SSH" in label else 64)
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----", body


def pgp_key(rng):
    """RFC 4880, section 6.2."""
    body = lines_of(draw(rng, BASE64, rng.randint(900, 3000)), 64)
    label = "PGP PRIVATE KEY BLOCK-----"
    return f"-----BEGIN {label}\nVersion: GnuPG v2\n\n{body}\n={draw(rng, BASE64, 4)}\n-----END {label}", body


def putty_key(rng):
    """PuTTY's manual, appendix C."""
    body = lines_of(draw(rng, BASE64, rng.randint(600, 1100)), 64)
    head = f"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: key\nPublic-Lines: 1\n{draw(rng, BASE64, 60)}\n"
    return (
        f"{head}Private-Lines: {body.count(chr(10)) + 1}\n{body}\nPrivate-MAC: {draw(rng, HEX, 40)}\n",
        body,
    )


def chosen_password(rng):
    """As people choose them: words, a year or a number, and often a sign."""
    word = "".join(rng.choice([str.title, str.lower])(rng.choice(WORDS)) for _ in range(rng.randint(1, 2)))
    return word + draw(rng, DIGITS, 2, 4) + rng.choice(["", "", "!", "#", "$", "?"])


def random_password(rng):
    while True:
        text = draw(rng, ALNUM, 10, 20)
        if any(c.isdigit() for c in text) and any(c.isalpha() for c in text):
            return text


def signed_password(rng):
    """Letters, digits and signs, as managers of passwords make them; neither quotes nor backslashes, which would need escapes."""
    text = [*draw(rng, LETTERS, 5, 12), *draw(rng, DIGITS, 2, 5), *draw(rng, SIGNS, 1, 4)]
    rng.shuffle(text)
    # A setting without quotes does not start with one of these in any format.
    while not text[0].isalnum() or text[-1] in ",;":
        rng.shuffle(text)
    return "".join(text)


def email(rng):
    local = (
        rng.choice(WORDS) + rng.choice([".", "_", "-", "+", ""]) + rng.choice(WORDS) + draw(rng, DIGITS, 0, 3)
    )
    host = f"{rng.choice(WORDS)}{rng.choice(['', '-', '.'])}{rng.choice(WORDS)}.{rng.choice(['com', 'org', 'net', 'io', 'de', 'co.uk', 'fr', 'dev', 'edu'])}"
    return f"{local}@{host}"


def ipv4(rng):
    while True:
        octets = [rng.randint(11, 223), rng.randint(0, 255), rng.randint(0, 255), rng.randint(1, 254)]
        # None of the private, shared, loopback, link-local, documentation and benchmark ranges.
        if octets[0] not in (100, 127, 169, 172, 192, 198, 203) and len(set(octets)) > 1:
            return ".".join(map(str, octets))


def ipv6(rng):
    """Global unicast (RFC 4291) of the ranges that registries hand out: 2400::/12, 2600::/12, 2a00::/12."""
    head = rng.choice(["24", "26", "2a"]) + "0" + draw(rng, HEX, 1)
    if rng.random() < 0.5:
        return f"{head}:{draw(rng, HEX[1:], 1)}{draw(rng, HEX, 3)}:{draw(rng, HEX[1:], 1)}{draw(rng, HEX, 2)}::{draw(rng, HEX[1:], 1, 4)}"
    return ":".join([head, *(draw(rng, HEX[1:], 1) + draw(rng, HEX, 3) for _ in range(7))])


def host(rng):
    return f"{rng.choice(WORDS)}{rng.randint(1, 9)}.{rng.choice(WORDS)}.{rng.choice(['net', 'io', 'internal', 'com'])}"


def url_password(scheme, port, path):
    def make(rng):
        password = rng.choice(
            [random_password, chosen_password, lambda r: draw(r, ALNUM + "!*-_.~", 9, 20) + "7k"]
        )(rng)
        password = password.replace("#", "!").replace("?", "!")
        user = rng.choice(["", rng.choice(WORDS)]) if scheme == "redis" else rng.choice(WORDS)
        return f"{scheme}://{user}:{password}@{host(rng)}{port}{path}", password

    return make


def connection(form):
    def make(rng):
        password = rng.choice([random_password, chosen_password])(rng)
        return form.format(h=host(rng), u=rng.choice(WORDS), d=rng.choice(WORDS), p=password), password

    return make


def azure_storage(rng):
    key = draw(rng, BASE64, 86) + "=="
    return (
        f"DefaultEndpointsProtocol=https;AccountName={rng.choice(WORDS)};AccountKey={key};EndpointSuffix=core.windows.net",
        key,
    )


#: Tokens that say themselves what they are. Sources: the issuers' pages on their tokens; where an issuer says nothing, GitHub's page of
#: secret scanning partners names the prefix.
TOKENS = {
    "GitHub classic": token("ghp_ gho_ ghu_ ghs_ ghr_", ALNUM, 36),
    "GitHub fine-grained": whole(lambda r: f"github_pat_{draw(r, ALNUM, 22)}_{draw(r, ALNUM, 59)}"),
    "GitLab": token("glpat- gldt- glrt-", URL, 20),
    "Slack bot": whole(
        lambda r: f"xoxb-{draw(r, DIGITS, 10, 13)}-{draw(r, DIGITS, 10, 13)}-{draw(r, ALNUM, 24)}"
    ),
    "Slack user": whole(
        lambda r: f"xoxp-{draw(r, DIGITS, 11)}-{draw(r, DIGITS, 11)}-{draw(r, DIGITS, 12)}-{draw(r, HEX, 32)}"
    ),
    "Slack webhook": lambda r: (
        f"https://hooks.slack.com/services/{(p := f'T{draw(r, UPPER + DIGITS, 8, 10)}/B{draw(r, UPPER + DIGITS, 8, 10)}/{draw(r, ALNUM, 24)}')}",
        p,
    ),
    "Discord webhook": lambda r: (
        f"https://discord.com/api/webhooks/{(p := f'{draw(r, DIGITS[1:], 18)}/{draw(r, URL, 67)}a')}",
        p,
    ),
    "Stripe": token("sk_live_ rk_live_ sk_test_", ALNUM, 24, 99),
    "AWS access key id": token("AKIA ASIA", UPPER + "234567", 16),
    "Google API": token("AIza", URL, 35),
    "Google OAuth secret": token("GOCSPX-", URL, 28),
    "npm": token("npm_", ALNUM, 36),
    "PyPI": token("pypi-AgEIcHlwaS5vcmc", URL, 120, 180),
    "RubyGems": token("rubygems_", HEX, 48),
    "Docker Hub": token("dckr_pat_", URL, 27),
    "Twilio": token("SK", HEX, 32),
    "SendGrid": whole(lambda r: f"SG.{draw(r, URL, 22)}.{draw(r, URL, 42)}z"),
    "Mailgun": token("key-", HEX, 32),
    "Mailchimp": whole(lambda r: f"{draw(r, HEX, 32)}-us{r.randint(1, 21)}"),
    "OpenAI classic": whole(lambda r: f"sk-{draw(r, ALNUM, 20)}T3BlbkFJ{draw(r, ALNUM, 20)}"),
    "OpenAI project": whole(lambda r: f"sk-proj-{draw(r, URL, 74)}T3BlbkFJ{draw(r, URL, 73)}Q"),
    "Anthropic": whole(lambda r: f"sk-ant-api03-{draw(r, URL, 93)}AA"),
    "Hugging Face": token("hf_", LETTERS, 34),
    "DigitalOcean": token("dop_v1_", HEX, 64),
    "Databricks": token("dapi", HEX, 32),
    "Shopify": token("shpat_ shpca_ shppa_ shpss_", HEX, 32),
    "Square": token("sq0atp-", URL, 22),
    "Vault": token("hvs.", URL, 90, 110),
    "Telegram bot": lambda r: (f"{draw(r, DIGITS[1:], 9, 10)}:{(p := 'AA' + draw(r, URL, 32) + 'x')}", p),
    "Postman": whole(lambda r: f"PMAK-{draw(r, HEX, 24)}-{draw(r, HEX, 34)}"),
    "New Relic": token("NRAK-", UPPER + DIGITS, 27),
    "Grafana": whole(lambda r: f"glsa_{draw(r, ALNUM, 32)}_{draw(r, HEX, 8)}"),
    "Atlassian": token("ATATT3xFfGF0", URL, 170, 185),
    "Azure client secret": whole(lambda r: f"{draw(r, ALNUM, 3)}8Q~{draw(r, ALNUM + '_~.-', 33)}w"),
    "age": token("AGE-SECRET-KEY-1", "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "JSON web token": whole(web_token),
}
#: Keys without a form of their own, which only a name can give away.
KEYS = {
    "AWS secret access key": whole(lambda r: draw(r, BASE64, 40)),
    "hexadecimal key": whole(lambda r: draw(r, HEX, r.choice([32, 40, 64]))),
    "random key": whole(lambda r: draw(r, ALNUM, 24, 48)),
    "base64 key": whole(lambda r: base64.b64encode(r.randbytes(r.choice([24, 32, 48]))).decode()),
}
PASSWORDS = {
    "password, random": whole(random_password),
    "password, with signs": whole(signed_password),
    "password, chosen": whole(chosen_password),
}
#: What stands in a string of its own, whatever its name.
STRINGS = {
    "PostgreSQL URL": url_password("postgresql", ":5432", "/app"),
    "MongoDB URL": url_password("mongodb+srv", "", "/?retryWrites=true"),
    "Redis URL": url_password("redis", ":6379", "/0"),
    "AMQP URL": url_password("amqp", ":5672", "/vhost"),
    "HTTPS URL with password": url_password("https", "", "/repo.git"),
    "ADO connection string": connection("Server={h};Database={d};User Id={u};Password={p};Encrypt=true"),
    "ODBC connection string": connection("Driver={{ODBC Driver 17}};Server={h};UID={u};PWD={p};"),
    "JDBC URL": connection("jdbc:mysql://{h}:3306/{d}?user={u}&password={p}"),
    "libpq connection string": connection(
        "host={h} port=5432 dbname={d} user={u} password={p} sslmode=require"
    ),
    "Azure storage": azure_storage,
    "e-mail address": whole(email),
    "IPv4 address": whole(ipv4),
    "IPv6 address": whole(ipv6),
}
BLOCKS = {"private key": private_key, "PGP private key": pgp_key, "PuTTY private key": putty_key}
