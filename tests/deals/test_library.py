"""The ready pipelines: whole in both languages and usable as they are."""

import re
import tomllib

import pytest

from crm.deals import library

CODES = ["language_school", "distribution", "cleaning", "projects", "services", "shop"]
EVERY = [(code, locale) for code in CODES for locale in library.LOCALES]

DISTRIBUTION = [
    "Планируемый заказ", "Заказ согласован", "Сформирована заявка на закупку", "Получен счёт от поставщика",
    "Товар поступил на склад", "Товар поставлен в резерв", "Выставлен счёт клиенту",
    "Товар поставлен к отгрузке", "Товар отгружен", "Успешно реализовано", "Закрыто и не реализовано",
]
CLEANING = [
    "Потенциальный клиент", "Установлен контакт", "Согласована встреча", "Определён перечень работ",
    "Начали готовить КП", "Начали обсуждение КП с клиентом", "Получено предварительное согласие",
    "Получено устное подтверждение сделки", "Подписан договор", "Проект передан на реализацию",
    "Подписаны акты (проект выполнен)", "Получена полная оплата",
]


def texts(spec: library.PipelineSpec) -> list[str]:
    """Every string of a pipeline that a person reads."""
    found = [spec.name]
    for stage in spec.stages:
        found += [stage.name, stage.task, stage.result, *(part for step in stage.steps for part in step)]
    for reason in spec.reasons:
        found += [reason.name, *(child.name for child in reason.children)]
    return found


def test_the_six_kinds_of_business_come_in_their_order():
    assert [kind.code for kind in library.kinds()] == CODES


def test_a_kind_has_its_name_and_hint_in_the_language_of_the_locale():
    kind = next(kind for kind in library.kinds() if kind.code == "cleaning")
    assert kind.name("ru_RU") == "Клининг для бизнеса"
    assert kind.name("en") == "Cleaning for business"
    assert kind.hint("en").startswith("Services on the client's site")


def test_an_unknown_kind_is_refused_by_name():
    with pytest.raises(library.UnknownPipelineKindError, match="bakery"):
        library.load("bakery", "ru")


def test_the_roles_are_no_pipeline():
    with pytest.raises(library.UnknownPipelineKindError):
        library.load("_roles", "ru")


def test_a_locale_that_is_not_russian_reads_english():
    assert library.load("shop", "de_DE") == library.load("shop", "en")


def test_distribution_has_the_eleven_stages_of_its_source():
    assert [stage.name for stage in library.load("distribution", "ru").stages] == DISTRIBUTION


def test_cleaning_has_the_twelve_stages_of_its_source_and_the_refusal():
    assert [stage.name for stage in library.load("cleaning", "ru").stages] == [*CLEANING, "Отказ"]


@pytest.mark.parametrize("code", CODES)
def test_both_languages_tell_the_same_pipeline(code):
    def shape(locale):
        spec = library.load(code, locale)
        stages = [
            (stage.kind, stage.probability, stage.norm_days, stage.requires, len(stage.steps))
            for stage in spec.stages
        ]
        return stages, [(one.code, [child.code for child in one.children]) for one in spec.reasons]

    assert shape("ru") == shape("en")


@pytest.mark.parametrize(("code", "locale"), EVERY)
def test_a_pipeline_ends_with_one_won_and_one_lost_stage(code, locale):
    kinds = [stage.kind for stage in library.load(code, locale).stages]
    assert kinds == ["open"] * (len(kinds) - 2) + ["won", "lost"]


@pytest.mark.parametrize(("code", "locale"), EVERY)
def test_every_stage_says_what_to_do_what_to_get_and_who_does_it(code, locale):
    for stage in library.load(code, locale).stages:
        assert stage.task.endswith("."), stage.name
        assert stage.result.endswith("."), stage.name
        assert 2 <= len(stage.steps) <= 5, stage.name
        assert all(step.role and step.text.endswith(".") for step in stage.steps), stage.name
        assert all(len(step.text) <= 200 for step in stage.steps), stage.name


@pytest.mark.parametrize(("code", "locale"), EVERY)
def test_each_language_keeps_to_its_letters(code, locale):
    for text in texts(library.load(code, locale)):
        has_cyrillic = bool(re.search("[а-яё]", text, re.IGNORECASE))
        assert has_cyrillic == (locale == "ru"), text


@pytest.mark.parametrize("code", CODES)
def test_the_chance_rises_to_a_hundred_and_the_lost_stage_has_none(code):
    chances = [stage.probability for stage in library.load(code, "ru").stages]
    walked, lost = chances[:-1], chances[-1]
    assert walked == sorted(set(walked))
    assert (walked[0] > 0, walked[-1], lost) == (True, 100, 0)


@pytest.mark.parametrize("code", CODES)
def test_norms_are_positive_and_requirements_are_known(code):
    for stage in library.load(code, "ru").stages:
        assert stage.norm_days > 0
        assert set(stage.requires) <= set(library.REQUIREMENTS)
        assert len(stage.requires) == len(set(stage.requires))


@pytest.mark.parametrize("code", CODES)
def test_no_deal_is_won_without_a_sum_and_any_is_lost_without_questions(code):
    *_open, won, lost = library.load(code, "ru").stages
    assert "amount" in won.requires
    assert lost.requires == ()


@pytest.mark.parametrize(("code", "locale"), EVERY)
def test_names_of_stages_and_reasons_do_not_repeat(code, locale):
    spec = library.load(code, locale)
    names = [stage.name for stage in spec.stages]
    assert len(names) == len(set(names))
    codes = [one.code for reason in spec.reasons for one in (reason, *reason.children)]
    assert len(codes) == len(set(codes))
    for reason in spec.reasons:
        children = [child.name for child in reason.children]
        assert 1 <= len(children) <= 4, reason.name
        assert len(children) == len(set(children))


def test_no_role_is_kept_that_no_step_uses():
    roles = tomllib.loads((library.FOLDER / "_roles.toml").read_text(encoding="utf-8"))
    used = {
        step["role"]
        for code in CODES
        for stage in tomllib.loads((library.FOLDER / f"{code}.toml").read_text(encoding="utf-8"))["stages"]
        for step in stage["steps"]
    }
    assert used == set(roles)
