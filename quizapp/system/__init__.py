"""What every page shares: the guard, headers, errors, filters, and the health pages."""
