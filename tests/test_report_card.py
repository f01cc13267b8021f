import json

import pytest

from codecorpus.report import collect, render_card, render_croissant
from codecorpus.report.card import markdown, size_category
from codecorpus.report.croissant import Publication
from fake_run import FakeRun, usual_run

#: https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html, required properties of a dataset and of a file.
REQUIRED = (
    "@context",
    "@type",
    "conformsTo",
    "name",
    "description",
    "license",
    "url",
    "creator",
    "datePublished",
    "distribution",
)
REQUIRED_OF_A_FILE = ("@type", "@id", "name", "contentUrl", "encodingFormat", "sha256")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    out = tmp_path_factory.mktemp("run")
    return collect(out, usual_run().write(out))


@pytest.fixture
def empty(tmp_path):
    fake = FakeRun()
    fake.drop("read", "r", "a.png", "CC004")
    return collect(tmp_path, fake.write(tmp_path))


def head(card):
    """The YAML head, read by hand for the few forms that the card uses: scalars, JSON strings, lists, one list of maps."""
    start, text, _ = card.split("---\n", 2)
    assert start == ""
    values, key = {}, None
    for line in text.splitlines():
        if not line.startswith((" ", "-")):
            key, _, value = line.partition(":")
            values[key] = scalar(value) if value.strip() else []
        elif line.startswith("- ") and ":" not in line:
            values[key].append(scalar(line[2:]))
        elif line.startswith("- "):
            name, _, value = line[2:].partition(":")
            values[key].append({name: scalar(value)})
        elif ":" in line and line.partition(":")[2].strip():
            name, _, value = line.strip().removeprefix("- ").partition(":")
            values[key][-1][name] = scalar(value)
    return values


def scalar(text):
    text = text.strip()
    return json.loads(text) if text.startswith('"') or text in ("true", "false") else text


def test_the_head_has_what_the_hub_reads(data):
    values = head(render_card(data, name='Mine: "a" #1'))
    assert values["pretty_name"] == 'Mine: "a" #1'
    assert values["language"] == ["code"]
    assert values["license"] == "other"
    assert values["size_categories"] == ["n<1K"]
    assert values["task_categories"] == ["text-generation"]
    assert [row["config_name"] for row in values["configs"]] == [
        "documents",
        "sequences",
        "decisions",
        "clusters",
    ]
    assert values["configs"][0] == {
        "config_name": "documents",
        "default": True,
        "split": "train",
        "path": "documents/part-*.parquet",
    }


def test_the_head_is_yaml_to_a_yaml_reader(data):
    yaml = pytest.importorskip("yaml")
    text = render_card(data)
    values = yaml.safe_load(text.split("---\n", 2)[1])
    assert values["configs"][1]["data_files"] == [{"split": "train", "path": "sequences/part-*.parquet"}]
    assert {key for key in values if isinstance(values[key], str)} == {"pretty_name", "license"}


def test_a_table_that_was_not_written_is_not_offered(empty):
    card = render_card(empty)
    assert [row["config_name"] for row in head(card)["configs"]] == ["documents", "decisions", "clusters"]
    assert "sequences/part" not in card


def test_the_card_has_the_numbers_and_the_limits_of_the_method(data):
    card = render_card(data)
    assert "3 source files" in card
    assert "2 very long line (CC201), 1 generated (CC204)" in card
    assert "1 documents with secret (CC311)." in card
    assert "repository gamma lost 2 of its 2 documents" in card
    assert "AKIAQ7Z2" not in card


def test_hostile_names_do_not_become_markdown(tmp_path):
    fake = FakeRun()
    fake.keep("r", "a.py", "x", language="a|b\n# [x](javascript:1)<script>", licence="`MIT`")
    card = render_card(collect(tmp_path, fake.write(tmp_path)))
    row = next(line for line in card.splitlines() if "javascript" in line)
    assert row.startswith("| a\\|b\\\\n\\# \\[x\\](javascript:1)&lt;script&gt; | 1 |")


def test_markdown_keeps_one_line():
    assert "\n" not in markdown("a\nb\r\u2028c")


@pytest.mark.parametrize(
    ("rows", "name"), [(0, "n<1K"), (1000, "1K<n<10K"), (10**6, "1M<n<10M"), (10**12, "100B<n<1T")]
)
def test_size_categories_are_the_hubs(rows, name):
    assert size_category(rows) == name


def test_croissant_has_every_required_field_once_it_is_published(data):
    document = json.loads(render_croissant(data, Publication(date="2026-03-31", url="https://example.org/c")))
    assert [name for name in REQUIRED if not document.get(name)] == []
    assert document["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert document["datePublished"] == "2026-03-31"


def test_croissant_invents_no_date(data):
    assert "datePublished" not in json.loads(render_croissant(data))


def test_every_file_of_the_run_is_a_file_object_with_its_hash(data):
    objects = [
        row for row in json.loads(render_croissant(data))["distribution"] if row["@type"] == "cr:FileObject"
    ]
    assert {row["@id"]: row["sha256"] for row in objects} == {
        row["path"]: row["sha256"] for row in data.manifest["files"]
    }
    assert all(row.get(name) for row in objects for name in REQUIRED_OF_A_FILE)


def test_references_in_croissant_lead_somewhere(data):
    document = json.loads(render_croissant(data))
    ids = {row["@id"] for row in document["distribution"]}
    sets = [row for row in document["distribution"] if row["@type"] == "cr:FileSet"]
    assert {row["@id"] for row in sets} == {"documents", "sequences", "decisions", "clusters"}
    for row in sets:
        # `containedIn` would name an archive; these parts lie in the folder itself
        assert "containedIn" not in row
        assert row["includes"] == f"{row['@id']}/part-*.parquet"
    for record_set in document["recordSet"]:
        for field in record_set["field"]:
            assert field["source"]["fileSet"]["@id"] in ids
            assert field["@id"] == f"{record_set['@id']}/{field['name']}"


def test_cards_are_the_same_bytes_for_the_same_run(tmp_path, data):
    again = collect(tmp_path, usual_run().write(tmp_path))
    assert render_card(again) == render_card(data)
    assert render_croissant(again) == render_croissant(data)


def test_an_empty_run_has_a_croissant(empty):
    assert json.loads(render_croissant(empty))["@type"] == "sc:Dataset"
