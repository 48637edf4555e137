"""What the application costs, against the bare thing in the same run: `python3 dev.py bench`."""
