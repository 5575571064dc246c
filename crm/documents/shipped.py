"""The Word templates that come with the program: used as they are until the business uploads its own."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crm.documents.kinds import LABELS, VARIANTS
from crm.documents.models import KINDS

FOLDER = Path(__file__).resolve().parents[2] / "doc_templates"
LOCALES = ("ru", "en")
# digests of files that came with earlier versions: what is still in use of them is nobody's own
FORMER = frozenset({"34018fdf014fe3627e520ed6fde1bfe0a14b33d675e1a67170c091d27bc15746",
                    "900532ad41f9ee2d1e84fb8545b58084b89ebbb97d687a8c25b0f559241d5e9f",
                    "fae0aa5cad096303777ef76466d6df419a8efc82d36edf0f87e8bd9ec99561d9",
                    "92981425ea80c826644fb49041bf37e84e830a983baf010a18b1ac0a9406f8a1",
                    "64ccd369fa078afbefe7c5e905fe99671ffad7d1dc4ef54bb255a4ba03242aad",
                    "c472ce1eb6ea34f6beb5186a6245dac6293053fdcaa9b0dd3f623badc989458c",
                    "0b78496dcc381719606b792701ca66397c5d720dc62da74efe197cef575fd70f",
                    "779cef0dbd5c4001511aa7a784916f9f972b59a9acd016f3b19f84715e27a40b",
                    "e78a2cf768f86a0904579abdeadf718b8ccb5f2db737ba128e753a6012e0078f",
                    "97c103b106933e12ede6e74776c72c8d7a6458dab2852b737498a961b925a79f",
                    "0179b57748e29e5cdaaf15d11733c63e1cf169f3081d03da7276d446a0e2351e",
                    "348efad3cce2d2fb3583f655ceb85127991b9cf4ca0dba481b31223e81bee8d5",
                    "3410d3d89612db227094b8a27597454c015307a55ad1d997729645bc27160d5e",
                    "309241a8393dab8b085b9934ad7b583b277c4c90c4601bfaf87cf01013e913b9",
                    "71e9a227580d7dcaac3270f1df772c09809d2b72a102b6f1fa0fe725d094de12",
                    "4c0e906307fef415967e89a95c40ae59f85e25f7b308eec4abc892f261227c16",
                    "4c6ee131d6c3e4e0e1db363b90237209c98e6f2fb643b674a3fb5afc542ad951",
                    "4e3a3626cf101034c2f53fc5a20ce4def832564c86da0d49f086cacb393671e0",
                    "dfa3aa0bd4fa64a1ec0059c9505b677ff511e86c59818878d04c53728409ff5e",
                    "6818abb1b8e1b5bcda88208b802af38e276588cc6411c79b253d1fc2d7dbefbe",
                    "7db4d23472ce6085c1982e74d510d55c7e694de87c9cde85e2b218d7f449f60d",
                    "c627ddff3032d1e6d5ad129abd6b20a27f91f4e997689c960301c5f2ce41edbc",
                    "01bcf15a4cc71931d5f634842bc78878ca65b4ecc65f532898ae8e8da7169f59",
                    "8d1ef7d963c3acf8d51518af089e6bd724387284d807414f739ab8667ad77a65",
                    "0a6474f51f2a8fea78cafb8943de8be7d40b428740e5db87e08b8231299c5886",
                    "0b05746e47c6b348dde9abe945b52689a76925df7d0546141e281d243f5b4227",
                    "88fe320591493adf77a972d9652fc14908d80deb24dd595d4fa750c64ee03919",
                    "0b93dfd36385cadb227b88a79ff56ffcfd5882ab1060b76fa0f3c501861cf6d5",
                    "3c82c166921bce65a6a58b4009d8b6bed0944ea521cf483b3a5b26e9470d8e8c",
                    "9e0ddab0c9891e767140cba1f15910020e916b0e2c89ba325f650efd8e8c3c3f",
                    "a40d239140dc8ad181687145854f82685989aa0bf338b7af85656c3e3475c1b3",
                    "922c4e1eef8d2b13af86bd2230cd28310c4c5191078ad417c9cd89a57922c49d",
                    "a737b030832ea037eecf0dfb1552f6d8c87ed1aabef76b14df5a0641abf6d17c",
                    "cd17023b378a7a10b10f932f39282a64541eb3338f3bfcac1af8ec012ea49c9d",
                    "314facf263be7e5ec15761dfdc670f3ed88954fdf7fbeaa2e3eba9ef0aa6fa6c",
                    "5a750add2471d5332d1f4a1f1f487b8ab9a10f9453bf68c788573b4da3e65d62",
                    "986e84188f728f9c502664f4d6283ff5d1f0d8d44b5d3c5edf7779ddbe2eef36",
                    "958e3386e3a46ef5fbb3fded165b1a10da1e97532570eb585f2803ca1b1d3798",
                    "bcb9f6714798fa2ae7a5317a4b8a3c2713c8c10935e6113f1b2561f273b51490",
                    "1406cd2f37fb90a129a18b7896ca6c162fba9e1277d73fd490a357aaa403788b",
                    "8274013359f0e6179e5ca6c302fac5f6c511351bc137c2cf07bdcfd274ea5efd",
                    "2fa9777724fe9c43b10e29747470a03cf0bacbc1c974b4f4c7399f377e77f2a2",
                    "5bb6d431f0ca6f61a1a52f58c1a677a85a92cc920d37c8f12a682f5f28637201",
                    "fa8e01c0b6a94aa9b8a3eb183ca061754df9a5f99b846d050a30840afff537de",
                    "4e6c39de78849a1975df867a51fd5a56fb49f194991014ca936bda2f15b2ed90",
                    "8a3785cf3f64da028973b2504cf4bb00079a4b6357a8e6b5ae44ea7240c3157b",
                    "0d08400a3c635a53d2ea4919eb0e0fa580f032c1cdf2ab69ed2438d45cf6084b"})


@dataclass(frozen=True)
class Shipped:
    """One file of doc_templates/; `variant` is "" for the plain one of its kind; `digest` is the SHA-256 of its bytes."""

    kind: str
    variant: str
    locale: str
    data: bytes
    digest: str

    @property
    def stem(self) -> str:
        """What names it among those of its language: "contract" or "contract-work"."""
        return f"{self.kind}-{self.variant}" if self.variant else self.kind

    @property
    def label(self) -> str:
        """Its name in the language of the reader."""
        return str(VARIANTS.get(self.stem) or LABELS[self.kind])

    @property
    def file_name(self) -> str:
        """The name it is downloaded under."""
        return f"{self.stem}-{self.locale}.docx"


@cache
def all_shipped() -> tuple[Shipped, ...]:
    """Every shipped template, read once: by language, kind by kind, the plain one first."""
    found = []
    for locale in LOCALES:
        for kind in KINDS:
            for stem in (kind, *(stem for stem in VARIANTS if stem.startswith(f"{kind}-"))):
                path = FOLDER / locale / f"{stem}.docx"
                if path.exists():
                    data = path.read_bytes()
                    variant = stem.removeprefix(kind).lstrip("-")
                    found.append(Shipped(kind, variant, locale, data, hashlib.sha256(data).hexdigest()))
    return tuple(found)


def of_kind(kind: str, locale: str) -> list[Shipped]:
    """The shipped templates of a kind and language, the plain one first."""
    return [one for one in all_shipped() if (one.kind, one.locale) == (kind, locale)]


def shipped(stem: str, locale: str) -> Shipped | None:
    """The shipped template of this name and language."""
    return next((one for one in all_shipped() if (one.stem, one.locale) == (stem, locale)), None)


def by_digest(digest: str) -> Shipped | None:
    """The shipped template with this content."""
    return next((one for one in all_shipped() if one.digest == digest), None)
