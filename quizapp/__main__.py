"""`python -m quizapp WORD…`: the application's own command line."""

import gc

if __name__ == "__main__":
    gc.disable()  # what is being loaded is no garbage; looking for some takes a sixth of the time
    from quizapp.cli import main

    gc.freeze()  # nor does a later collection need to walk through it
    gc.enable()
    main()
