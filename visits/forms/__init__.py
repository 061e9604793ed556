"""What the visits' pages take in."""
