"""The slot between the room and the trusted side: frames on a stream socket, and plain values inside them. No
pickle.
"""

from .line import Line, LineClosed, LineTimeout
from .shared import Shared
from .values import Extension, Unsendable, WireError, pack, unpack

__all__ = ["Extension", "Line", "LineClosed", "LineTimeout", "Shared", "Unsendable", "WireError", "pack", "unpack"]
