"""A small real mail server of the test's own, which can be told to refuse or to break off."""

import socketserver
from typing import ClassVar


class Mailbox(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs to hand over a letter.

    `answers`: what to say in place of "250 fine" after a verb, "END" standing for the end of a letter; nothing: hang up.
    """

    letters: ClassVar[list[str]] = []
    answers: ClassVar[dict[str, bytes]] = {}

    @classmethod
    def forget(cls) -> None:
        """An empty box that takes everything."""
        cls.letters.clear()
        cls.answers.clear()

    def handle(self) -> None:
        """One conversation."""
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline().decode().strip():
            verb = line.split(":")[0].split()[0].upper()
            if verb == "DATA":
                self.wfile.write(b"354 go\r\n")
                lines = []
                while (text := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                    lines.append(text)
                self.letters.append("\n".join(lines))
                verb = "END"
            answer = self.answers.get(verb, b"221 bye" if verb == "QUIT" else b"250 fine")
            if not answer:
                return
            self.wfile.write(answer + b"\r\n")
            if verb == "QUIT":
                return
