"""Transforms: variants of images. request_variant → render_variant → serve_variant."""
