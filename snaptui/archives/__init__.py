"""What is in an archive: reading it here or from afar, checking, comparing, putting back."""
