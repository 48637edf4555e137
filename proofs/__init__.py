"""Experiments that try to break the promises, over HTTP, against what `dev.py run` starts."""
