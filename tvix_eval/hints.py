"""What the compiler is told with, without loading ``typing`` at run time.

mypy and mypyc see the names of `mypy_extensions`; running code sees stand-ins. That
package imports ``typing``, which takes longer than all the rest of starting up. This module
is never compiled.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mypy_extensions import i64 as i64
    from mypy_extensions import mypyc_attr as mypyc_attr
else:
    i64 = int

    def mypyc_attr(*flags, **settings):
        return lambda decorated: decorated
