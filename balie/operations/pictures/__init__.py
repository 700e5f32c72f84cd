"""Pictures of every page, taken from a desk with the demo company: `make pictures`."""
