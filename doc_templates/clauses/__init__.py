"""The wording of the contracts. A contract is a `Wording`; what all contracts say alike is made here for their roles.

Sections and clauses are numbered when the contract is written. `[details]` stands for the number of the last section,
the one with both sides' details.
"""

from dataclasses import dataclass

Section = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Wording:
    """A contract: its title without the number, the names of our side and of the client, the text, what stands under the title."""

    title: str
    roles: tuple[str, str]
    sections: tuple[Section, ...]
    subtitle: str = ""


def consumer(then: str, other: str) -> str:
    """`then` for a private person, to whom the law on consumers gives more, `other` for a business."""
    return f"{{% if client.kind == 'person' %}}{then}{{% else %}}{other}{{% endif %}}"


def price(label: str, untaxed: str, currency: str) -> str:
    """The price in figures and in words, with its VAT or the remark that there is none and on what ground."""
    return (f"{label} {{{{ deal.total }}}} {{{{ {currency} }}}} ({{{{ deal.total_words }}}}, "
            f"{{% if deal.vat %}}{{{{ deal.vat_words }}}}{{% else %}}{untaxed}"
            "{% if company.vat_ground %}: {{ company.vat_ground }}{% endif %}{% endif %}).")


def opening_ru(roles: tuple[str, str]) -> str:
    """Who contracts with whom, in Russian."""
    ours, client = _party_ru("company", roles[0], "с одной стороны"), _party_ru("client", roles[1], "с другой стороны")
    return f"{ours}, и {client}, вместе именуемые «Стороны», заключили настоящий договор о нижеследующем."


def _party_ru(party: str, role: str, side: str) -> str:
    """One side; entrepreneurs and private persons act for themselves, so nobody is named 'в лице' of them."""
    own = "client.kind == 'entrepreneur'" if party == "client" else "company.inn|length == 12"
    return (f"**{{{{ {party}.legal_name or {party}.name }}}}**"
            f"{{% if {own} and {party}.ogrn %}} (ОГРНИП {{{{ {party}.ogrn }}}}){{% endif %}}, "
            f"{{{{ {party}.called or 'именуемое' }}}} в дальнейшем «{role}», "
            f"{{% if {party}.signatory.name_genitive and {party}.signatory.name not in {party}.legal_name %}}"
            f"в лице {{% if {party}.signatory.job_genitive %}}{{{{ {party}.signatory.job_genitive }}}} {{% endif %}}"
            f"{{{{ {party}.signatory.name_genitive }}}}{{% if {party}.signatory.basis_genitive %}}, "
            f"{{{{ {party}.signatory.acting or 'действующего' }}}} на основании {{{{ {party}.signatory.basis_genitive }}}}"
            f"{{% endif %}}, {{% endif %}}{side}")


def opening_en(roles: tuple[str, str]) -> str:
    """Who contracts with whom, in English."""
    ours, client = _party_en("company", roles[0]), _party_en("client", roles[1])
    return f"This agreement is made on {{{{ document.date_words }}}} between {ours}; and {client}."


def _party_en(party: str, role: str) -> str:
    return (f"**{{{{ {party}.legal_name or {party}.name }}}}**"
            f"{{% if {party}.address %}}, of {{{{ {party}.address }}}}{{% endif %}} (the “**{role}**”)"
            f"{{% if {party}.signatory.name and {party}.signatory.name not in {party}.legal_name %}}, "
            f"represented by {{{{ {party}.signatory.name }}}}"
            f"{{% if {party}.signatory.job %}}, {{{{ {party}.signatory.job }}}}{{% endif %}}"
            f"{{% if {party}.signatory.basis %}}, acting under {{{{ {party}.signatory.basis }}}}{{% endif %}}{{% endif %}}")


def force_ru() -> Section:
    """Events that nobody could prevent, in Russian."""
    return ("Обстоятельства непреодолимой силы", (
        "Сторона не отвечает за нарушение договора, если его причиной стали события, которые нельзя было ни предвидеть, "
        "ни предотвратить разумными мерами: стихийные бедствия, пожары, военные действия, эпидемии, запреты и "
        "ограничения органов власти. Нехватка денег и нарушения со стороны её контрагентов к таким событиям не относятся.",
        "О таком событии Сторона сообщает другой Стороне в течение 5 рабочих дней, называет ожидаемый срок задержки и по "
        "запросу представляет подтверждение торгово-промышленной палаты или иного уполномоченного органа. Убытки от "
        "несвоевременного сообщения она возмещает.",
        "Сроки исполнения отодвигаются на время действия таких событий. Если оно длится более 60 дней, каждая из Сторон "
        "вправе отказаться от договора, письменно уведомив другую; исполненное к этому времени оплачивается, излишне "
        "уплаченное возвращается.",
    ))


def secrecy_ru(role: str, client_genitive: str) -> Section:
    """Secrets and personal data, in Russian."""
    return ("Конфиденциальность и персональные данные", (
        "Сведения, которые Сторона получила при исполнении договора и которые обозначены как конфиденциальные, она не "
        "передаёт третьим лицам и не использует для иных целей в течение срока договора и трёх лет после него. Это не "
        "касается сведений общеизвестных, раскрытых с согласия другой Стороны либо по требованию закона.",
        consumer(
            f"{role} обрабатывает персональные данные {client_genitive} только для исполнения договора и обязанностей, "
            "возложенных на него законом, и принимает меры к их защите.",
            "Персональные данные представителей и работников другой Стороны используются только для исполнения договора; "
            "Стороны принимают меры к их защите, которых требует закон."),
    ))


def disputes_ru(client: str) -> Section:
    """Claims and courts, in Russian."""
    return ("Разрешение споров", (
        "Разногласия Стороны решают переговорами. Претензия составляется письменно, с указанием требований, их расчёта и "
        "подтверждающих документов; ответ на неё даётся в течение " + consumer("10", "15") + " календарных дней со дня получения"
        + consumer(", если закон не устанавливает иной срок.", ". Обращение в суд допускается после этого срока."),
        "Неурегулированный спор " + consumer(
            f"рассматривает суд, которому он подсуден по закону; {client} вправе предъявить иск в суд по месту своего жительства.",
            "передаётся в арбитражный суд по месту нахождения ответчика."),
        "К отношениям Сторон применяется право Российской Федерации.",
    ))


def damages_ru(role: str) -> tuple[str, ...]:
    """What is added to every clause about penalties, in Russian."""
    return (
        "Неустойка начисляется по письменному требованию. Её уплата не освобождает от исполнения обязательства и устранения "
        "нарушений.",
        consumer(
            f"{role} возмещает убытки и вред по правилам законодательства о защите прав потребителей.",
            "Убытки возмещаются в части, не покрытой неустойкой, и без упущенной выгоды. Это ограничение не действует, если "
            "нарушение умышленное."),
    )


def closing_ru(*refusal: str) -> Section:
    """From when to when, how it is changed and left (`refusal`), letters, copies; in Russian."""
    return ("Срок действия, изменение и прекращение договора", (
        "Договор вступает в силу со дня подписания обеими Сторонами и действует до полного исполнения обязательств.",
        "Изменения и дополнения действительны, если совершены письменно и подписаны обеими Сторонами.",
        *refusal,
        "Сообщения направляются письмом, с курьером или по электронной почте — по адресам, указанным в разделе [details]. "
        "Документы, присланные по электронной почте, имеют силу до получения подлинников; электронные документы с "
        "усиленной квалифицированной подписью заменяют бумажные.",
        "Об изменении адреса, банковских и иных реквизитов Сторона сообщает в течение 3 рабочих дней; до этого исполнение "
        "по прежним реквизитам считается надлежащим. Обязанности по договору не передаются третьему лицу без письменного "
        "согласия другой Стороны.",
        "Договор составлен в двух экземплярах равной силы, по одному для каждой из Сторон. К нему прилагается Спецификация "
        "(Приложение № 1).",
    ))


def force_en() -> Section:
    """Events that nobody could prevent, in English."""
    return ("Events beyond control", (
        "A party is not liable for a breach caused by an event that it could neither foresee nor prevent by reasonable "
        "measures, such as a natural disaster, fire, war, epidemic or act of government. Lack of funds and breaches by its "
        "own suppliers are not such events.",
        "The party affected shall tell the other within five working days what has happened and how long the delay is "
        "expected to last. Times for performance are extended accordingly.",
        "If the event lasts more than 60 days, either party may end this agreement by written notice. What has been "
        "performed shall be paid for, and what was paid beyond that shall be returned.",
    ))


def secrecy_en() -> Section:
    """Secrets and personal data, in English."""
    return ("Confidentiality and personal data", (
        "Each party shall keep confidential the information marked as such that it receives from the other, and use it only "
        "to perform this agreement, during its term and for three years after it. This does not apply to information that "
        "is public, is disclosed with the other party’s consent, or must be disclosed by law.",
        "Each party shall use personal data received from the other only to perform this agreement and shall protect them as "
        "the applicable law requires.",
    ))


def disputes_en(role: str, customer: str) -> Section:
    """Claims, courts and law, in English."""
    return ("Disputes and governing law", (
        "The parties shall try to settle any dispute by negotiation. A claim shall be made in writing and answered within 15 days "
        "of its receipt.",
        f"A dispute that is not settled within 30 days of the claim shall be decided by the courts of the country where the {role} "
        "is registered, and the law of that country governs this agreement."
        + consumer(f" If the {customer} is a consumer, this does not take away the courts and the protection that mandatory "
                   "consumer law grants.", ""),
    ))


def closing_en(*ending: str) -> Section:
    """From when to when, how it is changed and ended (`ending`), notices, copies; in English."""
    return ("Term, changes and ending", (
        "This agreement takes effect when both parties have signed it and lasts until all obligations are performed. It is the "
        "whole agreement on its subject.",
        "Changes are valid only in writing and signed by both parties. A party may not transfer its obligations to a third "
        "party without the written consent of the other.",
        *ending,
        "Notices are given by letter, courier or e-mail to the addresses in section [details]. A party shall tell the other of any "
        "change of its details within three working days.",
        "This agreement is signed in two counterparts of equal force, one for each party. Schedule 1 forms part of it.",
    ))
