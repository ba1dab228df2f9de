"""The knowledge files: their model, how they are read and checked, and when places are open."""
