"""What leaves the directory: papers, exports, what is said of a public sheet to machines."""
