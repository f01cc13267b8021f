"""Secrets known by the form of what stands around them: key blocks, addresses with a password, headers, webhooks, signatures."""

from __future__ import annotations

from codecorpus.filters.secret_pattern import PASSWORD, pattern

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# The end of a value that stands bare in a command, an address or a string.
_END = r"(?=[\s\"'`<>&;,)\]}\\|#]|\Z)"

# Base64 lines as they stand in files, comments, and strings of any language; `check` finds where they begin and end. 65,536 bytes hold
# the largest RSA key that OpenSSL makes (16,384 bits, 12,700 bytes) and PGP blocks with pictures; more is cut there.
_BODY = r"(?P<it>(?:[A-Za-z0-9+/=\s\\\"'`,:;.()#*<>$&|_\[\]{}!~@%]|-(?!---)){1,65536}+)"

BLOCKS = (
    pattern("private key", ("-----begin ", "---- begin "), r"-{4,5} ?BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)? ?-{4,5}" + _BODY, check="block"),
    pattern("private key", "private-lines:", r"private-lines: ?\d{1,4}(?P<it>(?:(?:\s|\\[nr]|[\"'#*+.,/]){1,60}+[A-Za-z0-9+/=]{1,64}(?![A-Za-z0-9+/=\-])){1,200}+)", check="key lines"),
    pattern("private key in base64", "ls0tls1crudjti", r"(?-i:(?P<it>LS0tLS1CRUdJTi(?:[A-Za-z0-9+/]|\r?\n[ \t]{0,40}(?=[A-Za-z0-9+/]{4,76}={0,2}[ \t]{0,4}(?:\r?\n|\Z))){200,65536}+={0,2}))", check="encoded block", inside_word=False),
    pattern("private key in XML", "<d> <p> <q> <dp> <dq> <inverseq>", r"<(?:D|P|Q|DP|DQ|InverseQ)>(?P<it>[A-Za-z0-9+/\s]{40,3000}={0,2}\s{0,9})</", check="random"),
    pattern("private JSON web key", '"d" \\"d\\" "k"', r"\\?\"[dk]\\?\"\s{0,4}:\s{0,4}\\?\"(?P<it>[A-Za-z0-9_\-]{42,1400})\\?\"", check="random"),
)  # fmt: skip

ADDRESSES = (
    # The user may be empty (Redis); the password ends at the last @ before the host, and has no / unless the host follows it.
    pattern("password in a URL", "://", r"://[^\s:/@'\"<>{}()\[\]\\,`]{0,80}:(?P<it>[^\s:/@'\"<>{}\[\]\\,`]{1,120})@(?=[A-Za-z0-9\[$%{])", placeholder=PASSWORD, check="url password", follow="user"),
    pattern("password in a connection string", "pwd= password= passwd=", r"(?:pwd|password|passwd)=(?P<it>[^\s;'\"<>{}&`]{4,120})(?=[;&'\"\s`<]|\\|\Z)", placeholder=PASSWORD, check="connection password"),
    pattern("password in a connection string", "jdbc:oracle:thin:", r"jdbc:oracle:thin:[\w.\-]{1,40}/(?P<it>[^\s/@'\"<>{}]{4,80})@", placeholder=PASSWORD, check="url password"),
    pattern("Azure account key", "accountkey= sharedaccesskey= sharedsecret=", r"(?:accountkey|sharedaccesskey|sharedsecret)=(?P<it>[A-Za-z0-9+/]{43,86}={1,2})", check="random"),
    pattern("signature of an Azure address", "sig=", r"(?<=[?&;])sig=(?P<it>(?:[A-Za-z0-9+/]|%[0-9a-f]{2}){43,120}(?:=|%3d){0,2})" + _END, check="token", inside_word=False, follow="token"),
)  # fmt: skip

WEBHOOKS = (
    pattern("Slack webhook", "hooks.slack.com/", r"hooks\.slack\.com/(?:services|workflows|triggers)/(?P<it>[A-Za-z0-9+/]{30,80})", check="token"),
    pattern("Discord webhook", "discord.com/api/ discordapp.com/api/", r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/(?P<it>\d{15,21}/[A-Za-z0-9_\-]{50,80})"),
    pattern("Teams webhook", "webhook.office.com/", rf"webhook\.office\.com/webhookb2/(?P<it>{_UUID}@{_UUID}/[A-Za-z]{{3,20}}/[0-9a-z]{{32}}/{_UUID}(?:/[A-Za-z0-9_\-]{{1,60}})?)"),
    pattern("Zapier webhook", "hooks.zapier.com/", r"hooks\.zapier\.com/hooks/(?:catch|standard)/(?P<it>\d{4,10}/[a-z0-9]{5,10})(?![a-z0-9])", check="any"),
    pattern("IFTTT webhook", "maker.ifttt.com/", r"maker\.ifttt\.com/trigger/[^/\s\"']{1,60}/(?:json/)?with/key/(?P<it>[A-Za-z0-9_\-]{15,60})"),
    pattern("Google Chat webhook", "chat.googleapis.com/", r"chat\.googleapis\.com/v1/spaces/[^/\s]{1,40}/messages\?(?P<it>key=[A-Za-z0-9_\-]{20,60}&(?:amp;)?token=[A-Za-z0-9_\-%]{20,80})"),
    pattern("chat webhook", "open.feishu.cn/ open.larksuite.com/ qyapi.weixin.qq.com/", rf"(?:open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/|qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=)(?P<it>{_UUID})"),
    pattern("DingTalk webhook", "oapi.dingtalk.com/", r"oapi\.dingtalk\.com/robot/send\?access_token=(?P<it>[0-9a-f]{64})"),
)  # fmt: skip

_FIRST_ARGUMENT = r"\s{0,4}(?:[\w.]{1,40}|[\"'][^\"'\n]{0,80}[\"'])\s{0,4},\s{0,20}"
_ARGUMENT = r"(?P<quote>[\"'])(?P<it>[^\s\"'\\]{6,120})(?P=quote)"

ARGUMENTS = (
    pattern("password", "getconnection(", rf"getconnection\({_FIRST_ARGUMENT}{_FIRST_ARGUMENT}{_ARGUMENT}", placeholder=PASSWORD, check="password"),
    pattern("password", "credential( credentials( basicauth( authentication( basic_auth( .login( .auth( auth=(", rf"[\w.]{{0,20}}=?\({_FIRST_ARGUMENT}{_ARGUMENT}", placeholder=PASSWORD, check="password"),
    pattern("password", "convertto-securestring", rf"convertto-securestring(?:[ \t]+-string)?[ \t]+{_ARGUMENT}", placeholder=PASSWORD, check="password"),
    pattern("password", ("requirepass ", "masterauth "), r"(?:requirepass|masterauth)[ \t]+[\"']?(?P<it>[^\s\"']{6,120})", placeholder=PASSWORD, check="password"),
    # A line of .pgpass: host, port, database, user, password.
    pattern("password", ":5432:", r":5432:[\w*\-]{1,60}:[\w*\-]{1,60}:(?P<it>[^\s:\"'<>]{6,120})(?=\s|\Z)", placeholder=PASSWORD, check="password"),
    pattern("key or token", "app_key", r"app_key[\"']?\s{0,3}(?:=>|[=:])\s{0,3}[\"']?base64:(?P<it>[A-Za-z0-9+/]{40,100}={0,2})", check="random"),
)  # fmt: skip

HEADERS = (
    pattern("JSON web token", "eyj", r"(?-i:(?P<it>eyJ[A-Za-z0-9_\-]{10,4000}\.eyJ[A-Za-z0-9_\-]{10,8000}\.(?:[A-Za-z0-9_\-]{10,2000})?))(?![A-Za-z0-9_\-])", check="token", follow="token", inside_word=False),
    pattern("HTTP authorization", ("bearer ",), r"bearer (?P<it>[A-Za-z0-9+/_\-.~]{16,2000}={0,2})(?![A-Za-z0-9_])", check="header"),
    pattern("HTTP authorization", "authorization", r"authorization[\"']?\s{0,3}(?:[:=,]|=>|\]\s{0,3}=)\s{0,3}[\"'`]?(?:token|apikey|api-key|key|bot) (?P<it>[A-Za-z0-9+/_\-.]{16,400}={0,2})(?![A-Za-z0-9_])", check="header"),
    pattern("HTTP authorization", ("basic ",), r"basic (?P<it>[A-Za-z0-9+/]{8,400}={0,2})(?![A-Za-z0-9_+/=\-])", check="basic", inside_word=False),
    pattern("password in a command", ("-u ", "--user ", "--user=", '-u"', "-u'"), r"(?:-u|--user)[ =]?[\"']?[A-Za-z0-9_.@+\-]{1,60}:(?P<it>[^\s\"'`:/<>]{4,100})" + _END, placeholder=PASSWORD, check="command password"),
    pattern("password in a command", ("mysql", "mariadb", "sshpass", "docker login", "podman login"), r"(?:mysql(?:dump|admin)?|mariadb|sshpass|(?:docker|podman) login)\b(?:[ \t]+[^\s|;&]{1,60}){0,12}?[ \t]-p[ \t]?[\"']?(?P<it>[^\s\"'`|;&$<>\-][^\s\"'`|;&$<>]{5,80})" + _END, placeholder=PASSWORD, check="password", inside_word=False),
    pattern("Discord bot token", (".login(", ".run(", ".start(", "bot "), r"(?:\.(?:login|run|start)\(\s{0,4}\\{0,3}[\"'`]|bot )(?P<it>[MNO][A-Za-z0-9_\-]{22,27}\.[A-Za-z0-9_\-]{6}\.[A-Za-z0-9_\-]{27,40})(?![A-Za-z0-9_\-])"),
    pattern("npm registry credentials", "_authtoken=", rf"_authtoken=[\"']?(?P<it>{_UUID})", check="any"),
    pattern("npm registry credentials", "_auth=", r"_auth=[\"']?(?P<it>[A-Za-z0-9+/]{12,400}={0,2})" + _END, check="basic"),
)  # fmt: skip
