"""Images: the originals that are kept, and what is known of them."""
