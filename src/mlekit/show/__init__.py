"""The fifth room: what people see. It is given a fit, and works nothing out that `inference` knows.

    contents.py     what a summary says
    text.py         said within 80 columns
    html.py         said in a notebook
    numbers.py      enough digits and no more
    tables.py       tidy, glance, augment
    files.py        save and load; problems.py what a problem keeps, packing.py values as JSON

A fit made elsewhere looks like the others: `as_text` and `as_html` draw its `Contents`.
"""

from .contents import Contents, Table
from .html import draw as as_html
from .text import draw as as_text

__all__ = ["Contents", "Table", "as_html", "as_text"]
