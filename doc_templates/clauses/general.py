"""The general contract: goods and services in one, shorter than the contracts of one kind."""

from clauses import Wording, price

RU = Wording("Договор", ("Исполнитель", "Заказчик"), (
    ("Предмет договора", (
        "Исполнитель обязуется передать Заказчику товары, оказать услуги или выполнить работы, "
        "перечисленные в Спецификации (Приложение № 1), а Заказчик обязуется принять их и оплатить.",
        "Наименования, количество и цены указаны в Спецификации. Она составляет неотъемлемую часть "
        "договора.",
    )),
    ("Цена и порядок расчётов", (
        price("Цена договора —", "НДС не облагается", "deal.currency_sign"),
        "Заказчик перечисляет цену договора на расчётный счёт Исполнителя в течение 5 рабочих дней "
        "со дня получения счёта. Обязанность по оплате считается исполненной, когда деньги поступили "
        "на корреспондентский счёт банка Исполнителя.",
        "Цена остаётся неизменной, пока Стороны не подпишут дополнительное соглашение.",
    )),
    ("Сроки и порядок исполнения", (
        "Исполнитель приступает к исполнению на следующий рабочий день после оплаты и завершает его "
        "в течение 20 рабочих дней, если в Спецификации не указан другой срок.",
        "Заказчик в течение 3 рабочих дней после запроса передаёт сведения и обеспечивает доступ, "
        "без которых исполнение невозможно. На время ожидания срок Исполнителя продлевается.",
        "Исполнитель вправе привлекать третьих лиц и отвечает за них как за самого себя.",
    )),
    ("Приёмка", (
        "Передача товара оформляется товарной накладной, результат услуг и работ — актом; вместо них "
        "Стороны могут подписать универсальный передаточный документ.",
        "Заказчик в течение 5 рабочих дней подписывает полученный документ либо направляет "
        "письменный отказ с перечнем недостатков. Если в этот срок нет ни того, ни другого, "
        "исполнение считается принятым.",
        "Недостатки Исполнитель устраняет за свой счёт в согласованный срок, но не дольше 10 рабочих "
        "дней.",
    )),
    ("Качество и гарантия", (
        "Качество соответствует обязательным требованиям законодательства и Спецификации. "
        "Гарантийный срок — 12 месяцев со дня приёмки, если изготовитель не установил больший.",
        "Риск случайной гибели и право собственности на товар переходят к Заказчику в момент "
        "передачи.",
    )),
    ("Ответственность Сторон", (
        "За просрочку исполнения или оплаты виновная Сторона по письменному требованию уплачивает "
        "неустойку в размере 0,1 % от неисполненного в срок за каждый день, но не более 10 % цены "
        "договора.",
        "Уплата неустойки не освобождает от исполнения обязательства. Упущенная выгода не "
        "возмещается.",
    )),
    ("Обстоятельства непреодолимой силы", (
        "Сторона не отвечает за неисполнение, вызванное чрезвычайными и непредотвратимыми "
        "обстоятельствами. Она сообщает о них другой Стороне в течение 5 рабочих дней. Если такие "
        "обстоятельства длятся более 60 дней, каждая из Сторон вправе отказаться от договора, а "
        "Стороны сверяют расчёты.",
    )),
    ("Конфиденциальность", (
        "Стороны не раскрывают третьим лицам сведения, полученные при исполнении договора и "
        "обозначенные как конфиденциальные, в течение трёх лет после его окончания, кроме случаев, "
        "указанных в законе. Персональные данные представителей обрабатываются только для исполнения "
        "договора.",
    )),
    ("Разрешение споров", (
        "Споры решаются переговорами. Срок ответа на претензию — 15 календарных дней со дня "
        "получения. Неурегулированный спор передаётся в суд по месту нахождения ответчика.",
    )),
    ("Срок действия и прочие условия", (
        "Договор действует со дня подписания до полного исполнения обязательств. Изменения "
        "действительны, если совершены в письменной форме и подписаны обеими Сторонами.",
        "Документы, направленные с адресов электронной почты, указанных в разделе [details], имеют силу до "
        "обмена подлинниками. О смене реквизитов Стороны сообщают в течение 3 рабочих дней.",
        "Договор составлен в двух экземплярах равной юридической силы, по одному для каждой из "
        "Сторон.",
    )),
), subtitle="поставки товаров и оказания услуг")

EN = Wording("Supply and Services Agreement", ("Supplier", "Customer"), (
    ("What is supplied", (
        "The Supplier shall deliver the goods and perform the services listed in Schedule 1, and the "
        "Customer shall accept them and pay for them.",
        "Schedule 1 states the items, quantities and prices and forms part of this agreement.",
    )),
    ("Price and payment", (
        price("The price is", "no VAT is charged", "deal.currency"),
        "The Customer shall pay each invoice by bank transfer within 14 days of receiving it. "
        "Payment is made when the money reaches the Supplier’s account.",
        "The price is fixed unless both parties agree on a change in writing.",
    )),
    ("Time and co-operation", (
        "The Supplier shall complete the supply within 30 days of the date of this agreement, unless "
        "Schedule 1 states another time.",
        "The Customer shall provide the information and access that the supply requires within three "
        "working days of a request. The time for completion is extended by any delay in doing so.",
        "The Supplier may use subcontractors and is responsible for their work as for its own.",
    )),
    ("Acceptance", (
        "The Customer shall confirm acceptance in writing, or list the defects, within seven days of "
        "delivery. If it does neither, the supply is deemed accepted.",
        "The Supplier shall remedy listed defects at its own cost within 14 days.",
    )),
    ("Warranty, risk and title", (
        "The Supplier warrants for 12 months from acceptance that goods match Schedule 1 and are "
        "free of defects in material and workmanship, and that services are performed with "
        "reasonable skill and care.",
        "Risk in goods passes on delivery. Title passes when the price has been paid in full.",
    )),
    ("Late performance and liability", (
        "A party that is late in delivery or payment shall, on written request, pay 0.1% of the late "
        "amount for each day of delay, up to 10% of the price.",
        "Neither party is liable for loss of profit or for indirect loss. The total liability of "
        "each party is limited to the price. Nothing limits liability that cannot be limited by law.",
    )),
    ("Events beyond control", (
        "A party is not in breach while an event beyond its reasonable control prevents performance, "
        "provided that it tells the other party within five working days. If the event lasts more "
        "than 60 days, either party may end this agreement by notice, and the parties shall settle "
        "what has been supplied.",
    )),
    ("Confidentiality and personal data", (
        "Each party shall keep confidential the information marked as such during this agreement and "
        "for three years after it, and shall use personal data of the other’s staff only to perform "
        "this agreement.",
    )),
    ("Disputes", (
        "The parties shall first try to settle a dispute by negotiation within 30 days. Failing "
        "that, it shall be decided by the courts of the country where the Supplier is registered, "
        "under the law of that country.",
    )),
    ("General", (
        "This agreement takes effect on signature and lasts until all obligations are performed. It "
        "is the whole agreement on its subject and may be changed only in writing signed by both "
        "parties.",
        "Notices may be sent by e-mail to the addresses below. This agreement is signed in two "
        "counterparts, one for each party.",
    )),
))
