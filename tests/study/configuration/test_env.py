"""A wrong value stops the start and is named."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from study.configuration import env


def test_a_missing_value_gives_the_default(monkeypatch, tmp_path):
    monkeypatch.delenv("ANYTHING", raising=False)
    assert env.read_text("ANYTHING", "so") == "so"
    assert env.read_bool("ANYTHING", default=True) is True
    assert env.read_int("ANYTHING", 7) == 7
    assert env.read_list("ANYTHING", "a, b") == ["a", "b"]
    assert env.read_path("ANYTHING", tmp_path) == tmp_path
    assert env.read_url("ANYTHING", "redis://here", schemes=("redis",)) == "redis://here"


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("1", True), ("0", False), ("", False)]
)
def test_it_reads_a_truth_value(monkeypatch, text, value):
    monkeypatch.setenv("DEBUG", text)
    assert env.read_bool("DEBUG", default=not value) is value


def test_a_truth_value_that_is_none_is_named(monkeypatch):
    monkeypatch.setenv("DEBUG", "yes")
    with pytest.raises(ImproperlyConfigured, match=r"^DEBUG must be one of .* but is 'yes'\.$"):
        env.read_bool("DEBUG", default=False)


@pytest.mark.parametrize("text", ["many", "0", "-3", "2.5"])
def test_a_number_that_is_none_or_too_small_is_named(monkeypatch, text):
    monkeypatch.setenv("PORT", text)
    with pytest.raises(ImproperlyConfigured, match=r"PORT must be a whole number of at least 1"):
        env.read_int("PORT", 8000, minimum=1)


def test_an_unknown_scheme_is_named_without_repeating_the_password(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql://someone:hidden@there/db")
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must begin with") as refused:
        env.read_url("DATABASE_URL", "", schemes=("sqlite", "postgresql"))
    assert "hidden" not in str(refused.value)


def test_a_secret_comes_from_the_environment_before_any_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from the file")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("SECRET_KEY", "from the environment")
    assert env.read_secret("SECRET_KEY") == "from the environment"


def test_a_secret_comes_from_the_named_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from the file\n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert env.read_secret("SECRET_KEY") == "from the file"


def test_a_named_secret_file_that_is_missing_stops_the_start(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "missing"))
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE names .*missing"):
        env.read_secret("SECRET_KEY")


def test_a_missing_default_file_is_no_secret(monkeypatch, tmp_path):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRET_KEY_FILE", raising=False)
    assert env.read_secret("SECRET_KEY", tmp_path / "missing") == ""
