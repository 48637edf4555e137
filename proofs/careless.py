"""A pytest plugin that takes the ownership check out of one loader, for the matrix's control."""

from proofs.weak import weaken

weaken("open-loader")
