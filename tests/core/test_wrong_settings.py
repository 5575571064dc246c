"""A setting that cannot be used ends in one sentence: what is wrong and what to write instead; never a trace, never a secret."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from crm.settings import SettingError, load

ROOT = Path(__file__).resolve().parents[2]
FLASK = ("-m", "flask", "--app", "app")

NUMBERS = [("PORT", "abc", "from 1 to 65535"), ("PORT", "70000", "from 1 to 65535"), ("PORT", "0", "from 1 to 65535"),
           ("WORKERS", "0", "from 1 to"), ("WORKERS", "-2", "from 1 to"), ("WORKERS", "two", "from 1 to"),
           ("THREADS", "-1", "from 1 to"), ("THREADS", "100000", "from 1 to"),
           ("TRUSTED_PROXIES", "-1", "from 0 to"), ("TRUSTED_PROXIES", "yes", "from 0 to")]
TEXTS = [("HOST", "http://0.0.0.0", "alone"), ("HOST", "0.0.0.0:8000", "alone"), ("HOST", "my host", "alone"),
         ("BASE_URL", "crm.example.com", "https://crm.example.com"), ("BASE_URL", "https://crm.example.com/crm", "without a path"),
         ("BASE_URL", "https://crm.example.com?a=1", "without a path"), ("BASE_URL", "https://:8000", "names a host"),
         ("BASE_URL", "https://crm.example.com:http", "port"), ("BASE_URL", "https://me:secret@crm.example.com", "without a path"),
         ("BASE_URL", "https://[x", "https://crm.example.com"), ("BASE_URL", "https://crm example.com", "names a host"),
         ("METRICS_ALLOW", "everybody", "10.0.0.0/8"), ("METRICS_ALLOW", "10.0.0.5/8", "10.0.0.0/8"),
         ("PROXY_ADDRESSES", "caddy", "10.0.0.0/8"),
         ("ALLOWED_HOSTS", "*", ".example.com"), ("ALLOWED_HOSTS", "crm.lan, *.example.com", ".example.com"),
         ("ALLOWED_HOSTS", "http://crm.lan", ".example.com"), ("ALLOWED_HOSTS", "crm.lan:8000", ".example.com"),
         ("ALLOWED_HOSTS", ".", ".example.com"),
         ("COPY_TO", "copy", "begins with /"), ("DATA_DIR", "~/crm", "begins with /")]
SECRETS = [("BACKUP_TO", "backups", "begins with /"), ("BACKUP_TO", "../backups", "begins with /"),
           ("BACKUP_TO", "~/backups", "begins with /"),
           ("SMTP_URL", "mail.example.com:587", "smtp://"), ("SMTP_URL", "http://mail.example.com", "smtp://"),
           ("SMTP_URL", "smtp://", "host"), ("SMTP_URL", "smtp://:25", "host"), ("SMTP_URL", "smtp://mail.example.com:mail", "port"),
           ("SMTP_URL", "smtp://mail.example.com:70000", "port"), ("SMTP_URL", "smtp://a:pass/word@mail.example.com", "%2F"),
           ("SMTP_URL", "smtp://mail.example.com/inbox", "%2F"),
           ("DATABASE_URL", "mysql://root:word@host/crm", "postgresql://"), ("DATABASE_URL", "nonsense", "postgresql://"),
           ("DATABASE_URL", "postgresql+asyncpg://u:word@h/d", "postgresql://"),
           ("DATABASE_URL", "postgresql://u:word@h:port/d", "postgresql://"), ("DATABASE_URL", "sqlite://", "sqlite:////"),
           ("BACKUP_TO", "webdav+https://u:long-word@host:99999/x", "its port is no number"),
           ("DATABASE_URL", "sqlite:///crm.db", "sqlite:////"), ("DATABASE_URL", "sqlite:///../crm.db", "sqlite:////"),
           ("DATABASE_URL", "sqlite:///~/crm.db", "sqlite:////"), ("DATABASE_URL", "sqlite:///file:crm.db?uri=true", "sqlite:////")]


@pytest.mark.parametrize(("name", "value", "advice"), [*NUMBERS, *TEXTS])
def test_what_is_wrong_is_named_with_what_to_write(name: str, value: str, advice: str) -> None:
    with pytest.raises(SettingError) as error:
        load({name: value})
    text = str(error.value)
    assert text.startswith(f"{name}={value!r} cannot be used: ")
    assert advice in text
    assert "invalid literal" not in text


@pytest.mark.parametrize(("name", "value", "advice"), SECRETS)
def test_a_secret_is_never_part_of_the_sentence(name: str, value: str, advice: str) -> None:
    with pytest.raises(SettingError) as error:
        load({name: value})
    text = str(error.value)
    assert text.startswith(f"{name} cannot be used: ")
    assert advice in text
    assert len(value) < 10 or value not in text
    assert "word" not in text.replace("password", "")


@pytest.mark.parametrize(("name", "value"), [
    ("SMTP_URL", "smtp://user:p%2Fw@mail.example.com:587"), ("SMTP_URL", "smtps://mail.example.com/"), ("HOST", "::1"),
    ("HOST", "crm.lan"), ("BASE_URL", "https://crm.example.com/"), ("BASE_URL", "http://[::1]:8000"),
    ("METRICS_ALLOW", "127.0.0.1, 10.0.0.0/8,::1"), ("BACKUP_TO", "/mnt/a s3+https://K:S@host/bucket"),
    ("DATABASE_URL", "postgresql:///crm"), ("DATABASE_URL", "postgresql+psycopg2://u:p@h/d"), ("DATABASE_URL", "sqlite:////srv/crm.db"),
    ("PROXY_ADDRESSES", "10.88.0.0/16"), ("ALLOWED_HOSTS", "crm.lan, .example.com"), ("WORKERS", "1"), ("THREADS", "32")])
def test_what_is_right_is_taken(name: str, value: str) -> None:
    load({name: value})


@pytest.mark.parametrize(("name", "inside"), [
    ("BACKUP_TO", ""), ("BACKUP_TO", "files"), ("BACKUP_TO", "x/.."), ("COPY_TO", ""), ("COPY_TO", "copy"), ("COPY_TO", "files/x")])
def test_a_copy_beside_the_original_is_refused(tmp_path: Path, name: str, inside: str) -> None:
    with pytest.raises(SettingError, match=f"{name} .*another disk"):
        load({"DATA_DIR": str(tmp_path), name: f"{tmp_path}/{inside}"})


def test_a_copy_beside_a_database_that_lies_elsewhere_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="COPY_TO .*another disk"):
        load({"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": f"sqlite:///{tmp_path}/base/crm.sqlite3",
              "COPY_TO": f"{tmp_path}/base/copy"})


def test_the_usual_places_are_taken(tmp_path: Path) -> None:
    data = tmp_path / "data"
    load({"DATA_DIR": str(data), "BACKUP_TO": f"{data}/backups", "COPY_TO": str(tmp_path / "other")})


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def start(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The program, or one of its commands, with these settings."""
    env = {**os.environ, "DATA_DIR": str(folder), "PORT": free_port(), "DATABASE_URL": "", "SECRET_KEY": "", "BASE_URL": "",
           "HOST": "127.0.0.1", "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run([sys.executable, *(words or ("app.py",))], cwd=ROOT, env=env, capture_output=True, text=True,
                          timeout=60, check=False)


def one_sentence(result: subprocess.CompletedProcess[str], *words: str) -> None:
    said = result.stdout + result.stderr
    assert result.returncode != 0, said
    assert "Traceback" not in said
    assert len(said.strip().splitlines()) == 1, said
    for word in words:
        assert word in said


@pytest.mark.parametrize(("name", "value", "word"), [
    ("WORKERS", "0", "from 1 to"), ("HOST", "203.0.113.7", "0.0.0.0"), ("HOST", "no-such-host.invalid", "0.0.0.0"),
    ("HOST", "x" * 300, "0.0.0.0"),
    ("DATABASE_URL", "mysql://u:p@h/d", "postgresql://")])
def test_a_start_with_a_wrong_setting_ends_in_one_sentence(tmp_path: Path, name: str, value: str, word: str) -> None:
    one_sentence(start(tmp_path, **{name: value}), name, word)


@pytest.mark.parametrize(("words", "below"), [
    (("app.py",), "file"), (("app.py",), "file/below"), ((*FLASK, "settings"), "file"), ((*FLASK, "db", "upgrade"), "/proc/x")])
def test_a_data_folder_that_cannot_be_used_ends_in_one_sentence(tmp_path: Path, words: tuple[str, ...], below: str) -> None:
    (tmp_path / "file").write_text("no folder")
    one_sentence(start(tmp_path / below, *words), "DATA_DIR", str(tmp_path / below))


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user")
def test_a_data_folder_of_somebody_else_ends_in_one_sentence(tmp_path: Path) -> None:
    """As nobody, who may not write into a folder of ours."""
    tmp_path.chmod(0o755)
    program = ("import os; from crm import create_app\nfrom crm.settings import SettingError\nos.setuid(65534)\n"
               "try:\n    create_app()\nexcept SettingError as error:\n    raise SystemExit(str(error))")
    one_sentence(start(tmp_path, "-c", program), "DATA_DIR", "write")


def test_commands_say_a_wrong_setting_in_one_sentence(tmp_path: Path) -> None:
    for name, value in (("PORT", "abc"), ("SMTP_URL", "mail")):
        one_sentence(start(tmp_path, *FLASK, "settings", **{name: value}), name)


def test_a_database_in_a_place_that_is_none_ends_in_one_sentence(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "missing" / "crm.db"):
        one_sentence(start(tmp_path / "data", DATABASE_URL=f"sqlite:///{place}"), "database cannot be used")


def test_the_command_tells_which_secrets_are_set(tmp_path: Path) -> None:
    for value, shown in (("  ", "(empty)"), ("x" * 40, "(set)")):
        told = start(tmp_path, *FLASK, "settings", SECRET_KEY=value, METRICS_TOKEN=value).stdout.splitlines()
        lines = {line[:16].strip(): line[17:] for line in told if not line.startswith(" ")}
        assert (lines["SECRET_KEY"], lines["METRICS_TOKEN"], lines["DATABASE_URL"]) == (shown, shown, "(empty)")


def test_a_key_that_was_cut_short_is_told(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    one_sentence(start(tmp_path), "secret_key", "remove it")


def test_a_database_that_does_not_answer_is_one_sentence_to_commands_too(tmp_path: Path) -> None:
    url = f"postgresql://u:p@127.0.0.1:{free_port()}/crm"
    new_password = (*FLASK, "user", "password", "--email", "a@b.example", "--password", "twelve letters")
    for words in (("app.py",), (*FLASK, "db", "upgrade"), new_password):
        one_sentence(start(tmp_path, *words, DATABASE_URL=url), "database cannot be used")
