"""`python -m quizapp WORD…`: the application's own command line."""

import gc

from quizapp.cli import main

if __name__ == "__main__":
    gc.freeze()  # what was loaded stays: no later collection needs to walk through it
    main()
