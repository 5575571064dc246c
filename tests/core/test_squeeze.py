"""What the squeezing of styles and scripts keeps and drops, and how heavy the bundles are."""

import gzip
import hashlib
import re

import pytest

from crm.core import squeeze
from crm.core.assets import ROOT, load

LIMITS = {"app.css": 10.5 * 1024, "app.js": 5 * 1024, "icons.svg": 5 * 1024}


def test_a_style_sheet_loses_comments_and_idle_space_but_keeps_its_values() -> None:
    source = "/* why */\n@media (width: 9px) {\n  a:hover > b, i { margin: 0 calc(1px + 2px); top: 0; }\n}\n"
    assert squeeze.css(source) == "@media (width: 9px){a:hover > b,i{margin:0 calc(1px + 2px);top:0}}"


def test_a_script_keeps_addresses_and_regular_expressions_and_loses_remarks() -> None:
    source = ("/* what\n   it does */\n// a remark\nconst a = 'http://x//y';   // and another\n"
              "  if (/\\/\\//.test(a)) b();\n")
    assert squeeze.js(source) == "const a = 'http://x//y';\nif (/\\/\\//.test(a)) b();"


@pytest.mark.parametrize("name", LIMITS)
def test_a_bundle_stays_within_its_weight(name: str) -> None:
    weight = len(gzip.compress(load()[name].data, 9, mtime=0))
    assert weight <= LIMITS[name], f"{name}: {weight} bytes packed"


def test_only_the_tokens_name_colours() -> None:
    named = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.IGNORECASE)
    sheets = [path for path in (ROOT / "src").glob("*.css") if path.name not in ("tokens.css", "print.css")]
    found = {path.name: named.findall(squeeze.css(path.read_text())) for path in sheets}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_vendored_script_is_the_one_of_its_release() -> None:
    vendor = ROOT / "vendor"
    told = dict(re.findall(r"\| `vendor/(\S+)` .*`([0-9a-f]{64})` \|", (vendor / "VENDOR.md").read_text()))
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in vendor.glob("*.js")} == told


def test_every_icon_named_in_the_templates_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "icons.svg").read_text()))
    used = {name for path in (ROOT.parent / "templates").rglob("*.html")
            for name in re.findall(r"\bicon\('([a-z-]+)'", path.read_text())}
    assert used - sprite == set()
