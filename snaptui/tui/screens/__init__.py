"""The screens, one a file; those over another screen return their answer."""
