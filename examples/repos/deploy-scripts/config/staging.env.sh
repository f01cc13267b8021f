# Settings of the staging machines. Every secret in this file is made up, and there to be found.
export STAGING_REGION=eu-north-1
export STAGING_BUCKET=releases-staging
export AWS_ACCESS_KEY_ID=AKIAQ3ZPWJ6KXN4TBV2R
export RELEASE_CONTACT=release.team@deploy-scripts.dev
export DATABASE_PASSWORD="vQ7p-Lm4Tz-kX9r2"

# Written to the machine once, when it is set up.
read -r -d '' STAGING_HOST_KEY <<'KEY' || true
-----BEGIN RSA PRIVATE KEY-----
VGhpcyBpcyBub3QgYSBwcml2YXRlIGtleS4gSXQgd2FzIHdyaXR0ZW4gZm9yIHRo
ZSBleGFtcGxlcyBvZiBjb2RlY29ycHVzLCB0byBiZSBmb3VuZCBieSBpdHMgc2Vh
cmNoIGZvciBzZWNyZXRzLCBhbmQgb3BlbnMgbm90aGluZyBhdCBhbGwuIFRoaXMg
aXMgbm90IGEgcHJpdmF0ZSBrZXkuIEl0IHdhcyB3cml0dGVuIGZvciB0aGUgZXhh
bXBsZXMgb2YgY29kZWNvcnB1cywgdG8gYmUgZm91bmQgYnkgaXRzIHNlYXJjaCBm
b3Igc2VjcmV0cywgYW5kIG9wZW5zIG5vdGhpbmcgYXQgYWxsLiA=
-----END RSA PRIVATE KEY-----
KEY
export STAGING_HOST_KEY
