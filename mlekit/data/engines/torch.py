"""torch: a tensor from any device, without its gradient; a dtype that NumPy lacks becomes float32."""

from __future__ import annotations

from mlekit.data.engines.numpy import read_array
from mlekit.data.labels import Column, Foreign, Reader
from mlekit.errors import DataError


def _read(data: Foreign, what: str) -> Column:
    try:
        values = data.detach().cpu().resolve_conj().resolve_neg()
        values = values.float() if str(values.dtype).startswith(("torch.bfloat", "torch.float8")) else values
        return read_array(values.numpy(), what)
    except (TypeError, RuntimeError, NotImplementedError) as wrong:
        raise DataError(f"{what} is a tensor that cannot be read ({wrong}): pass a dense one") from None


READERS: dict[str, Reader] = {"torch.Tensor": _read}
ARRAYS = {"torch.Tensor"}
