"""Clients who work without pause and keep a ledger of every write that was acknowledged to them."""

import http.client
import itertools
import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from faults.browser import Answer, Browser

NO_ANSWER = (OSError, http.client.HTTPException)
PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Entry:
    """One acknowledged write: what, the words that occur nowhere else, and the number of its record."""

    what: str
    words: str
    id: int = 0


@dataclass
class Ledger:
    """What the clients know. Whoever writes notes the intention first and the acknowledgement after."""

    entries: list[Entry] = field(default_factory=list)
    moves: dict[int, list[int]] = field(default_factory=dict)  # deal -> every stage that was asked for, in order
    moved: dict[int, int] = field(default_factory=dict)  # deal -> how many of them were acknowledged
    refused: list[str] = field(default_factory=list)  # answers that no client should ever see
    asked: int = 0
    unanswered: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, entry: Entry) -> None:
        """The server has said that it is kept."""
        with self.lock:
            self.entries.append(entry)

    def copy(self) -> "Ledger":
        """As it stands now, for a check that runs while people go on."""
        with self.lock:
            return Ledger(list(self.entries), {deal: list(asked) for deal, asked in self.moves.items()},
                          dict(self.moved), list(self.refused), self.asked, self.unanswered)


class Person(threading.Thread):
    """Somebody at work: makes clients and deals, moves them, writes notes, does tasks, makes documents."""

    numbers = itertools.count(1)

    def __init__(self, port: int, email: str, stages: list[int], ledger: Ledger, seed: int, pause: float = 0.0,
                 files: bool = True) -> None:
        super().__init__(daemon=True, name=email)
        self.browser, self.email, self.stages, self.ledger = Browser(port), email, stages, ledger
        self.dice, self.pause, self.run_tag = random.Random(seed), pause, f"{random.SystemRandom().randrange(10**6)}"
        self.quit = threading.Event()
        self.contacts: list[int] = []
        self.deals: list[int] = []
        acts: list[tuple[Callable[[], None], int]] = [
            (self.contact, 3), (self.deal, 3), (self.move, 5), (self.note, 3), (self.task, 2), (self.document, 2 if files else 0)]
        self.acts, self.weights = [act for act, _ in acts], [weight for _, weight in acts]

    def run(self) -> None:
        """Act after act until told to quit; what gets no answer is sent again."""
        while not self.quit.is_set():
            try:
                self.dice.choices(self.acts, self.weights)[0]()
            except LookupError as error:
                if "/login" in str(error):
                    self.enter()
                elif not re.search(r"answered (502|503|507) ", str(error)):
                    self.ledger.refused.append(str(error))
                time.sleep(0.05)
            except NO_ANSWER:
                time.sleep(0.05)
            if self.pause:
                time.sleep(self.pause)
        self.browser.close()

    def enter(self) -> None:
        """Sign in; while the server is away it is tried again and again."""
        while not self.quit.is_set():
            try:
                self.browser.sign_in(self.email, PASSWORD)
            except (*NO_ANSWER, LookupError):
                time.sleep(0.1)
            else:
                return

    def words(self, kind: str) -> str:
        """Words that occur nowhere else."""
        return f"{kind} {self.run_tag} {next(self.numbers)}"

    def send(self, path: str, fields: dict[str, str]) -> Answer | None:
        """Send until somebody says what became of it; None when the person went home before that."""
        self.ledger.asked += 1
        while not self.quit.is_set():
            try:
                answer = self.browser.ask("POST", path, fields)
            except NO_ANSWER:
                self.ledger.unanswered += 1
                time.sleep(self.dice.uniform(0.02, 0.1))
                continue
            if answer.location.startswith("/login"):
                self.enter()
                continue
            if answer.status in (502, 503, 507):
                time.sleep(self.dice.uniform(0.05, 0.2))
                continue
            if answer.status >= 400 or answer.status == 200:
                said = re.search(r'(?s)<p class="error[^>]*>(.*?)</p>|<h1[^>]*>(.*?)</h1>', answer.text)
                self.ledger.refused.append(f"POST {path} answered {answer.status} {said[0][:200] if said else ''}")
                return None
            return answer
        return None

    def contact(self) -> None:
        """A new client card."""
        form, words = self.browser.form("/contacts/new", "surname", "once"), self.words("Client")
        answer = self.send(form.action, {**form.fields, "surname": words})
        if answer and (number := _number(answer, "contacts")):
            self.contacts.append(number)
            self.ledger.keep(Entry("contact", words, number))

    def deal(self) -> None:
        """A new deal with one of the clients."""
        form, words = self.browser.form("/deals/new", "title", "once"), self.words("Deal")
        client = f"contact-{self.dice.choice(self.contacts)}" if self.contacts else ""
        answer = self.send(form.action, {**form.fields, "title": words, "client": client, "amount": "1500"})
        if answer and (number := _number(answer, "deals")):
            self.deals.append(number)
            self.ledger.keep(Entry("deal", words, number))

    def move(self) -> None:
        """One of one's deals to another stage."""
        if not self.deals:
            return
        deal, stage = self.dice.choice(self.deals), self.dice.choice(self.stages)
        form = self.browser.form(f"/deals/{deal}/move", "csrf_token")
        with self.ledger.lock:
            asked = self.ledger.moves.setdefault(deal, [])
            asked.append(stage)
        if self.send(f"/deals/{deal}/move", {"csrf_token": form.fields["csrf_token"], "stage_id": str(stage)}):
            with self.ledger.lock:
                self.ledger.moved[deal] = len(asked)
                self.ledger.entries.append(Entry("move", f"{deal} to {stage}", deal))

    def note(self) -> None:
        """A note on a deal's timeline."""
        if self.deals:
            deal, words = self.dice.choice(self.deals), self.words("Note")
            form = self.browser.form(f"/timeline/deal/{deal}", "text", "once")
            if self.send(form.action, {**form.fields, "what": "note", "text": words}):
                self.ledger.keep(Entry("note", words, deal))

    def task(self) -> None:
        """A task of a deal, and then it is done."""
        if not self.deals:
            return
        deal, words = self.dice.choice(self.deals), self.words("Task")
        form = self.browser.form(f"/tasks/new?deal={deal}", "text", "due_on", "once")
        if not self.send(form.action, {**form.fields, "text": words, "deal_id": str(deal)}):
            return
        self.ledger.keep(Entry("task", words, deal))
        found = re.findall(r"/tasks/(\d+)/done", self.browser.ask("GET", f"/tasks/of/deal/{deal}").text)
        if found:
            token = {"csrf_token": form.fields["csrf_token"]}
            if self.send(f"/tasks/{found[-1]}/done", token):
                self.ledger.keep(Entry("done", found[-1], int(found[-1])))

    def document(self) -> None:
        """A quote with the next number."""
        if not self.deals:
            return
        deal = self.dice.choice(self.deals)
        form = self.browser.form(f"/deals/{deal}/documents/new?kind=quote", "dated", "once", "template")
        answer = self.send(form.action, form.fields)
        if answer and (number := _number(answer, "documents")):
            self.ledger.keep(Entry("document", f"of deal {deal}", number))


def _number(answer: Answer, room: str) -> int:
    found = re.fullmatch(rf"/{room}/(\d+)", answer.location)
    return int(found[1]) if found else 0


class Crowd:
    """Several people at work at once."""

    def __init__(self, port: int, emails: list[str], stages: list[int], ledger: Ledger | None = None, seed: int = 1,
                 pause: float = 0.0, files: bool = True) -> None:
        self.ledger = ledger or Ledger()
        self.people = [Person(port, email, stages, self.ledger, seed * 100 + place, pause, files)
                       for place, email in enumerate(emails)]

    def __enter__(self) -> "Crowd":
        for person in self.people:
            person.enter()
            person.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for person in self.people:
            person.quit.set()
        for person in self.people:
            person.join(60)
