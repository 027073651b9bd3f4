"""What leaves the library in the forms that other programs read."""
