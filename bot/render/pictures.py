"""Owns the pictures of charts: SVG for files and for our page, PNG; drawn here, nothing fetched."""

import io
import json
import re
from functools import lru_cache
from xml.etree import ElementTree as ET

from bot.errors import CannotDraw
from bot.render.chart import Chart
from bot.render.chart_style import PAPER, PROPERTIES

MOST_PIXELS = 1_400
_SHARPEST = 2.0
"""Pixels for each unit of length, where the picture is narrow enough."""
_COLOURS = 128

_NAMESPACE = "http://www.w3.org/2000/svg"
_OF_PARTS = {"class", "role", "aria-hidden", "aria-roledescription", "pointer-events"}
"""What says something of parts of a picture; in a page it is one image."""

_REFERENCE = re.compile(r"url\(#([^)]*)\)")


def svg(chart: Chart, *, themed: bool = False) -> str:
    """Draw a chart: as a file of its own, or `themed` for a page that chooses the colours.

    A themed one takes the width that it is given, up to its own, and says to those who cannot see
    it what it shows; its ids begin with the chart's name.
    """
    plain = _drawn(chart)
    return _themed(plain, chart) if themed else plain


def png(chart: Chart) -> bytes:
    """Draw a chart in pixels, from the same drawing as the SVG."""
    import vl_convert

    drawing = _drawn(chart)
    width = float(ET.fromstring(drawing).attrib["width"])  # noqa: S314 (our own drawing)
    try:
        pixels = vl_convert.svg_to_png(drawing, scale=min(_SHARPEST, MOST_PIXELS / width))
    except ValueError as error:
        raise _cannot_draw(chart, error) from error
    return _small(bytes(pixels))


def _small(pixels: bytes) -> bytes:
    """Keep a picture of few colours as one: a tenth of the bytes, and no difference to see."""
    from PIL import Image

    small = io.BytesIO()
    with Image.open(io.BytesIO(pixels)) as picture:
        few = picture.convert("RGB").quantize(_COLOURS, method=Image.Quantize.FASTOCTREE)
        few.save(small, "PNG")
    return small.getvalue()


def specification(chart: Chart) -> str:
    """Write the specification as a file that any Vega-Lite can draw."""
    return json.dumps(chart.spec, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _drawn(chart: Chart) -> str:
    try:
        return _converted(specification(chart))
    except ValueError as error:
        raise _cannot_draw(chart, error) from error


@lru_cache(maxsize=4)
def _converted(spec: str) -> str:
    """Compile and draw once, whatever form is asked for; no address may be fetched."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]))


def _cannot_draw(chart: Chart, error: ValueError) -> CannotDraw:
    first = str(error).strip().splitlines()
    return CannotDraw(
        f"the chart {chart.name} cannot be drawn: {first[0] if first else type(error).__name__}",
        cause="vl-convert, which draws, or the fonts of this system",
    )


def _themed(drawing: str, chart: Chart) -> str:
    root = ET.fromstring(drawing)  # noqa: S314 (our own drawing)
    width = root.attrib.pop("width")
    root.attrib.pop("height")
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{_NAMESPACE}}}")
        element.attrib = {
            name: _attribute(name, value, prefix=chart.name)
            for name, value in element.attrib.items()
            if name not in _OF_PARTS
        }
    root.attrib.update(
        {
            "xmlns": _NAMESPACE,
            "class": "chart",
            "role": "img",
            "aria-label": chart.description,
            "style": f"width:100%;max-width:{width}px;height:auto",
        }
    )
    return ET.tostring(root, encoding="unicode")


def _attribute(name: str, value: str, *, prefix: str) -> str:
    """Put in the page's colours, and ids that no other chart on the page has."""
    match name:
        case "id":
            return f"{prefix}-{value}"
        case "fill" | "stroke" if value.lower() == PAPER:
            return "none"
        case "fill" | "stroke" if value.lower() in PROPERTIES:
            return f"var({PROPERTIES[value.lower()]}, {value})"
        case _:
            return _REFERENCE.sub(rf"url(#{prefix}-\1)", value)
