"""The contract of supply; for a private person it is one of sale, as Russian law knows supply between businesses only."""

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
    "Поставщик обязуется передать в собственность Покупателя товары, перечисленные в Спецификации (далее — «Товар»), а "
    "Покупатель обязуется принять Товар и оплатить его на условиях договора.",
    "Наименование, количество, единицы измерения и цена Товара указаны в Спецификации (Приложение № 1), которая составляет "
    "неотъемлемую часть договора. Новые партии Стороны вправе согласовать новыми спецификациями; каждая действует со "
    "дня подписания обеими Сторонами.",
    "Товар приобретается " + consumer(
        "для личных, семейных и домашних нужд. К отношениям Сторон применяется законодательство о защите прав "
        "потребителей, и ничто в договоре не умаляет прав, которые оно даёт Покупателю.",
        "для предпринимательской деятельности или иных целей, не связанных с личным, семейным и домашним использованием."),
    "Поставщик заверяет, что вправе распоряжаться Товаром, что Товар не заложен, не арестован и свободен от прав третьих лиц.",
))

PRICE_RU = ("Цена и порядок расчётов", (
    price("Цена договора равна стоимости Товара по Спецификации и составляет", "НДС не облагается", "deal.currency_sign"),
    "В цену входят тара, упаковка, маркировка и погрузка на складе Поставщика. Доставка оплачивается сверх цены, если она "
    "не включена в Спецификацию.",
    "Покупатель оплачивает Товар полностью до его передачи — в течение 5 рабочих дней со дня получения счёта.",
    "Деньги перечисляются на банковский счёт Поставщика. Обязанность Покупателя исполнена, когда " + consumer(
        "его банк подтвердил исполнение распоряжения о переводе, а при оплате наличными — когда они внесены.",
        "они зачислены на корреспондентский счёт банка Поставщика."),
    "Согласованная цена не изменяется без соглашения Сторон, совершённого в письменной форме.",
))

DELIVERY_RU = ("Сроки и порядок поставки", (
    "Поставщик передаёт Товар в течение 15 рабочих дней со дня оплаты, если в Спецификации не указан другой срок. Досрочная "
    "поставка и поставка частями допускаются с согласия Покупателя.",
    "Товар передаётся на складе Поставщика. Если Спецификация включает доставку, Поставщик доставляет Товар по адресу, "
    "который указал Покупатель, и выгрузку обеспечивает Покупатель.",
    "О готовности Товара Поставщик сообщает не позднее чем за 2 рабочих дня. Товар, переданный на складе, Покупатель вывозит "
    "в течение 5 рабочих дней после сообщения, а за просрочку возмещает необходимые расходы на хранение.",
    "Вместе с Товаром передаются " + consumer(
        "кассовый чек или иной документ об оплате,",
        "товарная накладная{% if deal.vat %} и счёт-фактура{% endif %} либо универсальный передаточный документ,")
    + " а также инструкции, паспорта и документы о соответствии, обязательные для товара этого вида.",
    "Обязанность передать Товар исполнена, когда он вручён Покупателю, его представителю или перевозчику, которого привлёк "
    "Покупатель. Представитель предъявляет документ, удостоверяющий личность, и доверенность.",
))

ACCEPTANCE_RU = ("Приёмка Товара", (
    "Количество, ассортимент и целость упаковки Покупатель проверяет при получении и подтверждает подписью в документе о "
    "передаче; замечания вносятся в этот документ или в отдельный акт.",
    "Качество и комплектность Покупатель проверяет в течение 10 рабочих дней со дня получения. О недостатках, которые при "
    "обычной проверке заметить нельзя, он сообщает в течение 5 рабочих дней после обнаружения.",
    "Для составления акта о недостаче или недостатках Покупатель приглашает Поставщика. Если тот не явился в течение 3 "
    "рабочих дней после приглашения, Покупатель составляет акт с участием незаинтересованного лица.",
    "Поставщик восполняет недостачу, заменяет Товар или устраняет недостатки в течение 10 рабочих дней со дня получения "
    "обоснованного требования.",
    "Товар, от которого Покупатель правомерно отказался, он хранит до передачи Поставщику. Поставщик вывозит его в течение "
    "10 рабочих дней и возмещает расходы на хранение.",
))

QUALITY_RU = ("Качество и гарантия", (
    "Качество Товара отвечает обязательным требованиям законодательства, документации изготовителя и Спецификации. Товар "
    "новый, если в Спецификации не сказано иное; тара и упаковка невозвратные и сохраняют его при обычной перевозке.",
    "Гарантийный срок — 12 месяцев со дня передачи, если изготовитель не установил больший. Он продлевается на время, "
    "когда Товаром нельзя было пользоваться из-за недостатков.",
    "При обнаружении недостатков Покупатель вправе требовать их безвозмездного устранения, соразмерного уменьшения цены или "
    "возмещения своих расходов на устранение, а если недостатки существенны — замены Товара либо возврата денег.",
    "Гарантия не распространяется на недостатки, которые, как докажет Поставщик, возникли после передачи из-за нарушения правил "
    "хранения и использования, действий третьих лиц или непреодолимой силы.",
))

TITLE_RU = ("Переход права собственности и риска", (
    "Право собственности на Товар и риск его случайной гибели или повреждения переходят к Покупателю в момент, когда исполнена "
    "обязанность передать Товар.",
    "Если по соглашению Сторон Товар передан до оплаты, право собственности остаётся за Поставщиком до полной оплаты. До этого "
    "времени Покупатель не продаёт и не закладывает Товар; залог в силу закона не возникает.",
))

LIABILITY_RU = ("Ответственность Сторон", (
    "За просрочку передачи Товара Поставщик уплачивает неустойку " + consumer(
        "в размере, который установлен законодательством о защите прав потребителей.",
        "— 0,1 % стоимости Товара, не переданного в срок, за каждый день просрочки, но не более 10 % этой стоимости."),
    "За просрочку оплаты Покупатель уплачивает неустойку — 0,1 % суммы, не уплаченной в срок, за каждый день просрочки, но не "
    "более 10 % этой суммы.",
    *damages_ru("Поставщик"),
))

RU = Wording(
    consumer("Договор купли-продажи", "Договор поставки"), ("Поставщик", "Покупатель"),
    (SUBJECT_RU, PRICE_RU, DELIVERY_RU, ACCEPTANCE_RU, QUALITY_RU, TITLE_RU, LIABILITY_RU, force_ru(),
     secrecy_ru("Поставщик", "Покупателя"), disputes_ru("Покупатель"), closing_ru(
        "Покупатель вправе отказаться от договора, если передача Товара просрочена более чем на 20 рабочих дней или его "
        "недостатки неустранимы; Поставщик — если оплата или получение Товара просрочены более чем на 20 рабочих дней. Договор "
        "прекращается через 5 рабочих дней после получения уведомления; деньги за непереданный Товар Поставщик возвращает в "
        "течение 10 рабочих дней после прекращения.")))

EN = Wording(
    "Supply Agreement", ("Supplier", "Buyer"), (
        ("Subject", (
            "The Supplier shall deliver the goods listed in Schedule 1 (the “Goods”) and transfer title to them, and the Buyer "
            "shall accept the Goods and pay for them.",
            "Schedule 1 states the description, quantity and price of the Goods. Further deliveries may be agreed in further "
            "schedules signed by both parties.",
            "The Goods are bought " + consumer(
                "for personal use. Nothing in this agreement takes away the rights that the law gives the Buyer as a consumer.",
                "for use in the course of business."),
            "The Supplier warrants that it may sell the Goods and that they are free of charges and of rights of third parties.",
        )),
        ("Price and payment", (
            price("The price of the Goods is", "no VAT is charged", "deal.currency"),
            "The price includes packing, marking and loading at the Supplier’s premises. Carriage is charged separately unless "
            "Schedule 1 includes it.",
            "The Buyer shall pay the price in full before delivery, within five working days of receiving the invoice. Payment is "
            "made when the money reaches the Supplier’s account.",
            "The price is fixed and changes only by written agreement of both parties.",
        )),
        ("Delivery", (
            "The Supplier shall deliver the Goods within 15 working days of payment, unless Schedule 1 states another time. Early "
            "and partial deliveries need the Buyer’s consent.",
            "The Goods are handed over at the Supplier’s premises. If Schedule 1 includes carriage, the Supplier shall bring them "
            "to the address named by the Buyer, who shall unload them.",
            "The Supplier shall give two working days’ notice that the Goods are ready. The Buyer shall collect them within five "
            "working days of the notice and bear the necessary cost of storage after that.",
            "The Supplier shall hand over with the Goods a delivery note, the instructions for use and any certificate that the "
            "law requires.",
        )),
        ("Inspection and acceptance", (
            "On receipt the Buyer shall check the quantity, the kinds of Goods and the packing, and note any remarks on the "
            "delivery note.",
            "The Buyer shall check the quality within ten working days of receipt and report a hidden defect within five working "
            "days of finding it.",
            "The Supplier shall make up a shortage, or repair or replace defective Goods, within ten working days of a justified "
            "claim. Rejected Goods are kept for the Supplier, at its cost, until it collects them.",
        )),
        ("Quality and warranty", (
            "The Goods are new, match Schedule 1 and comply with the mandatory requirements that apply to them.",
            "The warranty lasts 12 months from delivery, or longer where the maker grants it. It is extended by the time during "
            "which a defect prevents the use of the Goods.",
            "During the warranty the Buyer may claim free repair or a fair reduction of the price and, if the defect is serious, "
            "replacement or a refund.",
            "The warranty does not cover defects that arose after delivery from misuse, from acts of third parties or from "
            "events beyond control.",
        )),
        ("Title and risk", (
            "Title and risk pass to the Buyer when the Goods are handed over to the Buyer or to a carrier that the Buyer has engaged.",
            "If Goods are handed over before payment, title remains with the Supplier until the price has been paid in full, and "
            "the Buyer shall not sell or charge them before that.",
        )),
        ("Liability", (
            "A party that is late in delivery or payment shall, on written request, pay 0.1% of the late amount for each day of delay, "
            "up to 10% of that amount.",
            "Neither party is liable for loss of profit or indirect loss, and the total liability of each is limited to the price. "
            "Nothing limits a liability that cannot be limited by law.",
        )),
        force_en(), secrecy_en(), disputes_en("Supplier", "Buyer"), closing_en(
            "Either party may end this agreement by five working days’ written notice if the other is more than 20 working "
            "days late in delivery, collection or payment. Money paid for Goods that were not delivered shall be returned within "
            "ten working days."),
    ))
