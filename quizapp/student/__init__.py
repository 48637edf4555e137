"""The student's pages: home, reading and answering, check, review."""
