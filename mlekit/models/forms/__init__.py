"""Forms of the data: the smallest from which a log-likelihood can be worked out.

    Sums            independent or grouped rows of a family with sufficient statistics
    CrossProducts   least squares: of the parameters only the location has a formula
    RowByRow        everything else

All are a `Form`; solvers, profiles and verdicts do not know which.
"""

from __future__ import annotations

from ._form import Closed, Form

__all__ = ["Closed", "Form"]
