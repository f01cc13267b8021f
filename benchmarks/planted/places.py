"""Where secrets stand in files of each language: assignments, arguments, settings, commands, comments."""

from drawing import WORDS
from kinds import BLOCKS, KEYS, PASSWORDS, TOKENS

# Lines with {n} for a name as the language writes it, {N} for one in capitals, {v} for the value.
QUOTED = {
    "py": ['{n} = "{v}"', "{N} = '{v}'", 'connect(host, {n}="{v}")', '    "{n}": "{v}",', 'os.environ["{N}"] = "{v}"', 'x = os.getenv("{N}", "{v}")'],
    "js": ['const {n} = "{v}";', "let {n} = '{v}';", "  {n}: '{v}',", 'const x = process.env.{N} || "{v}";', "const {n} = `{v}`;"],
    "ts": ['const {n}: string = "{v}";', "  private readonly {n} = '{v}';", "  {n}: '{v}',"],
    "java": ['private static final String {N} = "{v}";', 'props.setProperty("{n}", "{v}");', 'String {n} = "{v}";', 'map.put("{n}", "{v}");'],
    "c": ['#define {N} "{v}"', 'static const char *{n} = "{v}";', 'char {n}[] = "{v}";', '    .{n} = "{v}",'],
    "cpp": ['const std::string {n} = "{v}";', '#define {N} "{v}"', 'constexpr auto {n} = "{v}";', 'std::string {n}{{"{v}"}};'],
    "cs": ['var {n} = "{v}";', 'private const string {n} = @"{v}";', 'public string {n} {{ get; set; }} = "{v}";'],
    "go": ['{n} := "{v}"', '\t{n}: "{v}",', 'const {n} = "{v}"', 'os.Setenv("{N}", "{v}")'],
    "rs": ['let {n} = "{v}";', 'const {N}: &str = "{v}";', 'pub static {N}: &\'static str = "{v}";', '    {n}: "{v}".to_string(),'],
    "rb": ["{n} = '{v}'", '  {n}: "{v}",', "ENV['{N}'] ||= '{v}'", "  :{n} => '{v}',"],
    "php": ["${n} = '{v}';", "    '{n}' => '{v}',", "define('{N}', '{v}');"],
    "kt": ['val {n} = "{v}"', 'const val {N} = "{v}"'],
    "swift": ['let {n}: String = "{v}"', 'let {n} = "{v}"'],
    "scala": ['val {n} = "{v}"', 'val {n}: String = "{v}"'],
    "lua": ['local {n} = "{v}"', '  ["{n}"] = "{v}",'],
    "pl": ["my ${n} = '{v}';", "    {n} => '{v}',"],
    "sh": ["export {N}={v}", '{N}="{v}"', "{N}='{v}'", "export {N}='{v}'"],
    "yaml": ["{n}: {v}", '{n}: "{v}"', "  - name: {N}\n    value: '{v}'", "    - {N}={v}"],
    "json": ['  "{n}": "{v}",', '"{n}":"{v}",'],
    "toml": ['{n} = "{v}"', "{n} = '{v}'"],
    "ini": ["{n} = {v}", "{n}={v}"],
    "env": ["{N}={v}", '{N}="{v}"', "# {N}={v}"],
    "xml": ["<{n}>{v}</{n}>", '<add key="{n}" value="{v}"/>', '<property name="{n}" value="{v}" />'],
    "docker": ["ENV {N}={v}", "ENV {N} {v}", "ARG {N}={v}"],
    "md": ["    export {N}={v}", "```\n{N}={v}\n```", '`{n} = "{v}"`'],
}  # fmt: skip
EXTENSIONS = {
    "py": "py pyi", "js": "js mjs cjs jsx vue svelte", "ts": "ts tsx", "java": "java", "c": "c h", "cpp": "cpp cc hpp hh cxx", "cs": "cs", "go": "go", "rs": "rs",
    "rb": "rb", "php": "php", "kt": "kt", "swift": "swift", "scala": "scala", "lua": "lua", "pl": "pl pm", "sh": "sh bash", "yaml": "yml yaml",
    "json": "json", "toml": "toml", "ini": "ini cfg conf properties", "xml": "xml html", "md": "md rst txt",
}  # fmt: skip
LANGUAGE_OF = {extension: language for language, names in EXTENSIONS.items() for extension in names.split()}
COMMENT = {
    "py": "# ",
    "rb": "# ",
    "sh": "# ",
    "yaml": "# ",
    "toml": "# ",
    "ini": "# ",
    "pl": "# ",
    "docker": "# ",
    "env": "# ",
    "lua": "-- ",
    "xml": "<!-- ",
    "md": "",
}
SPEAKING = {
    "py",
    "js",
    "ts",
    "java",
    "go",
    "rs",
    "rb",
    "php",
    "c",
    "cpp",
    "cs",
    "kt",
    "swift",
    "scala",
    "lua",
    "pl",
}
NAMES_OF_PASSWORDS = [
    "password",
    "db password",
    "smtp pass",
    "admin passwd",
    "mysql root password",
    "user pwd",
    "passphrase",
    "keystore password",
]
NAMES_OF_KEYS = [
    "api key",
    "client secret",
    "secret key",
    "access token",
    "auth token",
    "encryption key",
    "stripe api key",
    "app secret",
    "jwt secret",
    "private key",
]
NAMES_OF_ANYTHING = ["token", "credentials", "value", "config", "url", "target", "default", "auth", "backend"]


def styled(name, language, rng):
    words = name.split()
    if language in {"js", "ts", "java", "kt", "swift", "scala", "go", "cs"} and rng.random() < 0.8:
        return words[0] + "".join(word.title() for word in words[1:])
    return ("-" if language in {"yaml", "xml"} and rng.random() < 0.3 else "_").join(words)


def name_for(kind, rng):
    if kind == "AWS secret access key":
        return "aws secret access key"
    return rng.choice(
        NAMES_OF_PASSWORDS if kind in PASSWORDS else NAMES_OF_KEYS if kind in KEYS else NAMES_OF_ANYTHING
    )


def block_line(text, language, rng):
    """A key as it is, as one string with escapes, or line by line in strings."""
    if language not in SPEAKING or rng.random() < 0.4:
        return text
    if rng.random() < 0.5:
        return 'KEY = "' + text.replace("\n", "\\n") + '"'
    glue = (
        " +"
        if language in {"js", "ts", "java", "go", "kt", "cs", "scala", "swift"}
        else "."
        if language in {"php", "pl"}
        else ""
    )
    return "KEY = (" + f"{glue}\n    ".join(f'"{line}\\n"' for line in text.split("\n")) + ");"


def commands(text, kind):
    if kind in PASSWORDS:
        return [f"mysqldump --user=app --password={text} app > dump.sql", f"curl -u deploy:{text} https://files.acme.io/x", f"PGPASSWORD='{text}' psql -h db app",
                f"sshpass -p '{text}' ssh deploy@build"]  # fmt: skip
    return [f'curl -H "Authorization: Bearer {text}" https://api.acme.io/v1/items', f"curl -H 'X-Api-Key: {text}' https://api.acme.io/", f"tool login --token {text}",
            f'curl "https://api.acme.io/v1/items?api_key={text}&page=2"']  # fmt: skip


def line_for(kind, text, language, rng):
    """One natural line, or several, with `text` in it."""
    if kind in BLOCKS:
        return block_line(text, language, rng)
    if kind in ("e-mail address", "IPv4 address", "IPv6 address"):
        told = {
            "e": f"Maintainer: {rng.choice(WORDS).title()} <{text}>",
            "I": f"see host {text} for the logs",
        }[kind[0]]
        if rng.random() < 0.5:
            end = " -->" if language == "xml" else ""
            return COMMENT.get(language, "// ") + told + end
        name = "contact email" if kind[0] == "e" else "server host"
    elif (
        language in {"sh", "md"}
        and (kind in PASSWORDS or kind in KEYS or kind in TOKENS)
        and "://" not in text
        and rng.random() < 0.4
    ):
        return rng.choice(commands(text, kind))
    elif kind not in PASSWORDS and kind not in KEYS and rng.random() < 0.25:
        end = " -->" if language == "xml" else ""
        return f"{COMMENT.get(language, '// ')}TODO: remove {text}{end}"
    else:
        name = name_for(kind, rng)
    forms = [
        form
        for form in QUOTED[language]
        if " " not in text or '"' in form or "'" in form or language == "xml"
    ] or ['"{v}"']
    form = rng.choice(forms)
    if language == "xml":
        text = text.replace("&", "&amp;")
    n = styled(name, language, rng)
    return form.format(n=n, N=name.replace(" ", "_").upper(), v=text)
