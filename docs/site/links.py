"""Whether every link of a folder of HTML pages leads somewhere. Links to other hosts are not followed."""

import html.parser
import os
import urllib.parse


class Page(html.parser.HTMLParser):
    """The anchors and links of a page."""

    def __init__(self, text):
        super().__init__()
        self.anchors = {"", "top"}
        self.links = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)
            elif name in ("href", "src") and value:
                self.links.append((self.getpos()[0], value))


def broken(folder):
    """Links that lead nowhere, as `page:line: link`."""
    pages = {path: Page(path.read_text(errors="replace")) for path in sorted(folder.rglob("*.html"))}
    found = []
    for path, page in pages.items():
        for line, link in page.links:
            parts = urllib.parse.urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            file = path.parent / urllib.parse.unquote(parts.path) if parts.path else path
            file = type(path)(os.path.normpath(file))
            anchor = urllib.parse.unquote(parts.fragment)
            if not file.exists() or (file in pages and anchor not in pages[file].anchors):
                found.append(f"{path.relative_to(folder)}:{line}: {link} leads nowhere")
    return list(dict.fromkeys(found))
