"""Tags made visible in the picture of a template."""

import re

# the engine escapes text, so a tag within one run of text holds no angle bracket
TAG = re.compile(r"\{\{[^<>{}]*\}\}|\{%[^<>]*?%\}")


def marked(html: str) -> str:
    """The HTML of a template with every tag in a <mark class="swap">."""
    return TAG.sub(lambda found: f'<mark class="swap">{found.group(0)}</mark>', html)
