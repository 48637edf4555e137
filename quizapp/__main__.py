"""`python -m quizapp WORD…`: the application's own command line."""

from quizapp.cli import main

if __name__ == "__main__":
    main()
