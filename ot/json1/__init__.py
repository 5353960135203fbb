"""The document type `json1`: JSON trees with moves, in the format of ot-json1."""
