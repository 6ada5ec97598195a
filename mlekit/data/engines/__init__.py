"""Libraries whose columns and tables can be read, one per file, named as its module is.

A file is found by the name of the library, the part of a type's module before the first dot, and imported when data of
that library come in; it never imports the library. It may hold

    READERS     "library.Type" -> the function (data, what) that gives a column: a 1-D array of numbers, or Labels;
                in a dict of columns the object also needs a length
    FRAMES      "library.Type" -> the function that gives a frame which narwhals knows, or a dict of columns
    ARRAYS      "library.Type" of arrays, which are a table if they have two dimensions and can be sliced, x[:, j]
    LAZY        "library.Type" -> the call that makes a frame of data that are not in memory
    BACKEND     the name that narwhals has for the library, if tables about its data are handed back in it

A library that mlekit has never heard of is one new file.
"""

from __future__ import annotations

from ._lookup import backend as backend
from ._lookup import frame_maker as frame_maker
from ._lookup import is_array as is_array
from ._lookup import is_frame as is_frame
from ._lookup import lazy_call as lazy_call
from ._lookup import reader as reader
