import json

import pytest

from codecorpus.config import load_config, parse_setting
from codecorpus.errors import ConfigError
from codecorpus.report import collect, render_card, render_croissant
from codecorpus.report.card import markdown, size_category
from codecorpus.report.croissant import REQUIRED, Publication, missing
from codecorpus.report.publication import UNPUBLISHED, publication
from fake_run import FakeRun, usual_run


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
    strings = {key for key in values if isinstance(values[key], str)}
    assert strings == {"pretty_name", "license", "license_name", "license_details"}


def test_a_table_without_rows_is_not_offered_for_datasets_refuses_it(empty):
    card = render_card(empty)
    assert [row["config_name"] for row in head(card)["configs"]] == ["decisions"]
    assert "sequences/part" not in card
    assert "load_dataset" not in card


def test_the_licence_of_the_collection_is_that_of_each_file(data):
    values = head(render_card(data))
    assert (values["license"], values["license_name"]) == ("other", "per-file")


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


def test_croissant_has_every_required_field(data, empty):
    for document in (json.loads(render_croissant(run)) for run in (data, empty)):
        assert missing(document) == []
        assert document["conformsTo"] == "http://mlcommons.org/croissant/1.1"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_field_that_lacks_is_noticed(data, name):
    document = json.loads(render_croissant(data))
    del document[name]
    # without files, every field of a record set leads nowhere
    assert missing(document)[0] == name


def test_a_file_without_a_hash_and_a_field_without_a_source_are_noticed(data):
    document = json.loads(render_croissant(data))
    file = next(row for row in document["distribution"] if row["@type"] == "cr:FileObject")
    file["sha256"] = ""
    document["recordSet"][0]["field"][0]["source"]["fileSet"]["@id"] = "nowhere"
    assert missing(document) == [
        f"distribution '{file['@id']}': sha256",
        "field 'documents-rows/doc_id': source",
    ]


def test_a_run_has_no_clock_so_that_a_date_is_a_placeholder_until_it_is_said(data):
    assert json.loads(render_croissant(data))["datePublished"] == UNPUBLISHED
    said = json.loads(render_croissant(data, Publication(date="2026-03-31", url="https://example.org/c")))
    assert (said["datePublished"], said["url"]) == ("2026-03-31", "https://example.org/c")


def test_the_publisher_is_said_in_the_configuration(tmp_path):
    folder = usual_run()
    manifest = folder.write(tmp_path)
    keys = {"name": "Ours", "url": "https://example.org", "creator": "Ann", "date": "2026-03-31"}
    config = load_config(settings={f"card.{key}": value for key, value in keys.items()})
    (tmp_path / "config.toml").write_text(config.to_toml())
    data = collect(tmp_path, manifest)
    assert publication(data) == Publication(**keys)
    assert head(render_card(data))["pretty_name"] == "Ours"
    assert json.loads(render_croissant(data))["creator"]["name"] == "Ann"


def test_an_older_run_has_no_publisher(tmp_path):
    manifest = usual_run().write(tmp_path)
    (tmp_path / "config.toml").write_text("seed = 0\n")
    assert publication(collect(tmp_path, manifest)) == Publication()


def test_a_date_may_be_written_as_toml_writes_dates():
    config = load_config(settings=dict([parse_setting("card.date=2026-03-31")]))
    assert config.card.date == "2026-03-31"


@pytest.mark.parametrize("date", ["31.3.2026", "2026-13-01", "2026-3-1", "2026"])
def test_a_date_that_is_none_is_refused(date):
    with pytest.raises(ConfigError, match=r"card\.date"):
        load_config(settings={"card.date": date})


def test_every_file_of_the_run_is_a_file_object_with_its_hash(data):
    objects = [
        row for row in json.loads(render_croissant(data))["distribution"] if row["@type"] == "cr:FileObject"
    ]
    assert {row["@id"]: row["sha256"] for row in objects} == {
        row["path"]: row["sha256"] for row in data.manifest["files"]
    }


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


def test_lists_are_arrays_and_structs_are_left_out(data):
    document = json.loads(render_croissant(data))
    fields = {field["@id"]: field for records in document["recordSet"] for field in records["field"]}
    assert fields["sequences-rows/input_ids"]["isArray"] is True
    assert fields["sequences-rows/input_ids"]["dataType"] == "sc:Integer"
    assert "isArray" not in fields["documents-rows/path"]
    assert not {"documents-rows/measures", "sequences-rows/parts"} & set(fields)


def test_cards_are_the_same_bytes_for_the_same_run(tmp_path, data):
    again = collect(tmp_path, usual_run().write(tmp_path))
    assert render_card(again) == render_card(data)
    assert render_croissant(again) == render_croissant(data)


def test_an_empty_run_has_a_croissant(empty):
    assert json.loads(render_croissant(empty))["@type"] == "sc:Dataset"
