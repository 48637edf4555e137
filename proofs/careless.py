"""A pytest plugin that takes one protection away, for the controls of the matrix."""

import os

from proofs.weak import weaken

weaken(os.environ["QUIZAPP_WEAKNESS"])
