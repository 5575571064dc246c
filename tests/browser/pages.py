"""Every page of the program by name: whose eyes see it, in which company, by what address, after which acts."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.documents.engine.word_file import docx


@dataclass(frozen=True)
class Place:
    """`path` names ids of the world in braces; `act` is done on the open page; `noise` awaits this status."""

    name: str
    path: str
    who: str = "owner"
    world: str = "living"
    act: Callable[[Page], None] | None = None
    status: int = 200


def _dialog(selector: str) -> Callable[[Page], None]:
    """Open the dialog behind the first visible such link."""
    def act(page: Page) -> None:
        page.locator(f"{selector} >> visible=true").first.click()
        expect(page.locator("#dialog")).to_be_visible()
    return act


def _menu(name: str) -> Callable[[Page], None]:
    def act(page: Page) -> None:
        page.locator(f'[popovertarget="{name}"] >> visible=true').first.click()
        expect(page.locator(f"#{name}")).to_be_visible()
    return act


def _faulty_upload(page: Page) -> None:
    page.locator("#name").fill("Our quote")
    page.locator("input[type=file]").set_input_files({"name": "bad.docx", "mimeType": "application/octet-stream",
                                                      "buffer": docx("{{ client.nme }}", "{% if deal.lines %}")})
    page.locator("button.main").click()
    expect(page.locator(".faults .fault").first).to_be_visible()


def _wrong_form(page: Page) -> None:
    page.locator("main form").first.evaluate("form => { form.noValidate = true; }")
    page.locator("main form button.main").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def _wrong_number(page: Page) -> None:
    page.locator("[name=cards]").fill("1")
    page.locator("main form", has=page.locator("[name=cards]")).locator("button.main").click()


def _typed_search(page: Page) -> None:
    page.locator("[name=q] >> visible=true").first.press_sequentially("an")
    expect(page.locator("[data-busy]")).to_have_count(0)


def _line_form(page: Page) -> None:
    page.locator("#lines header a").click()
    expect(page.locator("#line-new form")).to_be_visible()


def _question(page: Page) -> None:
    page.locator("#answer summary").click()
    page.locator("[name=asker]").fill("Olga")
    page.locator("[name=text]").fill("May we have ten more?")
    page.locator("#answer details button").click()
    expect(page.locator("#answer .note.good")).to_be_visible()


PLACES = (
    Place("desk-owner", "/"),
    Place("desk-manager", "/", "manager"),
    Place("desk-viewer", "/", "viewer"),
    Place("desk-accountant", "/", "accountant"),
    Place("desk-empty", "/", world="empty"),
    Place("create-menu", "/account/", act=_menu("create-menu")),
    Place("person-menu", "/account/", act=_menu("person-menu")),
    Place("contacts", "/contacts"),
    Place("contacts-empty", "/contacts", world="empty"),
    Place("contacts-nothing-found", "/contacts?q=zzzzqqq"),
    Place("contact", "/contacts/{contact}"),
    Place("contact-new", "/contacts/new"),
    Place("contact-edit", "/contacts/{contact}/edit"),
    Place("companies", "/companies"),
    Place("company", "/companies/{company}"),
    Place("company-new", "/companies/new"),
    Place("company-edit", "/companies/{company}/edit"),
    Place("deals", "/deals"),
    Place("deals-empty", "/deals", world="empty"),
    Place("deal", "/deals/{deal}"),
    Place("deal-manager", "/deals/{deal}", "manager"),
    Place("deal-viewer", "/deals/{deal}", "viewer"),
    Place("deal-line", "/deals/{deal}", act=_line_form),
    Place("deal-new", "/deals/new"),
    Place("deal-new-wrong", "/deals/new", act=_wrong_form, status=422),
    Place("deal-edit", "/deals/{deal}/edit"),
    Place("deal-assign", "/deals/{deal}/manager"),
    Place("deal-parts", "/deals/{deal}/parts"),
    Place("deals-of-person", "/deals/of/contact/{contact}"),
    Place("deals-of-company", "/deals/of/company/{company}"),
    Place("lines", "/deals/{deal}/lines"),
    Place("line-new", "/deals/{deal}/lines/new"),
    Place("line-refilled", "/deals/{deal}/lines/form"),
    Place("line-edit", "/deals/{deal}/lines/{line}"),
    Place("line-price", "/deals/{deal}/lines/price"),
    Place("deal-price-list", "/deals/{deal}/price-list"),
    Place("deal-person", "/deals/{deal}/people"),
    Place("deal-documents", "/deals/{deal}/documents"),
    Place("deal-payments", "/deals/{deal}/payments", "accountant"),
    Place("payment-new", "/deals/{deal}/payments/new", "accountant"),
    Place("payment", "/payments/{payment}", "accountant"),
    Place("terms", "/deals/{deal}/terms", "accountant"),
    Place("terms-own", "/deals/{deal}/terms?kind=own", "manager"),
    Place("payments", "/payments", "accountant"),
    Place("payment-rules", "/settings/payments"),
    Place("payments-weeks", "/payments?by=week"),
    Place("payments-empty", "/payments", world="empty"),
    Place("payments-received", "/payments/received", "accountant"),
    Place("payments-todo", "/payments/todo", "accountant"),
    Place("debts", "/payments/debts", "accountant"),
    Place("debts-invoices", "/payments/debts/invoices", "accountant"),
    Place("invoice-new", "/deals/{deal}/documents/new?kind=invoice&part=percent"),
    Place("documents-invoices", "/documents?kind=invoice"),
    Place("invoice", "/documents/{invoice}", "accountant"),
    Place("deal-tasks", "/tasks/of/deal/{deal}"),
    Place("deal-history", "/timeline/deal/{deal}"),
    Place("column", "/deals/board/{open}"),
    Place("board", "/deals/board"),
    Place("board-manager", "/deals/board", "manager"),
    Place("board-empty", "/deals/board", world="empty"),
    Place("board-move", "/deals/board", "manager", act=_dialog(".deal-card .dots")),
    Place("deal-refuse", "/deals/{deal}", act=_dialog("#deal-head .acts .danger")),
    Place("deal-win", "/deals/{deal}", act=_dialog("#deal-head .acts .won")),
    Place("move-page", "/deals/{deal}/move"),
    Place("refuse-page", "/deals/{deal}/move?to={lost}"),
    Place("tasks", "/tasks"),
    Place("tasks-manager", "/tasks", "manager"),
    Place("tasks-empty", "/tasks", world="empty"),
    Place("task-new", "/tasks/new"),
    Place("task", "/tasks/{task}"),
    Place("products", "/products"),
    Place("products-empty", "/products", world="empty"),
    Place("product-new", "/products/new"),
    Place("product-edit", "/products/{product}"),
    Place("product-set", "/products/{set}"),
    Place("product-groups", "/products/groups"),
    Place("product-group", "/products/groups/{group}"),
    Place("product-group-delete", "/products/groups/{group}/delete"),
    Place("price-lists", "/products/lists"),
    Place("price-lists-empty", "/products/lists", world="empty"),
    Place("price-list-new", "/products/lists/new"),
    Place("price-list", "/products/lists/{list}"),
    Place("price-list-edit", "/products/lists/{list}/edit"),
    Place("documents", "/documents"),
    Place("documents-empty", "/documents", world="empty"),
    Place("document", "/documents/{document}"),
    Place("document-pdf", "/documents/{document}/pdf"),
    Place("document-new", "/deals/{deal}/documents/new?kind=contract"),
    Place("contract", "/documents/{contract}"),
    Place("contract-lawyer", "/documents/{contract}", "lawyer"),
    Place("to-agree", "/documents/agreement", "lawyer"),
    Place("to-agree-empty", "/documents/agreement", world="empty"),
    Place("contract-upload", "/documents/{contract}/upload"),
    Place("contract-compare", "/documents/{contract}/compare"),
    Place("contract-ask", "/documents/{contract}/ask"),
    Place("contract-return", "/documents/{contract}/return", "lawyer"),
    Place("contract-sign", "/documents/{contract}/sign"),
    Place("contract-signed", "/documents/{signed}"),
    Place("contract-step-back", "/documents/{signed}/step-back"),
    Place("contract-keep", "/documents/{contract}/keep"),
    Place("contract-terms", "/documents/{contract}/terms"),
    Place("contract-remark", "/documents/{contract}/remarks"),
    Place("contract-answer", "/documents/{contract}/remarks/{remark}/answer"),
    Place("batch-new", "/documents/many"),
    Place("batch", "/documents/many/{batch}"),
    Place("genitive", "/documents/genitive/own"),
    Place("genitive-client", "/documents/genitive?company={company}"),
    Place("templates", "/templates"),
    Place("template", "/templates/{template}"),
    Place("template-tried", "/templates/{template}?deal={deal}"),
    Place("template-upload", "/templates/upload", act=_faulty_upload, status=422),
    Place("template-replace", "/templates/{template}/upload"),
    Place("template-fields", "/templates/fields"),
    Place("scoreboard", "/scoreboard?period=quarter"),
    Place("scoreboard-manager", "/scoreboard", "manager"),
    Place("scoreboard-empty", "/scoreboard", world="empty"),
    Place("wall", "/scoreboard/wall"),
    Place("plans", "/plans"),
    Place("imports", "/imports/"),
    Place("import-columns", "/imports/{import}"),
    Place("import-report", "/imports/{report}"),
    Place("search", "/search?q=an"),
    Place("search-typed", "/search", act=_typed_search),
    Place("outbox", "/outbox/"),
    Place("outbox-empty", "/outbox/", world="empty"),
    Place("letter", "/outbox/{letter}"),
    Place("letter-new", "/deals/{deal}/letter?document={document}"),
    Place("settings", "/settings/"),
    Place("settings-rules", "/settings/rules"),
    Place("users", "/settings/users"),
    Place("user", "/settings/users/{user}"),
    Place("user-new", "/settings/users/new"),
    Place("user-close", "/settings/users/{user}/close"),
    Place("user-close-asked", "/settings/users/{user}", act=_dialog("a[href$='/close']")),
    Place("invited", "/invite/{invite}", ""),
    Place("firms", "/settings/companies"),
    Place("firm", "/settings/companies/{firm}"),
    Place("firm-new", "/settings/companies/new"),
    Place("firm-accounts", "/settings/companies/0/accounts"),
    Place("pipelines", "/settings/pipelines"),
    Place("pipeline", "/settings/pipelines/{pipeline}"),
    Place("stage", "/settings/pipelines/stages/{open}"),
    Place("numbers", "/settings/numbers/"),
    Place("number", "/settings/numbers/quote"),
    Place("roles", "/settings/roles"),
    Place("role", "/settings/roles?role=manager"),
    Place("role-back", "/settings/roles/manager/delete"),
    Place("sees", "/staff/sees?person={seller}"),
    Place("hand-over", "/staff/{seller}/handover"),
    Place("backups", "/settings/backups/"),
    Place("backup-download", "/settings/backups/{backup}/download"),
    Place("backups-progress", "/settings/backups/progress"),
    Place("health", "/settings/health/"),
    Place("protection", "/settings/guard"),
    Place("protection-wrong", "/settings/guard", act=_wrong_number, status=422),
    Place("waiting", "/settings/waiting"),
    Place("waiting-asked", "/settings/waiting", "manager"),
    Place("waiting-empty", "/settings/waiting", world="empty"),
    Place("log", "/settings/log"),
    Place("log-empty", "/settings/log?q=zzzzqqq", world="empty"),
    Place("demo-remove", "/settings/demo/"),
    Place("account", "/account/"),
    Place("account-second", "/account/second"),
    Place("account-passkeys", "/account/passkeys"),
    Place("login", "/login", ""),
    Place("forgot", "/forgot", ""),
    Place("reset", "/reset/{reset}", ""),
    Place("login-wrong", "/login", "", act=_wrong_form, status=422),
    Place("setup", "/setup", "", "nothing"),
    Place("setup-wizard", "/setup/{setup}", "", "nothing"),
    Place("setup-pipeline", "/setup/{setup}/pipeline?business=services", "", "nothing"),
    Place("quote-public", "/q/{link}", ""),
    Place("quote-choice", "/q/{chooser}", ""),
    Place("quote-asked", "/q/{link}", "", act=_question),
    Place("quote-gone", "/q/1-guess", "", status=404),
    Place("quote-cut", "/q/1-guess/and/more", "", status=404),
    Place("not-found", "/deals/999999", status=404),
    Place("not-allowed", "/settings/", "viewer", status=403),
)
