"""Tokens for writing and running code: hosting, registries, continuous integration, chat, monitoring.

Prefixes, alphabets and lengths are those of gitleaks' rules (config/gitleaks.toml, commit b58d3f1) and detect-secrets 1.5.0, and where
issuers let a token grow (GitHub: up to 255) longer ones are taken too.
"""

from __future__ import annotations

from codecorpus.filters.secret_pattern import pattern, token

ALNUM, URL, HEX = "[A-Za-z0-9]", r"[A-Za-z0-9_\-]", "[a-f0-9]"
# Not inside a word; the letter of an escape is none.
START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"

HOSTING = (
    token("GitHub token", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", tail=f"{ALNUM}{{36,251}}"),
    token("GitHub fine-grained token", "github_pat_", tail="[A-Za-z0-9_]{50,244}"),
    token(
        "GitLab token",
        *(
            "glpat-",
            "gldt-",
            "glrt-",
            "glft-",
            "glsoat-",
            "glffct-",
            "glimt-",
            "gloas-",
            "glptt-",
            "glagent-",
        ),
        tail=URL + r"{20,300}(?:\.[0-9a-z]{2}[0-9a-z]{7})?",
    ),
    token("GitLab job token", "glcbt-", tail=f"(?:{ALNUM}{{1,5}}_)?{URL}{{20,50}}"),
    token("GitLab runner token", "GR1348941", tail=URL + "{20,50}"),
    token("Bitbucket app password", "ATBB", tail=ALNUM + "{32}"),
    token("Atlassian token", "ATATT3", "ATCTT3", tail=r"[A-Za-z0-9_\-=]{100,250}"),
    token("npm token", "npm_", tail=ALNUM + "{36}"),
    token("PyPI token", "pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBp", tail=URL + "{50,1000}"),
    token("RubyGems token", "rubygems_", tail=HEX + "{48}"),
    token("crates.io token", "cio", tail=ALNUM + "{32}", check="mixed token"),
    token("NuGet key", "oy2", tail="[a-z0-9]{43}", check="mixed token"),
    token("Clojars token", "CLOJARS_", tail="[A-Za-z0-9]{60}"),
    token("Docker token", "dckr_pat_", "dckr_oat_", tail=URL + "{27,32}"),
    token("Artifactory key", "AKCp", tail=ALNUM + "{69}"),
    token("Artifactory token", "cmVmd", tail=ALNUM + "{59}"),
    token("Postman key", "PMAK-", tail="[a-fA-F0-9]{24}-[a-fA-F0-9]{34}"),
    pattern(
        "Terraform token",
        ".atlasv1.",
        START + r"(?P<it>[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_\-=]{60,70})(?![A-Za-z0-9_])",
        before=14,
    ),
    token("Pulumi token", "pul-", tail=HEX + "{40}"),
    token("CircleCI token", "CCIPAT_", "CCIPRJ_", tail=f"{ALNUM}{{22}}_{HEX}{{40}}"),
    token("Buildkite token", "bkua_", tail=HEX + "{40}"),
    token("Octopus Deploy key", "API-", tail="[A-Z0-9]{26}", check="mixed token"),
    token("Harness key", "pat.", "sat.", tail=rf"{URL}{{22}}\.{ALNUM}{{24}}\.{ALNUM}{{20}}"),
    token("Prefect token", "pnu_", tail=ALNUM + "{36}"),
    token("Netlify token", "nfp_", tail=ALNUM + "{36,40}"),
    token("Heroku key", "HRKU-AA", tail=URL + "{58}"),
    token("Fly.io token", "fo1_", tail=URL + "{43}"),
    token("Fly.io token", "fm1a_", "fm1r_", "fm2_", tail="[A-Za-z0-9+/]{100,1000}={0,3}"),
    token("Figma token", "figd_", tail=URL + "{38,44}"),
    token("ReadMe token", "rdme_", tail="[a-z0-9]{70}"),
    token("Sourcegraph token", "sgp_", tail="(?:(?:[a-fA-F0-9]{16}|local)_)?[a-fA-F0-9]{40}"),
    token("SonarQube token", "squ_", "sqp_", "sqa_", tail=HEX + "{40}"),
    token("OpenShift token", "sha256~", tail=URL + "{43}"),
    token("Infracost token", "ico-", tail=ALNUM + "{32}"),
)

CHAT_AND_WORK = (
    token("Slack token", "xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-", "xoxo-", tail=r"[A-Za-z0-9\-]{10,250}"),
    token("Slack token", "xoxe-", "xoxe.xoxb-", "xoxe.xoxp-", tail=r"\d-[A-Za-z0-9]{100,200}"),
    token("Slack token", "xoxe-", tail=r"[0-9]{8,14}-[A-Za-z0-9\-]{20,200}"),
    token("Slack app token", "xapp-", tail=r"\d-[A-Z0-9]{5,20}-\d{5,20}-[a-z0-9]{20,80}"),
    token("Linear key", "lin_api_", "lin_oauth_", tail=ALNUM + "{40,64}"),
    token("Notion token", "ntn_", tail=ALNUM + "{43,50}"),
    token("Notion token", "secret_", tail=ALNUM + "{43}"),
    token("Airtable token", "pat", tail=rf"{ALNUM}{{14}}\.{HEX}{{64}}"),
    token("Typeform token", "tfp_", tail=r"[A-Za-z0-9_\-.=]{59}"),
    token("Dropbox token", "sl.", tail=r"(?:u\.)?[A-Za-z0-9_\-=]{130,1200}"),
    token("Asana token", "0/", "1/", "2/", tail=r"\d{16}(?:/\d{16})?:[a-f0-9]{32}"),
    token(
        "1Password key", "A3-", tail="[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"
    ),
    token("1Password token", "ops_eyJ", tail="[A-Za-z0-9+/]{200,2000}={0,3}"),
)

MONITORING = (
    token("Sentry token", "sntrys_eyJ", tail="[A-Za-z0-9+/=]{60,500}_[A-Za-z0-9+/]{43}"),
    token("Sentry token", "sntryu_", tail=HEX + "{64}"),
    token("Grafana token", "glc_", tail="[A-Za-z0-9+/]{32,400}={0,3}"),
    token("Grafana token", "glsa_", tail="[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}"),
    token("Grafana key", "eyJrIjoi", tail="[A-Za-z0-9]{60,400}={0,3}"),
    token("New Relic key", "NRAK-", tail="[A-Z0-9]{27}"),
    token("New Relic key", "NRII-", tail=r"[A-Za-z0-9\-_]{32}"),
    token("New Relic key", "NRJS-", tail=HEX + "{19}"),
    token("Dynatrace token", "dt0c01.", "dt0s01.", "dt0s02.", tail=r"[A-Z0-9]{24}\.[A-Z0-9]{64}"),
    token("LaunchDarkly key", "sdk-", "mob-", "api-", tail=f"{HEX}{{8}}(?:-{HEX}{{4}}){{3}}-{HEX}{{12}}"),
    token("PostHog key", "phx_", tail=ALNUM + "{43,48}"),
)
