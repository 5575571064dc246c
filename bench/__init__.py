"""Speed of the program beside the floors of the same minutes."""
