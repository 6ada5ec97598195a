"""How the documentation is built: every example runs, and a warning is an error."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module, metadata
from pathlib import Path
from tempfile import TemporaryDirectory

# What the pages need to run: the figures of docs/_ext, and the commands of this environment.
EXTENSIONS = str(Path(__file__).parent / "_ext")
sys.path.insert(0, EXTENSIONS)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [EXTENSIONS, os.environ.get("PYTHONPATH")]))
os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
os.environ.setdefault("OMP_NUM_THREADS", "1")  # pages run beside each other, a core each
kernels = TemporaryDirectory()  # it lives as long as the build
os.environ |= import_module("startup").profile(Path(kernels.name))
logging.getLogger("traitlets").setLevel(logging.WARNING)  # a build that goes well says nothing

project = "mlekit"
author = copyright = "the mlekit developers"
version = release = metadata.version(project)

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "commands",
    "mathml",
    "plan",
    "play",
    "packages",
    "sphinx.ext.viewcode",
    "sources",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "**.ipynb_checkpoints", "jupyter_execute"]

# Pages are MyST Markdown; one that begins with a jupytext header is a notebook, and is run at every build.
myst_enable_extensions = ["amsmath", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_show_tb = True  # a page that fails is a warning, and `make docs` ends at a warning
nb_execution_in_temp = True
nb_execution_timeout = 300
nb_merge_streams = True
nb_code_prompt_hide = "Fold away"

# The reference is written in the docstrings, in the order of the source.
default_role = "code"
smartquotes = False  # what stands in quotes is mostly code
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_type_aliases = {
    alias: alias for alias in "ArrayLike Column Data FamilyLike Floats LinkLike PriorLike Seed Target".split()
} | {"evaluation.Evaluation": "mlekit.inference.evaluation.Evaluation"}  # lm has a class of that name as well
python_use_unqualified_type_names = True

# Parameters and results as plain lists: the types in docstrings are words for people, and lead nowhere.
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_use_ivar = True  # or the n of a shape (n, K) would be a reference to some class's attribute n

# A reference to a public name must lead somewhere. What annotations mention beside these (NumPy's arrays, bases inside
# a package) has no page here.
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!(mlekit|lm)\.\w+$).*")]

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"mlekit {release}"
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#2f5d8a",
        "color-brand-content": "#2f5d8a",
        "color-figure-second": "#b4501e",
    },
    "dark_css_variables": {
        "color-brand-primary": "#8fbbe6",
        "color-brand-content": "#8fbbe6",
        "color-figure-second": "#f0a272",
    },
}
templates_path = ["_templates"]
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_js_files = [("pages.js", {"defer": "defer"})]
html_show_search_summary = False  # summaries are fetched, which a browser forbids on pages from disk
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
