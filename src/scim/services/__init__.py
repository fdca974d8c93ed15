"""Use cases: the steps of a request, and the boundary of its transaction."""
