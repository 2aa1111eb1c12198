"""Imports: bring a folder in. start_import → list_files → fetch_chunk → finish_import."""
