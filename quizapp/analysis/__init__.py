"""Numbers in, numbers out: what the figures of the summary rest on."""
