"""Takes the pictures of `docs/pictures` from a run: comment, page, a phone, a terminal.

    python -m tests.render.pictures RUN CASE [FOLDER]

They are looked at by people, never compared. It needs Node, npm and a browser, as the tests do.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page
from rich.console import Console

from bot.render.terminal import final_table
from bot.run_folder import RunFolder
from tests.browser import Scheme, new_page, running_chromium
from tests.render.github_page import page_of

GITHUB = Path(__file__).parent / "github"
FOLDER = Path("docs/pictures")
PHONE, SCREEN, COMMENT = (390, 844), (1280, 960), (900, 1400)
COLOURS = 128
"""Of a picture: enough for pages, and a quarter of the size."""


def main() -> None:
    """Take all of them."""
    run, case = RunFolder(Path(sys.argv[1])), sys.argv[2]
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with running_chromium() as browser, tempfile.TemporaryDirectory() as temporary:
        comment = written(Path(temporary) / "comment.html", page_of(comments(run), style()))
        terminal = written(Path(temporary) / "terminal.html", terminal_page(run))
        page = run.page.resolve().as_uri()
        detail = f"{page}#case={quote(case)}"
        schemes: tuple[Scheme, ...] = ("light", "dark")
        for scheme in schemes:
            shoot(browser, comment, folder / f"comment-{scheme}.png", COMMENT, scheme)
            shoot(browser, page, folder / f"page-{scheme}.png", SCREEN, scheme)
        shoot(browser, detail, folder / "case.png", (SCREEN[0], 2400))
        shoot(browser, page, folder / "phone.png", PHONE)
        shoot(browser, terminal, folder / "terminal.png", (1180, 700))


def comments(run: RunFolder) -> dict[str, str]:
    """Read the comment."""
    return {"comment": run.comment.read_text(encoding="utf-8")}


def style() -> str:
    """Fetch GitHub's style sheet by the tests' lock."""
    with tempfile.TemporaryDirectory() as temporary:
        for name in ("package.json", "package-lock.json"):
            (Path(temporary) / name).write_bytes((GITHUB / name).read_bytes())
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=temporary, check=True)
        package = Path(temporary) / "node_modules" / "github-markdown-css"
        return (package / "github-markdown.css").read_text(encoding="utf-8")


def terminal_page(run: RunFolder) -> str:
    """Draw what a terminal of 130 columns shows at the end."""
    console = Console(record=True, force_terminal=True, width=130, file=io.StringIO())
    console.print(final_table(run.read_report()))
    drawn = console.export_html(inline_styles=True)
    return drawn.replace("<pre ", "<pre class=t ").replace(
        "</head>", "<style>body{background:#fff} pre{font-size:13px}</style></head>"
    )


def written(path: Path, text: str) -> str:
    """Write a page; return its address."""
    path.write_text(text, encoding="utf-8")
    return path.as_uri()


def shoot(
    browser: Browser,
    address: str,
    path: Path,
    size: tuple[int, int],
    scheme: Scheme = "light",
) -> None:
    """Take a picture of what is seen first, with few colours."""
    with new_page(browser, scheme=scheme, width=size[0], height=size[1]) as page:
        page.goto(address)
        settle(page)
        taken = Image.open(io.BytesIO(page.screenshot()))
    taken.convert("RGB").quantize(COLOURS).save(path, optimize=True)


def settle(page: Page) -> None:
    """Wait until fonts are there and nothing moves."""
    page.evaluate("document.fonts.ready")
    page.wait_for_timeout(300)


if __name__ == "__main__":
    main()
