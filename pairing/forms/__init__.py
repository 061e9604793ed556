"""Forms of the ground floor, a module for each noun."""
