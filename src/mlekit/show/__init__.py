"""The fifth room: what people see. It is given a fit, and works nothing out that `inference` knows.

    contents.py     what a summary says
    text.py         said within 80 columns
    html.py         said in a notebook
    numbers.py      enough digits and no more
    tables.py       tidy, glance, augment
    files.py        save and load
"""
