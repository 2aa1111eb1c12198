"""The edge to pixels: headers are read here, pictures are decoded in the sandbox."""
