"""A network as bytes and back: columns of a compressed NumPy archive; nothing in it is ever executed."""

import io
from dataclasses import fields

import numpy as np

from anlan.science.geo.roads.graph import Roads

#: Columns kept in half their width; 0.01 km/h and a millimetre are not lost.
_NARROW = {"float64": np.float32, "int64": np.int32}
#: Positions keep their full width.
_WIDE = ("nodes", "vertices")


def pack(roads: Roads) -> bytes:
    """The network as bytes."""
    columns = {field.name: getattr(roads, field.name) for field in fields(roads)}
    for name, column in columns.items():
        if name not in _WIDE:
            columns[name] = column.astype(_NARROW.get(column.dtype.name, column.dtype))
    file = io.BytesIO()
    np.savez_compressed(file, **columns)
    return file.getvalue()


def unpack(data: bytes) -> Roads:
    """The network out of bytes that `pack` made."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        columns = {name: archive[name] for name in archive.files}
    widths = {"f": np.float64, "i": np.int64, "b": np.bool_, "U": np.str_}
    columns = {name: column.astype(widths[column.dtype.kind]) for name, column in columns.items()}
    unnamed = {"names": np.array([""]), "name": np.zeros(columns["start"].size, dtype=np.int64)}
    return Roads(**unnamed | columns)  # versions of before roads had names are read as well
