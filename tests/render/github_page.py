"""Owns GitHub's way from Markdown to what is seen: cmark-gfm, the allow-list, the style sheet."""

import html
import json
from collections.abc import Mapping
from pathlib import Path

import cmarkgfm  # type: ignore[import-untyped]
import nh3
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist", "tagfilter"]

ALLOWED = json.loads((Path(__file__).parent / "github" / "allowed.json").read_text("utf-8"))
"""What the sanitiser of github/html-pipeline lets through."""

WIDTH = 860

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Comments</title>
<style>{css}</style>
<style>
  body {{ margin: 0; }}
  article.markdown-body {{ box-sizing: border-box; width: {width}px; padding: 16px; }}
  article.markdown-body {{ font-size: 14px; }}
</style></head>
<body>{body}</body></html>
"""


def seen(markdown: str) -> str:
    """Turn a comment into the HTML that GitHub would show."""
    options = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS
    raw = cmarkgfm.markdown_to_html_with_extensions(markdown, options, EXTENSIONS)
    return nh3.clean(
        raw,
        tags={*ALLOWED["tags"]},
        attributes={tag: {*names} for tag, names in ALLOWED["attributes"].items()},
        url_schemes={*ALLOWED["schemes"]},
        link_rel=None,
    )


def page_of(comments: Mapping[str, str], css: str) -> str:
    """Put comments below each other, each as wide as on GitHub."""
    body = "\n".join(
        f'<article class="markdown-body" id="{html.escape(name)}">{seen(text)}</article>'
        for name, text in comments.items()
    )
    return PAGE.format(css=css, width=WIDTH, body=body)
