"""The genitive of names, titles and grounds, on lists kept beside this file and on the public ones."""

import csv
import os
from pathlib import Path

import pytest

from crm.documents.words.genitive import Proposal, full_name_genitive, gender_of, short_name
from crm.documents.words.titles import acting, basis_genitive, called, job_genitive

HERE = Path(__file__).parent
ROOT = Path(__file__).resolve().parents[3]
SAMPLES = Path(os.environ.get("SAMPLE_DATA") or ROOT.parent / "shared" / "data")
N = "\u00a0"


def _pairs(name: str) -> list[list[str]]:
    return [line.split("|") for line in (HERE / name).read_text("utf-8").splitlines() if line]


@pytest.mark.parametrize(("name", "genitive"), _pairs("names.txt"))
def test_a_full_name_stands_in_the_genitive(name, genitive):
    assert full_name_genitive(name).text == genitive


@pytest.mark.parametrize(("title", "genitive"), _pairs("titles.txt"))
def test_a_job_title_stands_in_the_genitive(title, genitive):
    assert job_genitive(title) == genitive


@pytest.mark.parametrize(("basis", "genitive"), _pairs("grounds.txt"))
def test_a_ground_of_authority_stands_in_the_genitive(basis, genitive):
    assert basis_genitive(basis) == genitive


@pytest.mark.skipif(not SAMPLES.exists(), reason=f"no sample data in {SAMPLES}")
def test_the_public_lists_are_right_to_95_percent():
    with (SAMPLES / "names_genitive.csv").open(encoding="utf-8") as file:
        names = list(csv.DictReader(file))
    with (SAMPLES / "jobs_genitive.csv").open(encoding="utf-8") as file:
        jobs = list(csv.DictReader(file, delimiter=";"))
    wrong = [row for row in names if full_name_genitive(row["nominative"]).text != row["genitive"]]
    wrong += [row for row in jobs if job_genitive(row["nominative"]) != row["genitive"]]
    assert len(wrong) / (len(names) + len(jobs)) <= 0.05, wrong
    assert [row["nominative"] for row in names if gender_of(row["nominative"]) != row["sex"]] == []


def test_a_plain_name_has_no_doubts_and_a_difficult_one_says_why():
    assert full_name_genitive("Иванов Иван Иванович") == Proposal("Иванова Ивана Ивановича", "m")
    assert not full_name_genitive("Шевченко Оксана Петровна").doubtful
    doubts = {name: full_name_genitive(name).doubts for name in (
        "Волчок Иван Иванович", "Бонч-Бруевич Иван Иванович", "Калина Анна Петровна", "Иванов Иван",
        "Ли Чжэ")}
    assert doubts == {
        "Волчок Иван Иванович": ("falling_vowel",), "Бонч-Бруевич Иван Иванович": ("double",),
        "Калина Анна Петровна": ("noun_or_surname",), "Иванов Иван": ("no_patronymic",),
        "Ли Чжэ": ("no_patronymic", "gender")}


@pytest.mark.parametrize("name", ["", "   ", "-", ".", "Я", "И. И.", "12", "John Smith", "Оглы",
                                  "Петрович", "а-", "Ъ Ы Ь", "ович", "Иванов-", "--", "А" * 5000,
                                  "Иван Оглы", "ый"])
def test_nonsense_is_answered_without_a_fault(name):
    assert isinstance(full_name_genitive(name).text, str)
    assert isinstance(job_genitive(name), str)
    assert isinstance(basis_genitive(name), str)
    assert isinstance(short_name(name), str)


@pytest.mark.parametrize(("name", "short"), [
    ("Иванов Иван Иванович", f"Иванов{N}И.{N}И."), ("Иван Петрович Сидоров", f"Сидоров{N}И.{N}П."),
    ("Алиев Рашад Вагиф оглы", f"Алиев{N}Р.{N}В."), ("И.И. Иванов", f"Иванов{N}И.{N}И."),
    ("Виктор Цой", f"Цой{N}В."), ("Мадонна", "Мадонна"), ("", "")])
def test_short_names_have_initials_after_the_surname(name, short):
    assert short_name(name) == short


def test_words_agree_with_who_signs():
    assert [acting(gender) for gender in ("m", "f", "")] == ["действующего", "действующей", "действующего"]
    assert [called(name) for name in ("ООО «Ромашка»", "Фонд «Дом»", "Управляющая компания «Дом»", "Х")] == [
        "именуемое", "именуемый", "именуемая", "именуемое"]
    assert called("ИП Петрова А. А.", person=True, gender="f") == "именуемая"
    assert called("ИП Петров А. А.", person=True, gender="m") == "именуемый"
