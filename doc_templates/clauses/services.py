"""The contract of services rendered for pay; for a private person the law on consumers goes before it."""

from clauses import (
    Wording,
    closing_en,
    closing_ru,
    consumer,
    damages_ru,
    disputes_en,
    disputes_ru,
    force_en,
    force_ru,
    price,
    secrecy_en,
    secrecy_ru,
)

SUBJECT_RU = ("Предмет договора", (
    "Исполнитель обязуется по заданию Заказчика оказать услуги, перечисленные в Спецификации (далее — «Услуги»), а Заказчик "
    "обязуется их оплатить.",
    "Содержание, объём и цена Услуг указаны в Спецификации (Приложение № 1), которая составляет неотъемлемую часть договора. "
    "Подробности Стороны могут уточнить в письменном задании.",
    "Услуги оказываются по месту нахождения Исполнителя или дистанционно, если Спецификация или само существо Услуг не требует "
    "иного места.",
    "Услуги заказаны " + consumer(
        "для личных, семейных и домашних нужд. К отношениям Сторон применяется законодательство о защите прав "
        "потребителей, и ничто в договоре не умаляет прав, которые оно даёт Заказчику.",
        "для предпринимательской деятельности или иных целей, не связанных с личными, семейными и домашними нуждами."),
))

PRICE_RU = ("Цена и порядок расчётов", (
    price("Цена Услуг составляет", "НДС не облагается", "deal.currency_sign"),
    "Цена включает вознаграждение Исполнителя и все его расходы. Услуги сверх Спецификации оказываются и оплачиваются по "
    "дополнительному соглашению.",
    "Заказчик уплачивает 50 % цены в течение 5 рабочих дней со дня получения счёта, остальное — в течение 5 рабочих дней со дня "
    "подписания акта.",
    "Деньги перечисляются на банковский счёт Исполнителя. Обязанность Заказчика исполнена, когда " + consumer(
        "его банк подтвердил исполнение распоряжения о переводе, а при оплате наличными — когда они внесены.",
        "они зачислены на корреспондентский счёт банка Исполнителя."),
    "Если исполнить договор стало невозможно по вине Заказчика, Услуги оплачиваются полностью; если никто из Сторон в этом не "
    "виноват, Заказчик возмещает расходы, которые Исполнитель фактически понёс.",
))

TIME_RU = ("Сроки оказания Услуг", (
    "Исполнитель приступает к оказанию Услуг на следующий рабочий день после получения первого платежа и завершает его в "
    "течение 30 рабочих дней, если в Спецификации не указаны другие сроки.",
    "Срок продлевается на время, в течение которого Исполнитель не мог оказывать Услуги, потому что Заказчик не передал "
    "сведения, не обеспечил доступ или задержал платёж.",
    "Услуги, которые оказываются постоянно или частями, сдаются и оплачиваются за каждый календарный месяц, если Стороны не "
    "договорились иначе.",
))

DUTIES_RU = ("Права и обязанности Сторон", (
    "Исполнитель оказывает Услуги качественно и в срок, сообщает по запросу о ходе дел, бережёт полученные от Заказчика "
    "документы и имущество и возвращает их по окончании.",
    "Если указания Заказчика или иные обстоятельства грозят результату или сроку, Исполнитель немедленно предупреждает об этом "
    "и ждёт решения Заказчика.",
    "Исполнитель вправе привлекать третьих лиц и отвечает за их действия как за свои.",
    "Заказчик в течение 3 рабочих дней после запроса передаёт необходимые сведения и документы, обеспечивает доступ и отвечает "
    "на вопросы, без которых Услуги оказать нельзя.",
    "Заказчик вправе в любое время проверять ход и качество Услуг, не вмешиваясь в деятельность Исполнителя.",
))

ACCEPTANCE_RU = ("Приёмка и качество", (
    "В течение 3 рабочих дней после окончания Услуг Исполнитель передаёт Заказчику акт{% if deal.vat and client.kind != 'person' "
    "%} и счёт-фактуру{% endif %}. Вместо акта может быть подписан универсальный передаточный документ.",
    "Заказчик в течение 5 рабочих дней подписывает акт или письменно отказывается от подписания и перечисляет недостатки. "
    + consumer("Отказ рассматривается в течение 5 рабочих дней.",
               "Если в этот срок нет ни акта, ни отказа, Услуги считаются принятыми без замечаний в последний день срока."),
    "Качество Услуг отвечает Спецификации и заданию, а где они молчат — требованиям, которые обычно предъявляются к услугам "
    "такого рода.",
    "Недостатки Исполнитель устраняет за свой счёт в течение 10 рабочих дней. Если они не устранены или неустранимы, Заказчик "
    "вправе требовать соразмерного уменьшения цены либо возмещения расходов на их устранение другими лицами.",
    "О недостатках, которые нельзя было заметить при приёмке, Заказчик сообщает в разумный срок после обнаружения, но не "
    "позднее 12 месяцев со дня приёмки" + consumer(", если закон не даёт ему большего срока.", "."),
))

RESULTS_RU = ("Права на результаты", (
    "Отчёты, материалы и иные результаты Услуг передаются Заказчику вместе с актом и после полной оплаты принадлежат ему.",
    "Если при оказании Услуг создано произведение или иной охраняемый результат, исключительное право на него в полном объёме "
    "переходит к Заказчику с момента полной оплаты; вознаграждение за это входит в цену Услуг.",
    "Исполнитель заверяет, что не нарушает прав третьих лиц, и сохраняет права на свои прежние разработки, методики и "
    "программы; Заказчик вправе пользоваться ими в составе результата без ограничения срока и территории.",
))

LIABILITY_RU = ("Ответственность Сторон", (
    "За нарушение сроков оказания Услуг Исполнитель уплачивает неустойку " + consumer(
        "в размере, который установлен законодательством о защите прав потребителей.",
        "— 0,1 % цены Услуг, не оказанных в срок, за каждый день просрочки, но не более 10 % этой цены."),
    "За просрочку оплаты Заказчик уплачивает неустойку — 0,1 % суммы, не уплаченной в срок, за каждый день просрочки, но не более "
    "10 % этой суммы.",
    *damages_ru("Исполнитель"),
))

RU = Wording(
    "Договор возмездного оказания услуг", ("Исполнитель", "Заказчик"),
    (SUBJECT_RU, PRICE_RU, TIME_RU, DUTIES_RU, ACCEPTANCE_RU, RESULTS_RU, LIABILITY_RU, force_ru(),
     secrecy_ru("Исполнитель", "Заказчика"), disputes_ru("Заказчик"), closing_ru(
        "Заказчик вправе в любое время отказаться от договора, оплатив фактически понесённые Исполнителем расходы, в которые "
        "входит стоимость уже оказанных Услуг. Исполнитель вправе отказаться от договора, полностью возместив Заказчику убытки. "
        "Об отказе письменно сообщают не позднее чем за 10 календарных дней; излишне уплаченное возвращается в течение 10 "
        "рабочих дней после прекращения договора.")))

EN = Wording(
    "Services Agreement", ("Contractor", "Customer"), (
        ("Subject", (
            "The Contractor shall perform the services listed in Schedule 1 (the “Services”), and the Customer shall pay for them.",
            "Schedule 1 states the content, extent and price of the Services. Details may be set out in a written brief.",
            "The Services are performed at the Contractor’s premises or remotely, unless Schedule 1 or their nature requires "
            "another place.",
        )),
        ("Price and payment", (
            price("The price of the Services is", "no VAT is charged", "deal.currency"),
            "The price covers the Contractor’s fee and all its expenses. Services beyond Schedule 1 are performed and paid for by "
            "separate agreement.",
            "The Customer shall pay 50% of the price within five working days of receiving the invoice, and the rest within five "
            "working days of acceptance. Payment is made when the money reaches the Contractor’s account.",
            "If performance becomes impossible through the Customer’s fault, the price is due in full; if neither party is at "
            "fault, the Customer shall reimburse the expenses actually incurred.",
        )),
        ("Time", (
            "The Contractor shall start on the working day after the first payment and finish within 30 working days, unless "
            "Schedule 1 states other times.",
            "The time is extended by any delay of the Customer in giving information or access or in payment.",
            "Continuing Services are accepted and paid for by calendar month, unless agreed otherwise.",
        )),
        ("Duties of the parties", (
            "The Contractor shall perform the Services with reasonable skill and care, report on progress when asked, and keep safe "
            "and return the Customer’s documents and property.",
            "The Contractor shall warn the Customer at once of anything that puts the result or the time at risk, and await the "
            "Customer’s decision.",
            "The Contractor may use subcontractors and is responsible for their acts as for its own.",
            "The Customer shall provide the necessary information and access within three working days of a request. It may check "
            "progress at any time without interfering in the Contractor’s work.",
        )),
        ("Acceptance and quality", (
            "When the Services are finished, the Contractor shall send a certificate of acceptance within three working days.",
            "The Customer shall sign it or list the defects in writing within five working days."
            + consumer("", " If it does neither, the Services are deemed accepted on the last day of that time."),
            "The Services shall match Schedule 1 and the brief and, where these are silent, the standard usual for such services.",
            "The Contractor shall remedy defects at its own cost within ten working days. If it does not, the Customer may claim a "
            "fair reduction of the price or the cost of having them remedied by others.",
            "Hidden defects may be reported within 12 months of acceptance.",
        )),
        ("Rights in the results", (
            "Reports, materials and other results are handed over on acceptance. Once the price has been paid in full, they and all "
            "rights in works created in performing the Services belong to the Customer; the price includes the consideration "
            "for these rights.",
            "The Contractor keeps its rights in earlier works, methods and software and grants the Customer a lasting, worldwide "
            "right to use them as part of the results. It warrants that the results infringe no rights of third parties.",
        )),
        ("Liability", (
            "A party that is late in performance or payment shall, on written request, pay 0.1% of the price of what is late for each "
            "day of delay, up to 10% of it.",
            "Neither party is liable for loss of profit or indirect loss, and the total liability of each is limited to the price. "
            "Nothing limits a liability that cannot be limited by law" + consumer(" or a right that the Customer has as a consumer.", "."),
        )),
        force_en(), secrecy_en(), disputes_en("Contractor", "Customer"), closing_en(
            "The Customer may end this agreement at any time by ten days’ written notice and shall pay for the Services performed and "
            "the expenses incurred by then. The Contractor may end it by the same notice and shall compensate the Customer’s "
            "loss. Money paid in excess shall be returned within ten working days."),
    ))
