#!/usr/bin/env python3
"""Builds the documentation site: the pages of docs/, the public headers and a live example.

    build.py --source ROOT --work DIRECTORY [--command racked]

The site stands in DIRECTORY/html. Doxygen reads the headers, Breathe and Sphinx make pages of them
and of the Markdown of docs/. Fails when a link leads nowhere or a public name has no comment. Ends
with 77, saying what is missing, when a tool is not installed.
"""

import argparse
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import headers
import links
import python_names

NEEDED = {"sphinx": "python3-sphinx", "breathe": "python3-breathe",
          "myst_parser": "python3-myst-parser", "furo": "furo"}
LANGUAGES = {".cpp": "cpp", ".h": "cpp", ".proto": "protobuf", ".sh": "bash", ".py": "python"}
# [text](target): of targets that name a file, with what may follow a #.
LINK = re.compile(r"\[([^\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")


def missing_tools():
    """The Debian packages that are not installed."""
    packages = [p for module, p in NEEDED.items() if importlib.util.find_spec(module) is None]
    return packages if shutil.which("doxygen") else ["doxygen", *packages]


def fail(lines):
    sys.exit("\n".join(str(line) for line in lines) + "\nsite: not built")


def anew(folder):
    """The folder, empty: nothing of a former build, whose headers may have been others, is left."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def read_headers(root, work):
    """Runs Doxygen over the public headers; returns the folder of its XML."""
    out = anew(work / "doxygen")
    settings = (root / "docs/site/Doxyfile").read_text()
    settings += f'''
INPUT            = "{root}/include/racked" "{root}/docs/site/namespaces.dox"
STRIP_FROM_PATH  = "{root}/include"
OUTPUT_DIRECTORY = "{out}"
'''
    done = subprocess.run(["doxygen", "-"], input=settings, text=True, capture_output=True)
    if done.returncode:
        fail([done.stderr.replace(f"{root}/", "").strip()])
    return out / "xml"


class Pages:
    """The pages that Sphinx is given: those of docs/ under names of the site, and what they link to."""

    def __init__(self, root, folder):
        self.root = root
        self.folder = folder
        self.problems = []
        self.names = {root / "README.md": "index.md", root / "CHANGELOG.md": "changelog.md",
                      root / "docs/site/api.md": "api.md",
                      root / "docs/site/python_api.md": "python_api.md"}
        for page in sorted((root / "docs").glob("*.md")):
            self.names[page] = page.name

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def stage(self, page, made, contents):
        """A Markdown file, its links to files of the repository led to where they stand in the site,
        and @words@ replaced by what was made for them. The first page carries the contents."""
        lines = page.read_text().split("\n")
        fenced = False
        for number, line in enumerate(lines):
            if line.lstrip().startswith("```"):
                fenced = not fenced
            elif not fenced:
                lines[number] = LINK.sub(lambda link: self.led(page, number + 1, link), line)
        text = "\n".join(lines)
        if page == self.root / "README.md":
            text += contents
        for word, content in made.items():
            text = text.replace(f"@{word}@\n", content)
        self.write(self.names[page], text)

    def led(self, page, line, link):
        text, target, anchor = link.groups(default="")
        file = pathlib.Path(os.path.normpath(page.parent / target))
        if not file.is_file() or not file.is_relative_to(self.root):
            self.problems.append(f"{page.relative_to(self.root)}:{line}: {target} does not exist")
            return link.group()
        place = self.place(file)
        # A page that is called by its file's name is called by its title here.
        if file.suffix == ".md" and text.endswith(file.name):
            text = file.read_text().partition("\n")[0].removeprefix("# ")
        return f"[{text}]({place}{anchor})"

    def place(self, file):
        """Where a file of the repository stands in the site."""
        if file in self.names:
            return self.names[file]
        path = file.relative_to(self.root)
        if file.suffix in (".svg", ".png"):
            shutil.copyfile(file, self.folder / file.name)
            return file.name
        if path.parts[:2] == ("include", "racked") and file.suffix == ".h":
            return "api/" + str(path.relative_to("include").with_suffix(".rst"))
        name = f"sources/{path}.md"
        text = file.read_text()
        language = LANGUAGES.get(file.suffix, "text")
        self.write(name, f"---\norphan: true\n---\n\n# {path}\n\n"
                         f"``````{language}\n{text}``````\n")
        return name


def example(root, command, work):
    """Rainier as the command answers now: what it said, with its report if it writes one."""
    extra, out = anew(work / "extra"), anew(work / "rainier")
    if command is None or not command.exists():
        print("site: skipped the example of Rainier: the command is not built")
        return None
    arguments = ["run", "docs/scenarios/rainier.textproto", "--replications", "200", "--seed", "7"]
    done = subprocess.run([command, *arguments, "--progress", "none", "--out", out],
                          cwd=root, text=True, capture_output=True)
    if done.returncode:
        fail([done.stderr, "site: the example of Rainier failed"])
    said = [line for line in done.stdout.splitlines() if str(out) not in line]
    report = ""
    if (out / "report.html").exists():
        (extra / "rainier").mkdir()
        shutil.copyfile(out / "report.html", extra / "rainier/report.html")
        report = (root / "docs/site/report.md").read_text()
    else:
        print("site: skipped the report of Rainier: racked run writes no report.html")
    return {"command": f"racked {' '.join(arguments)} --out out\n",
            "said": "\n".join(said) + "\n", "report": report}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--source", type=pathlib.Path, required=True, help="root of the repository")
    options.add_argument("--work", type=pathlib.Path, required=True, help="folder to build in")
    options.add_argument("--version", default="", help="version of racked")
    options.add_argument("--command", type=pathlib.Path, help="the racked command, for the example")
    given = options.parse_args()
    if missing := missing_tools():
        print("site: skipped; not installed: " + " ".join(missing))
        sys.exit(77)
    root, work = given.source.resolve(), given.work.resolve()

    xml = read_headers(root, work)
    pages = Pages(root, anew(work / "pages"))
    contents = (root / "docs/site/contents.md").read_text()
    for page in pages.names:
        if page.parent == root / "docs" and page.stem not in contents.split():
            pages.problems.append(f"{page.relative_to(root)}: is not in docs/site/contents.md")
    made = headers.write_pages(pages, xml)
    made["python"], undocumented = python_names.page(root, ["racked", "racked.des"])
    pages.problems += undocumented
    made["example"] = ""
    if rainier := example(root, given.command, work):
        pages.names[root / "docs/site/rainier.md"] = "rainier.md"
        made |= rainier
        made["example"] = "rainier\n"
    for page in pages.names:
        pages.stage(page, made, contents)
    if pages.problems:
        fail(pages.problems)

    html = anew(work / "html")
    environment = os.environ | {"RACKED_VERSION": given.version, "RACKED_DOXYGEN_XML": str(xml),
                                "RACKED_EXTRA": str(work / "extra")}
    done = subprocess.run([sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going",
                           "-c", root / "docs/site", "-d", anew(work / "doctrees"),
                           pages.folder, html],
                          env=environment)
    if done.returncode:
        fail(["site: Sphinx found faults"])
    if broken := links.broken(html):
        fail(broken)
    print(f"site: {html / 'index.html'}")


if __name__ == "__main__":
    main()
