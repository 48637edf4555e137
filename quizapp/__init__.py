"""quizapp: reading-comprehension quizzes for a classroom."""
