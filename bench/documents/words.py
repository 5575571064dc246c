"""Words on paper: the genitive of names and titles against lists, sums in words against num2words."""

import csv
import random

from bench.documents.row import Row

SUMS, LEAST = 100_000, 95.0


def genitive() -> list[Row]:
    """The public lists, or, where they are not, a line that says so."""
    from crm.documents.words.genitive import full_name_genitive, gender_of
    from crm.documents.words.titles import job_genitive
    from tests.documents.engine.others import FOLDER

    if not (FOLDER.parent / "names_genitive.csv").exists():
        return [Row("genitive of names and titles, right", None, least=LEAST, unit="%", note="skipped: no lists, set SAMPLE_DATA")]
    with (FOLDER.parent / "names_genitive.csv").open(encoding="utf-8") as file:
        names = list(csv.DictReader(file))
    with (FOLDER.parent / "jobs_genitive.csv").open(encoding="utf-8") as file:
        jobs = list(csv.DictReader(file, delimiter=";"))
    wrong = [f"{row['nominative']}: {made}, right is {row['genitive']}" for row in names
             if (made := full_name_genitive(row["nominative"]).text) != row["genitive"]]
    wrong_jobs = [f"{row['nominative']}: {made}, right is {row['genitive']}" for row in jobs
                  if (made := job_genitive(row["nominative"])) != row["genitive"]]
    sexes = sum(gender_of(row["nominative"]) != row["sex"] for row in names)
    return [Row("genitive of full names, right", 100 - 100 * len(wrong) / len(names), least=LEAST, unit="%", details=wrong,
                note=f"{len(names)} names; the gender wrong {sexes} times"),
            Row("genitive of job titles, right", 100 - 100 * len(wrong_jobs) / len(jobs), least=LEAST, unit="%", details=wrong_jobs,
                note=f"{len(jobs)} titles")]


def sums() -> list[Row]:
    """Random sums, told by us and by num2words (a dependency of the tests)."""
    from num2words import num2words

    from crm.documents.words.numbers import plural, sum_in_words

    dice, differ = random.Random(20261127), []
    for _turn in range(SUMS):
        minor = dice.randrange(10 ** dice.randint(2, 14))
        whole, part = divmod(minor, 100)
        words = (f"{num2words(whole, lang='ru')} {plural(whole, 'рубль', 'рубля', 'рублей')} "
                 f"{part:02} {plural(part, 'копейка', 'копейки', 'копеек')}")
        made = sum_in_words(minor, "RUB")
        if made != words[0].upper() + words[1:]:
            differ.append(f"{minor}: {made}, num2words: {words}")
    english = 0
    for _turn in range(SUMS // 10):
        number = dice.randrange(10**12)
        english += num2words(number, lang="en").lower() != sum_in_words(number * 100, "USD", "en").rsplit(" US ", 1)[0].lower()
    return [Row(f"{SUMS:,} random sums in Russian words, unlike num2words", float(len(differ)), most=0.0, details=differ[:5]),
            Row(f"{SUMS // 10:,} whole sums in English words, unlike num2words", float(english), most=0.0)]


def run() -> list[Row]:
    """Both."""
    return genitive() + sums()
