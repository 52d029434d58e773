"""From bytes to plain values with their lines, and what is wrong with them."""
