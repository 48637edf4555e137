"""The bank: what a quiz is, and how a file becomes one. Pure: bytes in, values out."""
