"""Pages of the C++ API: one for each public header, made of the XML that Doxygen wrote."""

import collections
import os
import xml.etree.ElementTree as ElementTree

DIRECTIVES = {"function": "doxygenfunction", "enum": "doxygenenum", "typedef": "doxygentypedef",
              "variable": "doxygenvariable"}

Name = collections.namedtuple("Name", "line kind qualified arguments")


def read(xml, refid):
    return ElementTree.parse(xml / f"{refid}.xml").getroot().find("compounddef")


def public_names(xml):
    """The names of every header, by its path, in the order in which they stand there."""
    names = collections.defaultdict(list)
    for compound in ElementTree.parse(xml / "index.xml").getroot().iter("compound"):
        kind, name = compound.get("kind"), compound.findtext("name")
        if kind == "file" and name.endswith(".h"):
            names[read(xml, compound.get("refid")).find("location").get("file")]
        elif kind in ("class", "struct"):
            found = read(xml, compound.get("refid"))
            # Those inside another are shown with it.
            if name.rpartition("::")[0] in ("racked", "racked::des") and "<" not in name:
                place = found.find("location")
                names[place.get("file")].append(
                    Name(int(place.get("line")), f"doxygen{kind}", name, ""))
        elif kind == "namespace":
            for member in read(xml, compound.get("refid")).iter("memberdef"):
                place = member.find("location")
                types = ["".join(p.find("type").itertext()) for p in member.findall("param")]
                names[place.get("file")].append(
                    Name(int(place.get("line")), DIRECTIVES[member.get("kind")],
                         f"{name}::{member.findtext('name')}", f"({', '.join(types)})"))
    return {header: sorted(found) for header, found in names.items() if header.endswith(".h")}


def shown(name, overloaded):
    """The directive of Breathe that shows a name."""
    argument = name.qualified
    if name.kind == "doxygenfunction" and argument in overloaded:
        argument += name.arguments
    options = "\n   :members:\n   :undoc-members:" if name.kind in ("doxygenclass", "doxygenstruct") else ""
    return f".. {name.kind}:: {argument}{options}\n"


def write_pages(pages, xml):
    """A page for each public header; returns tables that list them, by folder."""
    names = public_names(xml)
    functions = collections.Counter(name.qualified for found in names.values() for name in found)
    overloaded = {name for name, times in functions.items() if times > 1}
    rows = collections.defaultdict(list)
    for header, found in sorted(names.items()):
        page = header.removesuffix(".h")
        pages.write(f"api/{page}.rst", f"{header}\n{'=' * len(header)}\n\n"
                    + "\n".join(shown(name, overloaded) for name in found))
        short = dict.fromkeys(name.qualified.rpartition("::")[2] for name in found)
        plain = [name for name in short if not name.startswith("operator")]
        rows[os.path.dirname(header)].append(
            f"| [{header}](api/{page}.rst) | " + ", ".join(f"`{name}`" for name in plain) + " |\n")
    head = "| header | names |\n| --- | --- |\n"
    return {folder: head + "".join(lines) for folder, lines in rows.items()}
