"""How Sphinx makes the site of the pages that build.py has prepared; build.py tells it the rest."""

import os

project = "racked"
author = "racked maintainers"
copyright = "racked maintainers, Apache-2.0"
version = release = os.environ["RACKED_VERSION"]

extensions = ["myst_parser", "breathe"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext"}
myst_heading_anchors = 4

breathe_projects = {"racked": os.environ["RACKED_DOXYGEN_XML"]}
breathe_default_project = "racked"
breathe_show_include = False
breathe_show_define_initializer = True
primary_domain = "cpp"
highlight_language = "text"
cpp_id_attributes = ["nodiscard", "noreturn"]

html_theme = "furo"
html_title = "racked"
html_static_path = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "static")]
html_css_files = ["site.css"]
html_extra_path = [path for path in [os.environ.get("RACKED_EXTRA")] if path]
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
pygments_style = "friendly"
pygments_dark_style = "native"
