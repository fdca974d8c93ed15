"""The grammar of filters and PATCH paths: text to syntax tree, and back."""
