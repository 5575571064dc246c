"""The contract of work with a result that is handed over; for a private person the law on consumers goes before it."""

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
    "Подрядчик обязуется выполнить по заданию Заказчика работы, перечисленные в Спецификации (далее — «Работы»), и сдать их "
    "результат, а Заказчик обязуется принять результат и оплатить его.",
    "Состав, объём и цена Работ указаны в Спецификации (Приложение № 1); она служит сметой и составляет неотъемлемую часть "
    "договора. Техническое задание, если оно нужно, Стороны подписывают отдельно.",
    "Работы выполняются по адресу, который указал Заказчик (далее — «Объект»), а если они не связаны с Объектом — по месту "
    "нахождения Подрядчика.",
    "Работы заказаны " + consumer(
        "для личных, семейных и домашних нужд. К отношениям Сторон применяются правила о бытовом подряде и "
        "законодательство о защите прав потребителей; ничто в договоре не умаляет прав, которые они дают Заказчику.",
        "для предпринимательской деятельности или иных целей, не связанных с личными, семейными и домашними нуждами."),
))

PRICE_RU = ("Цена и порядок расчётов", (
    price("Цена Работ твёрдая и составляет", "НДС не облагается", "deal.currency_sign"),
    "Цена включает вознаграждение Подрядчика и возмещение всех его издержек, в том числе материалов, если в Спецификации не "
    "сказано, что их предоставляет Заказчик.",
    "Заказчик уплачивает аванс — 30 % цены — в течение 5 рабочих дней со дня получения счёта, остальное — в течение 5 рабочих "
    "дней со дня приёмки.",
    "Деньги перечисляются на банковский счёт Подрядчика. Обязанность Заказчика исполнена, когда " + consumer(
        "его банк подтвердил исполнение распоряжения о переводе, а при оплате наличными — когда они внесены.",
        "они зачислены на корреспондентский счёт банка Подрядчика."),
    "О необходимости дополнительных работ Подрядчик сообщает до их начала. Без письменного согласия Заказчика на их объём и "
    "цену они не выполняются и не оплачиваются.",
))

TIME_RU = ("Сроки", (
    "Подрядчик начинает Работы в течение 5 рабочих дней после получения аванса и завершает их в течение 30 рабочих дней со дня "
    "начала. Другие сроки, в том числе промежуточные, могут быть указаны в Спецификации.",
    "Срок продлевается на время, в течение которого Работы не велись из-за того, что Заказчик не передал Объект, материалы или "
    "сведения, задержал платёж либо не ответил на предупреждение Подрядчика.",
    "Досрочное выполнение Работ допускается; Заказчик принимает их в общем порядке.",
))

CONDUCT_RU = ("Выполнение Работ", (
    "Работы выполняются из материалов Подрядчика, его силами и средствами. Подрядчик отвечает за качество материалов и "
    "оборудования и по требованию передаёт документы на них.",
    "Материалы Заказчика Подрядчик принимает по описи, расходует бережно, отчитывается о расходе и возвращает остаток либо "
    "уменьшает на его стоимость цену, если Заказчик на это согласен.",
    "Подрядчик соблюдает на Объекте правила безопасности, пожарные и санитарные требования, а по окончании убирает мусор и "
    "вывозит своё имущество.",
    "Подрядчик вправе привлекать субподрядчиков и отвечает за них перед Заказчиком.",
    "До начала Работ Заказчик передаёт Объект, пригодный для их выполнения, обеспечивает доступ и подключение к воде и "
    "электричеству, а в течение 3 рабочих дней после запроса — необходимые сведения и документы.",
    "Подрядчик немедленно предупреждает Заказчика и приостанавливает Работы, если обнаружил непригодность материалов или "
    "документации, опасные последствия указаний либо иные обстоятельства, грозящие годности или сроку результата.",
    "Заказчик вправе в любое время проверять ход и качество Работ, не вмешиваясь в хозяйственную деятельность Подрядчика. "
    "Работы, которые будут закрыты последующими, осматриваются до их закрытия.",
    "Если Работы идут так медленно, что окончить их к сроку явно невозможно, Заказчик вправе отказаться от договора и "
    "потребовать возмещения убытков.",
))

ACCEPTANCE_RU = ("Сдача и приёмка", (
    "О готовности результата Подрядчик сообщает Заказчику и передаёт ему акт{% if deal.vat and client.kind != 'person' %} и "
    "счёт-фактуру{% endif %}. Вместо акта может быть подписан универсальный передаточный документ.",
    "Заказчик в течение 5 рабочих дней осматривает результат и подписывает акт либо письменно отказывается от подписания и "
    "перечисляет недостатки.",
    "При отказе Стороны осматривают результат вместе и согласуют срок устранения недостатков; не согласованный иначе, он "
    "составляет 10 рабочих дней. После устранения приёмка повторяется.",
    consumer(
        "Если Заказчик не является на приёмку, Подрядчик повторно приглашает его и назначает разумный срок.",
        "Если Заказчик в срок не подписал акт и не представил обоснованных возражений, Подрядчик вправе подписать акт один, и "
        "результат считается принятым в последний день срока."),
    "О скрытых недостатках Заказчик сообщает в разумный срок после их обнаружения.",
))

WARRANTY_RU = ("Качество и гарантия", (
    "Результат отвечает Спецификации, техническому заданию и обязательным требованиям, а где их нет — требованиям, которые обычно "
    "предъявляются к таким работам, и пригоден для обычного использования.",
    "Гарантийный срок — 12 месяцев со дня приёмки; на оборудование действует срок изготовителя, если он больше. Срок продлевается "
    "на время, когда результатом нельзя было пользоваться из-за недостатков.",
    "Недостатки, обнаруженные в гарантийный срок, Подрядчик устраняет безвозмездно в течение 10 рабочих дней. Если он этого не "
    "сделал, Заказчик вправе требовать соразмерного уменьшения цены или возмещения расходов на устранение другими лицами, а "
    "если недостатки существенны и неустранимы — отказаться от договора.",
    "Гарантия не распространяется на недостатки, которые, как докажет Подрядчик, возникли из-за обычного износа, неправильной "
    "эксплуатации или ремонта, выполненного Заказчиком или третьими лицами.",
))

RISK_RU = ("Риск и право на результат", (
    "Риск случайной гибели материалов и оборудования несёт Сторона, которая их предоставила; риск случайной гибели результата до "
    "приёмки — Подрядчик. Сторона, просрочившая передачу или приёмку, несёт риск за время просрочки.",
    "Право на результат переходит к Заказчику при приёмке. До оплаты Подрядчик вправе удерживать результат, оборудование и "
    "остаток материалов Заказчика, которые находятся у него.",
))

LIABILITY_RU = ("Ответственность Сторон", (
    "За просрочку Работ Подрядчик уплачивает неустойку " + consumer(
        "в размере, который установлен законодательством о защите прав потребителей.",
        "— 0,1 % цены Работ, не выполненных в срок, за каждый день просрочки, но не более 10 % этой цены."),
    "За просрочку оплаты Заказчик уплачивает неустойку — 0,1 % суммы, не уплаченной в срок, за каждый день просрочки, но не более "
    "10 % этой суммы.",
    *damages_ru("Подрядчик"),
))

RU = Wording(
    "Договор подряда", ("Подрядчик", "Заказчик"),
    (SUBJECT_RU, PRICE_RU, TIME_RU, CONDUCT_RU, ACCEPTANCE_RU, WARRANTY_RU, RISK_RU, LIABILITY_RU, force_ru(),
     disputes_ru("Заказчик"), closing_ru(
        *secrecy_ru("Подрядчик", "Заказчика")[1],
        "Заказчик вправе до приёмки отказаться от договора, письменно сообщив об этом: он оплачивает часть Работ, выполненную до "
        "получения сообщения, и возмещает " + consumer(
            "расходы, которые Подрядчик к этому времени понёс ради исполнения договора.",
            "убытки Подрядчика в пределах остальной части цены.")
        + " Подрядчик вправе отказаться от договора, если Заказчик, несмотря на предупреждение, в разумный срок не устранил "
        "препятствия для Работ.")))

EN = Wording(
    "Agreement for Work", ("Contractor", "Customer"), (
        ("Subject", (
            "The Contractor shall carry out the work listed in Schedule 1 (the “Work”) and hand over its result, and the Customer "
            "shall accept the result and pay for it.",
            "Schedule 1 states the content, extent and price of the Work. A technical brief, where needed, is signed separately.",
            "The Work is carried out at the address named by the Customer (the “Site”) or, where no Site is involved, at the "
            "Contractor’s premises.",
        )),
        ("Price and payment", (
            price("The price of the Work is fixed at", "no VAT is charged", "deal.currency"),
            "The price covers the Contractor’s fee and all its costs, including materials, except those that Schedule 1 leaves to "
            "the Customer.",
            "The Customer shall pay 30% of the price in advance within five working days of receiving the invoice, and the rest "
            "within five working days of acceptance. Payment is made when the money reaches the Contractor’s account.",
            "Additional work is carried out and paid for only if the Customer has agreed to its extent and price in writing beforehand.",
        )),
        ("Time", (
            "The Contractor shall start within five working days of the advance payment and finish within 30 working days of the "
            "start, unless Schedule 1 states other times.",
            "The time is extended by any delay of the Customer in giving the Site, materials or information, in payment, or in "
            "answering a warning.",
        )),
        ("Conduct of the Work", (
            "The Contractor supplies the materials, tools and labour and is responsible for their quality.",
            "Materials of the Customer are received against a list and used sparingly; the Contractor shall account for them and "
            "return the rest.",
            "The Contractor shall observe the safety rules of the Site, and clear it of waste and of its own property at the end.",
            "The Contractor may use subcontractors and is responsible for their work as for its own.",
            "The Customer shall give a Site that is fit for the Work, access, water and electricity, and any information needed, within "
            "three working days of a request.",
            "The Contractor shall warn the Customer at once and stop the Work if materials, documents or instructions put the "
            "result, its safety or the time at risk.",
            "The Customer may inspect the Work at any time without interfering in it. Work that will be covered up is inspected "
            "before that.",
        )),
        ("Handing over and acceptance", (
            "When the result is ready, the Contractor shall tell the Customer and present a certificate of acceptance.",
            "The Customer shall inspect the result and sign the certificate, or list the defects in writing, within five working days."
            + consumer("", " If it does neither, the result is deemed accepted on the last day of that time."),
            "Listed defects shall be remedied within ten working days, unless agreed otherwise, and the inspection is repeated.",
        )),
        ("Quality and warranty", (
            "The result shall match Schedule 1 and the brief, comply with mandatory requirements and be fit for its ordinary use.",
            "The warranty lasts 12 months from acceptance; for equipment the maker’s warranty applies if it is longer.",
            "Defects that appear during the warranty are remedied free of charge within ten working days. If they are not, the Customer "
            "may claim a fair reduction of the price or the cost of having them remedied by others and, if a serious defect "
            "cannot be remedied, end this agreement.",
            "The warranty does not cover wear, misuse, or repairs by the Customer or third parties.",
        )),
        ("Risk and title", (
            "Each party bears the risk of the materials that it has supplied. The Contractor bears the risk of the result until "
            "acceptance; a party that delays the handing over or the acceptance bears it during the delay.",
            "Title to the result passes on acceptance. The Contractor may retain it until the price due has been paid.",
        )),
        ("Liability", (
            "A party that is late in performance or payment shall, on written request, pay 0.1% of the price of what is late for each "
            "day of delay, up to 10% of it.",
            "Neither party is liable for loss of profit or indirect loss, and the total liability of each is limited to the price. "
            "Nothing limits a liability that cannot be limited by law" + consumer(" or a right that the Customer has as a consumer.", "."),
        )),
        force_en(), disputes_en("Contractor", "Customer"), closing_en(
            *secrecy_en()[1],
            "The Customer may end this agreement before acceptance by written notice; it shall pay for the Work done by then and "
            "compensate the Contractor’s loss up to the rest of the price. The Contractor may end it if the Customer, although "
            "warned, does not remove an obstacle to the Work within a reasonable time."),
    ))
