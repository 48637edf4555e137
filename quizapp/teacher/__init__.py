"""The teacher's pages: classrooms and quizzes, the summary of an assignment, answers to mark."""
