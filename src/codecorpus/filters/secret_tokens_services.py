"""Tokens of cloud providers, databases, models, payment, mail and shops. Sources as in `secret_tokens`."""

from __future__ import annotations

from codecorpus.filters.secret_pattern import pattern, token
from codecorpus.filters.secret_tokens import ALNUM, HEX, START, URL

CLOUD = (
    token("AWS access key id", "AKIA", "ASIA", "ABIA", "ACCA", tail="[A-Z0-9]{16}"),
    token("AWS Bedrock key", "ABSK", tail="[A-Za-z0-9+/]{109,269}={0,2}"),
    token("Google API key", "AIza", tail=URL + "{35}"),
    token("Google OAuth secret", "GOCSPX-", tail=URL + "{28}"),
    token("Google OAuth token", "ya29.", tail=r"[A-Za-z0-9_\-.]{30,400}"),
    token("Firebase key", "AAAA", tail=URL + "{7}:[A-Za-z0-9_\\-]{140}"),
    token("Google refresh token", "1//0", tail=URL + "{40,150}"),
    token("Alibaba access key id", "LTAI", tail=ALNUM + "{12,24}", check="mixed token"),
    token("Tencent secret id", "AKID", tail=ALNUM + "{32}", check="mixed token"),
    token("Yandex key", "AQVN", tail=URL + "{35,38}"),
    token("Yandex access key", "YCAJ", "YCP", tail=URL + "{21,37}", check="mixed token"),
    token("DigitalOcean token", "dop_v1_", "doo_v1_", "dor_v1_", tail=HEX + "{64}"),
    token("Cloudflare origin key", "v1.0-", tail=f"{HEX}{{24}}-{HEX}{{146}}"),
    token("Databricks token", "dapi", tail=HEX + "{32}(?:-[0-9])?"),
    token("HashiCorp Vault token", "hvs.", "hvb.", "hvr.", tail=URL + "{24,300}"),
    token(
        "Doppler token",
        "dp.pt.",
        "dp.st.",
        "dp.ct.",
        "dp.sa.",
        tail=r"(?:[a-z0-9_\-]{2,35}\.)?[A-Za-z0-9]{40,44}",
    ),
    token("PlanetScale token", "pscale_tkn_", "pscale_oauth_", "pscale_pw_", tail=r"[A-Za-z0-9_=.\-]{32,64}"),
    token("Supabase key", "sbp_", tail=HEX + "{40}"),
    token("Supabase key", "sb_secret_", tail=URL + "{22,40}"),
    token("MongoDB Atlas secret", "mdb_sa_sk_", tail=URL + "{40}"),
    token("ClickHouse secret", "4b1d", tail=ALNUM + "{38}"),
    token("Scalingo token", "tk-us-", tail=URL + "{48}"),
    pattern(
        "MaxMind key",
        "_mmk",
        START + r"(?P<it>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?![A-Za-z0-9_])",
        before=36,
    ),
    pattern(
        "Azure client secret",
        "q~",
        r"(?:(?<![A-Za-z0-9_~.\-])|(?<=\\[nrt]))(?P<it>[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.\-]{31,34})(?![A-Za-z0-9_~\-])",
        before=4,
    ),
)

MODELS = (
    token(
        "OpenAI key",
        "sk-",
        tail=r"(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_\-]{16,100}T3BlbkFJ[A-Za-z0-9_\-]{16,100}",
    ),
    token("OpenAI key", "sk-proj-", "sk-svcacct-", "sk-admin-", tail=URL + "{40,200}"),
    token("Anthropic key", "sk-ant-", tail=URL + "{80,130}"),
    token("OpenRouter key", "sk-or-v1-", tail=HEX + "{64}"),
    token("model provider key", "sk-", tail="(?:[a-f0-9]{32}|[A-Za-z0-9]{48})", check="mixed token"),
    token("Hugging Face token", "hf_", "api_org_", tail="[A-Za-z0-9]{34,40}"),
    token("Groq key", "gsk_", tail=ALNUM + "{52}"),
    token("xAI key", "xai-", tail=ALNUM + "{80}"),
    token("Perplexity key", "pplx-", tail=ALNUM + "{48}"),
    token("Replicate token", "r8_", tail=ALNUM + "{37}"),
    token("Fireworks key", "fw_", tail=ALNUM + "{24}", check="mixed token"),
    token("LangSmith key", "lsv2_pt_", "lsv2_sk_", tail=f"{HEX}{{32}}_{HEX}{{10}}"),
    token("Pinecone key", "pcsk_", tail="[A-Za-z0-9_]{60,80}"),
)

PAYMENT_AND_SHOPS = (
    token(
        "Stripe key",
        "sk_live_",
        "rk_live_",
        "sk_test_",
        "rk_test_",
        "sk_prod_",
        "rk_prod_",
        tail=ALNUM + "{16,247}",
    ),
    token("Stripe webhook secret", "whsec_", tail="[A-Za-z0-9+/]{24,88}={0,2}"),
    token("Square token", "sq0atp-", "sq0csp-", tail=URL + "{22,60}", check="mixed token"),
    token("Square token", "EAAA", tail=URL + "{60}", check="mixed token"),
    token(
        "PayPal Braintree token",
        "access_token$production$",
        "access_token$sandbox$",
        tail=r"[a-z0-9]{16}\$[a-f0-9]{32}",
    ),
    token("Shopify token", "shpat_", "shpss_", "shpca_", "shppa_", tail="[a-fA-F0-9]{32}"),
    token("Flutterwave key", "FLWSECK-", "FLWSECK_TEST-", tail="[A-Za-z0-9]{12,32}(?:-X)?"),
    token(
        "Plaid token",
        "access-sandbox-",
        "access-development-",
        "access-production-",
        tail=f"{HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}}",
    ),
    token("Razorpay key", "rzp_live_", "rzp_test_", tail=ALNUM + "{14}", check="mixed token"),
    token("Shippo token", "shippo_live_", "shippo_test_", tail="[a-fA-F0-9]{40}"),
    token("Duffel token", "duffel_live_", "duffel_test_", tail=r"[A-Za-z0-9_\-=]{43}"),
    token("EasyPost key", "EZAK", "EZTK", tail=ALNUM + "{54}"),
)

MAIL_AND_CONTACT = (
    token("SendGrid key", "SG.", tail=r"[A-Za-z0-9_\-]{20,24}\.[A-Za-z0-9_\-]{39,50}"),
    token("Mailgun key", "key-", tail=HEX + "{32}"),
    token("Brevo key", "xkeysib-", "xsmtpsib-", tail=f"{HEX}{{64}}-{ALNUM}{{16}}"),
    token("Resend key", "re_", tail=r"[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,30}", check="mixed token"),
    pattern("Mailchimp key", "-us", START + r"(?P<it>[0-9a-f]{32}-us\d{1,2})(?![A-Za-z0-9_])", before=32),
    token("Twilio key", "SK", tail=HEX + "{32}"),
    token("Facebook token", "EAAC", "EAAM", "EAAG", "EAAB", tail="[A-Za-z0-9]{60,300}"),
    token("Twitter bearer token", "AAAAAAAAAAAAAAAAAAAAA", tail="[A-Za-z0-9%]{60,120}"),
    token(
        "HubSpot token",
        "pat-na1-",
        "pat-eu1-",
        "pat-na2-",
        "pat-ap1-",
        tail=f"{HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}}",
    ),
    token("Adobe client secret", "p8e-", "p8-", tail=r"[A-Za-z0-9_\-]{32}", check="mixed token"),
    token("Instagram token", "IGQV", tail=r"[A-Za-z0-9_\-]{100,300}"),
    pattern("Telegram bot token", ":aa", r"(?-i:(?<=\d{8}):(?P<it>AA[A-Za-z0-9_\-]{33})(?![A-Za-z0-9_\-]))"),
)

KEYS = (token("age secret key", "AGE-SECRET-KEY-1", tail="[A-Z0-9]{58}"),)
