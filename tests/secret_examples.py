"""One text with a secret of each kind, and texts that look like it and hold none.

`{A36}` stands for 36 letters and digits, drawn when the tests run, so that no scanner takes this file for a leak; the part of a text that
has to go stands between `«` and `»`.
"""

from __future__ import annotations

import base64
import random
import re
import string

LETTERS, DIGITS = string.ascii_letters, string.digits
ALPHABETS = {
    "A": LETTERS + DIGITS,
    "B": LETTERS + DIGITS + "+/",
    "C": string.ascii_uppercase + DIGITS,
    "D": DIGITS[1:],
    "H": "0123456789abcdef",
    "L": LETTERS,
    "S": string.ascii_lowercase + DIGITS,
    "U": LETTERS + DIGITS + "-_",
}
UUID = "{H8}-{H4}-{H4}-{H4}-{H12}"

#: Tokens that say themselves what they are: the whole of each has to go.
TOKENS = {
    "1Password key": "A3-{C6}-{C11}-{C5}-{C5}-{C5}",
    "1Password token": "ops_eyJ{A260}",
    "AWS Bedrock key": "ABSK{B120}A",
    "AWS access key id": "AKIA{C16}",
    "Adobe client secret": "p8e-{A32}",
    "Airtable token": "pat{A14}.{H64}",
    "Alibaba access key id": "LTAI{A20}",
    "Anthropic key": "sk-ant-api03-{U93}AA",
    "Artifactory key": "AKCp{A69}",
    "Artifactory token": "cmVmd{A59}",
    "Asana token": "1/{D16}:{H32}",
    "Atlassian token": "ATATT3{U180}A",
    "Azure client secret": "{A3}8Q~{A34}",
    "Bitbucket app password": "ATBB{A32}",
    "Brevo key": "xkeysib-{H64}-{A16}",
    "Buildkite token": "bkua_{H40}",
    "CircleCI token": "CCIPAT_{A22}_{H40}",
    "ClickHouse secret": "4b1d{A38}",
    "Clojars token": "CLOJARS_{S60}",
    "Cloudflare origin key": "v1.0-{H24}-{H146}",
    "Databricks token": "dapi{H32}",
    "DigitalOcean token": "dop_v1_{H64}",
    "Docker token": "dckr_pat_{A27}",
    "Doppler token": "dp.pt.{A43}",
    "Dropbox token": "sl.{U140}A",
    "Duffel token": "duffel_live_{A43}",
    "Dynatrace token": "dt0c01.{C24}.{C64}",
    "EasyPost key": "EZAK{A54}",
    "Facebook token": "EAAC{A120}",
    "Figma token": "figd_{A40}",
    "Firebase key": "AAAA{A7}:{A140}",
    "Fireworks key": "fw_{A24}",
    "Flutterwave key": "FLWSECK-{S32}-X",
    "Fly.io token": "fo1_{A43}",
    "GitHub fine-grained token": "github_pat_{A22}_{A59}",
    "GitHub token": "ghp_{A36}",
    "GitLab job token": "glcbt-64_{A20}",
    "GitLab runner token": "GR1348941{A20}",
    "GitLab token": "glpat-{A20}",
    "Google API key": "AIza{A35}",
    "Google OAuth secret": "GOCSPX-{A28}",
    "Google OAuth token": "ya29.{A100}",
    "Google refresh token": "1//0{A60}",
    "Grafana key": "eyJrIjoi{A90}",
    "Grafana token": "glsa_{A32}_{H8}",
    "Groq key": "gsk_{A52}",
    "Harness key": "pat.{A22}.{A24}.{A20}",
    "HashiCorp Vault token": "hvs.{A95}",
    "Heroku key": "HRKU-AA{A58}",
    "HubSpot token": "pat-na1-" + UUID,
    "Hugging Face token": "hf_{L34}",
    "Infracost token": "ico-{A32}",
    "Instagram token": "IGQV{A140}",
    "JSON web token": "eyJ{A33}.eyJ{A60}.{A43}",
    "LangSmith key": "lsv2_pt_{H32}_{H10}",
    "LaunchDarkly key": "sdk-" + UUID,
    "Linear key": "lin_api_{A40}",
    "Mailchimp key": "{H32}-us12",
    "Mailgun key": "key-{H32}",
    "MaxMind key": "{A6}_{A29}_mmk",
    "MongoDB Atlas secret": "mdb_sa_sk_{A40}",
    "Netlify token": "nfp_{A36}",
    "New Relic key": "NRAK-{C27}",
    "Notion token": "ntn_{D11}{A35}",
    "NuGet key": "oy2{S43}",
    "Octopus Deploy key": "API-{C26}",
    "OpenAI key": "sk-{A20}T3BlbkFJ{A20}",
    "OpenRouter key": "sk-or-v1-{H64}",
    "OpenShift token": "sha256~{A43}",
    "PayPal Braintree token": "access_token$production${S16}${H32}",
    "Perplexity key": "pplx-{A48}",
    "Pinecone key": "pcsk_{A70}",
    "Plaid token": "access-sandbox-" + UUID,
    "PlanetScale token": "pscale_tkn_{A43}",
    "PostHog key": "phx_{A44}",
    "Postman key": "PMAK-{H24}-{H34}",
    "Prefect token": "pnu_{A36}",
    "Pulumi token": "pul-{H40}",
    "PyPI token": "pypi-AgEIcHlwaS5vcmc{A130}",
    "Razorpay key": "rzp_live_{A14}",
    "ReadMe token": "rdme_{S70}",
    "Replicate token": "r8_{A37}",
    "Resend key": "re_{A8}_{A24}",
    "RubyGems token": "rubygems_{H48}",
    "Scalingo token": "tk-us-{A48}",
    "SendGrid key": "SG.{A22}.{A43}",
    "Sentry token": "sntryu_{H64}",
    "Shippo token": "shippo_live_{H40}",
    "Shopify token": "shpat_{H32}",
    "Slack app token": "xapp-1-A{C10}-{D13}-{H64}",
    "Slack token": "xoxb-{D12}-{D12}-{A24}",
    "SonarQube token": "sqp_{H40}",
    "Sourcegraph token": "sgp_{H40}",
    "Square token": "sq0atp-{A22}",
    "Stripe key": "sk_live_{A24}",
    "Stripe webhook secret": "whsec_{A32}",
    "Supabase key": "sbp_{H40}",
    "Tencent secret id": "AKID{A32}",
    "Terraform token": "{A14}.atlasv1.{A65}",
    "Twilio key": "SK{H32}",
    "Twitter bearer token": "AAAAAAAAAAAAAAAAAAAAA{A80}",
    "Typeform token": "tfp_{A59}",
    "Yandex access key": "YCAJ{A36}",
    "Yandex key": "AQVN{A36}",
    "age secret key": "AGE-SECRET-KEY-1{C58}",
    "crates.io token": "cio{A32}",
    "model provider key": "sk-{H32}",
    "npm token": "npm_{A36}",
    "xAI key": "xai-{A80}",
}

_LINES = "{B64}\\n{B64}\\n{B64}\\n{B64}\\n{B64}A"
_PASSWORD = "q{A3}!{D2}Kd{A2}"

#: Secrets known by what stands around them.
FORMS = {
    "Azure account key": ["AccountName=a;AccountKey=«{B86}==»;EndpointSuffix=x"],
    "DingTalk webhook": ["https://oapi.dingtalk.com/robot/send?access_token=«{H64}»"],
    "Discord bot token": ["client.login('«M{A23}.{A6}.{A27}»')", 'bot.run("«N{A23}.{A6}.{A38}»")'],
    "Discord webhook": ["https://discord.com/api/webhooks/«{D18}/{A68}»"],
    "Google Chat webhook": ["https://chat.googleapis.com/v1/spaces/A1/messages?«key={A39}&token={A43}»"],
    "HTTP authorization": ["Authorization: Bearer «{A40}»", 'curl -H "Authorization: token «{H40}»"', "Authorization: Basic «{basic}»"],
    "IFTTT webhook": ["https://maker.ifttt.com/trigger/door/with/key/«{A22}»"],
    "Slack webhook": ["https://hooks.slack.com/services/«T{C8}/B{C8}/{A24}»"],
    "Teams webhook": [f"https://acme.webhook.office.com/webhookb2/«{UUID}@{UUID}/IncomingWebhook/{{H32}}/{UUID}»"],
    "Telegram bot token": ["{D10}:«AA{A33}»"],
    "Zapier webhook": ["https://hooks.zapier.com/hooks/catch/«{D7}/{S7}»"],
    "chat webhook": [f"https://open.feishu.cn/open-apis/bot/v2/hook/«{UUID}»"],
    "npm registry credentials": [f"//registry.acme.io/:_authToken=«{UUID}»", "_auth=«{basic}»"],
    "password in a URL": [f"postgres://app:«{_PASSWORD}»@db.corp.net:5432/app", f"redis://:«{_PASSWORD}»@cache.corp.net/0", f"postgres://app:«{_PASSWORD}»@localhost/x"],
    "password in a command": [f"curl -u deploy:«{_PASSWORD}» https://files.corp.net", f"mysql -u root -p«{_PASSWORD}» app"],
    "password in a connection string": [f"Server=s;User Id=u;Password=«{_PASSWORD}»;", f"jdbc:mysql://h/d?user=u&password=«{_PASSWORD}»", f"host=h user=u password=«{_PASSWORD}» dbname=d"],
    "private JSON web key": ['{"kty": "RSA", "d": "«{U342}»"}'],
    "private key": [
        "-----BEGIN RSA PRIVATE KEY-----\n«" + _LINES.replace("\\n", "\n") + "»\n-----END RSA PRIVATE KEY-----",
        "k = '-----BEGIN OPENSSH PRIVATE KEY-----\\n«" + _LINES + "»\\n-----END OPENSSH PRIVATE KEY-----'",
        'k = ("-----BEGIN PRIVATE KEY-----\\n"\n     "«{B64}\\n"\n     "{B64}\\n"\n     "{B40}A==»\\n"\n     "-----END PRIVATE KEY-----")',
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n«" + _LINES.replace("\\n", "\n") + "\n={B4}»\n-----END PGP PRIVATE KEY BLOCK-----",
        "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 2\n«{B64}\n{B30}A»\nPrivate-MAC: {H40}",
    ],
    "private key in XML": ["<RSAKeyValue><D>«{B170}A=»</D></RSAKeyValue>"],
    "private key in base64": ["tls.key: «{pem}»"],
    "signature of an Azure address": ["https://a.blob.core.windows.net/c?sv=2020&se=2022&sig=«{A41}%2B%3D»"],
}  # fmt: skip

#: A password and a key in the syntax of every core language, data format and shell; {p} and {k} stand for them.
ASSIGNMENTS = {
    "Python": ['password = "{p}"', 'connect(user="a", password="{p}")', 'os.environ["DB_PASSWORD"] = "{p}"', 'api_key = b"{k}"', 'os.getenv("API_KEY", "{k}")', '"secret": "{k}",'],
    "JavaScript": ["const dbPassword = '{p}';", "  password: '{p}',", "process.env.API_KEY || '{k}'", "let apiKey = `{k}`;"],
    "TypeScript": ['private readonly password: string = "{p}";', "const token: string | undefined = '{k}';"],
    "Java": ['String password = "{p}";', 'ds.setPassword("{p}");', 'props.put("db.password", "{p}");', 'DriverManager.getConnection(url, "a", "{p}")', 'static final String API_KEY = "{k}";'],
    "C": ['#define DB_PASSWORD "{p}"', 'char password[32] = "{p}";', 'const char *api_key = "{k}";'],
    "C++": ['std::string password{{"{p}"}};', 'const std::string kApiKey = "{k}";'],
    "C#": ['public string Password {{ get; set; }} = "{p}";', 'new NetworkCredential("a", "{p}")', 'var apiKey = @"{k}";'],
    "Go": ['password := "{p}"', '\tPassword: "{p}",', 'const apiKey = "{k}"'],
    "Rust": ['const PASSWORD: &str = "{p}";', "pub static API_KEY: &'static str = \"{k}\";"],
    "Ruby": ["password: '{p}',", ":password => '{p}'", "ENV['API_KEY'] ||= '{k}'"],
    "PHP": ["$password = '{p}';", "'password' => '{p}',", "define('DB_PASSWORD', '{p}');", "$apiKey = '{k}';"],
    "Kotlin": ['val password: String? = "{p}"', 'const val API_KEY = "{k}"'],
    "Swift": ['let password: String = "{p}"', 'let apiKey = "{k}"'],
    "Scala": ['val password = "{p}"', 'val apiKey: String = "{k}"'],
    "Lua": ['local password = "{p}"', '["api_key"] = "{k}",'],
    "Perl": ["password => '{p}',", "my $api_key = '{k}';"],
    "Visual Basic": ['Dim password As String = "{p}"'],
    "SQL": ["ALTER USER a IDENTIFIED BY '{p}';", "CREATE ROLE a WITH LOGIN PASSWORD '{p}';"],
    "shell": ["export DB_PASSWORD={p}\n", "DB_PASSWORD='{p}'", "PGPASSWORD={p} psql -h db", "tool --password {p} --x", "API_KEY={k}\n", "tool --token {k}"],
    "PowerShell": ['ConvertTo-SecureString "{p}" -AsPlainText'],
    "Dockerfile": ["ENV DB_PASSWORD={p}\n", "ENV DB_PASSWORD {p}\n", "ARG API_KEY={k}\n"],
    "YAML": ["password: {p}\n", 'password: "{p}"', "  - name: DB_PASSWORD\n    value: {p}\n", "    - DB_PASSWORD={p}\n", "api_key: {k}\n"],
    "INI": ["password = {p}\n", "password={p}\n", "api_key = {k}\n", "spring.datasource.password={p}\n"],
    "TOML": ['password = "{p}"', "api_key = '{k}'"],
    "JSON": ['"password": "{p}",', '"{{\\"password\\": \\"{p}\\"}}"', '"apiKey":"{k}"'],
    "XML": ["<password>{p}</password>", '<add key="Password" value="{p}"/>', '<user name="a" password="{p}"/>', "<apiKey>{k}</apiKey>"],
    "Terraform": ['  master_password = "{p}"', 'variable "password" {{\n  default = "{p}"\n}}'],
    "netrc": ["machine a.b login c password {p}\n"],
    "Makefile": ["DB_PASSWORD := {p}\n"],
}  # fmt: skip

LOOK_ALIKES = [
    # names, templates, look-ups and words where a value would stand
    'password = "changeme"', 'password = "your_password_1"', 'password = getpass("Password 1: ")', "password = config['db_pass1']", 'password: "${DB_PASSWORD}"',
    'password = "{{ vault_password1 }}"', "password = os.environ['DB_PASS1']", "password=$DB_PASSWORD1\n", "password: !vault |\n", "password = args[1]", "password: <password1>",
    'token = "IDENTIFIER"', 'token_type = "next_token_2"', 'SecretKeyFactory", "PBEWithHmacSHA256AndAES_128"', "token = l2BaseTokenAddress", 'password_file = "/run/secrets/db_1"',
    'private_key_path = "path/to/privatekey.p8"', 'passwordHash = "5f4dcc3b5aa765d61d8327deb882cf99"', 'password_regex = "^[a-z0-9]{8,}$"', 'bypass = "q8Zr!t5Kd"', "def reset(password: str, x1=2):",
    '"password", "scram-sha-256"', 'primary_key = "a8f5f167f44f4964e6c998dee827110c"', 'public_key = "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu"',
    'key = "a8f5f167f44f4964e6c998dee827110c"', 'cache_key = "a8f5f167f44f4964e6c998dee827110c"', 'next_page_token = "a8f5f167f44f4964e6c998dee827110c"',
    # seen in real files and taken for secrets by an earlier version
    "l.password = f[i+1]\n", "'Test2::Event::Pass' => '1.302138',", 'MovedAttribute("HTTPPasswordMgr", "urllib2", "urllib.request")', "Pass `verbosity=0` to get a table", "pass `check_0d=True`, or",
    'ksft_test_result_pass("%-22s: x1", clock)', 'const SHADERPASS_UV0 = "deferred0";', "Ed25519PrivateKey = ed25519.Ed25519PrivateKey\n", '"client.session-token": "s3.session-token"',
    "'ssh2_auth_password',\n'ssh2_auth_pubkey_file',", '"a11y_incorrect_aria_attribute_type_token","a11y_incorrect_aria_attribute_type_tristate"', "password_encryption = scram-sha-256 # or md5\n",
    'secret = "[a-z0-9]{8}-[a-z0-9]{4}"', "token: `(?:EAAA|sq0atp-)[\\w-]{22,60}`", "upgrade V8 to 4.2.77.20, from 9.6.180.14", "v32.2q0 1.96.56 2.66.7.7 181.182.7.98 0", '#define OID_X520_NAME "2.5.4.41"',
    'SNYK_TOKEN = "12345678-ABCD-ABCD-ABCD-1234567890AB"',
    # what names things and opens none
    'secret_id = "6fa459ea-ee8a-3ca4-894e-db77e160355e"', 'token: "0x5C221E77624690fff6dd741493D735a17716c26B"', "commit 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    '"integrity": "sha512-' + "q8Zrt5Kd" * 10 + '=="', "uses: actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab", 'requests = "sha256:2db9d2d0ebd4ccb9a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718"',
    "h1:8WsTaIvJ8Y3Fl8Zb4c9i7mXVlqMPlp4YtpUKXVjfNyQ=", "4111111111111111", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDJ8e9CkFWm3kq1yP0oXv7zQ",
    "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n-----END CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----\nMFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf\n-----END PUBLIC KEY-----",
    # published by their issuers
    "AKIAIOSFODNN7" + "EXAMPLE", 'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCY' + 'EXAMPLEKEY"', "ghp_" + "x" * 36, "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    # headers of blocks without a block
    "-----BEGIN PRIVATE KEY-----", 'PEM_HEADER = "-----BEGIN RSA PRIVATE KEY-----"\nPEM_FOOTER = "-----END RSA PRIVATE KEY-----"',
    'if text.startswith("-----BEGIN PRIVATE KEY-----"):\n    body = text.split("-----BEGIN PRIVATE KEY-----")[1].strip()\n    end = body.index("-----END PRIVATE KEY-----")',
    # addresses for documentation, of networks, and what is no address
    "http://user:password@example.com/", "git@github.com:a/b.git and ssh://git@host.org/a", "icon@2x.png func@v2.10.1.sql a@b noreply@github.com user@example.com ada@mail.example.org",
    "alice@gmail.com bob@company.com", "127.0.0.1 10.1.2.3 192.168.7.8 203.0.113.9 198.51.100.7 192.0.2.44 8.8.8.8 255.255.255.0 1.2.3.4 40.40.40.40 100.64.1.9 169.254.9.9",
    "81.2.69.160/28 and 81.2.69.0", "version 81.2.69.160", "see section 4.1.2.1 and 2.0.11.3", "1.2.3.4.5 256.1.1.1 01.2.3.4 v81.2.69.160", "M6.72 15.68 1.82.7.98 0 2", "OID 2.5.29.35",
    "::1 fe80::1 fd00::a:b 2001:db8::1 2001:4860:4860::8888 2002:5102:45a0::1 3fff::1", "std::vector 12:34:56 2024:11:30 aa:bb:cc:dd:ee:ff a::before 2001:", "2001:0d:e5",
]  # fmt: skip


def fill(template: str, seed: int = 0) -> str:
    """The template with random letters; the same for the same seed."""
    rng = random.Random(f"{template}{seed}")

    def drawn(match: re.Match[str]) -> str:
        name, length = match[1], int(match[2] or 0)
        if name == "basic":
            return base64.b64encode(
                b"deploy:" + "".join(rng.choices(ALPHABETS["A"], k=14)).encode() + b"7x"
            ).decode()
        if name == "pem":
            body = "".join(rng.choices(ALPHABETS["B"], k=180))
            return base64.b64encode(f"-----BEGIN RSA PRIVATE KEY-----\n{body}".encode()).decode()
        text = rng.choices(ALPHABETS[name], k=length)
        if name in "BU":  # a sign at either end might blend with what stands beside it
            text[0], text[-1] = "Q", "w"
        return "".join(text)

    return re.sub(r"\{(basic|pem|[ABCDHLSU])(\d*)\}", drawn, template)


def split(marked: str) -> tuple[str, str]:
    """The text without marks, and the secret between them; the whole text where there are none."""
    text = marked.replace("«", "").replace("»", "")
    return text, marked[marked.index("«") + 1 : marked.index("»")] if "«" in marked else text
