"""Laws made of laws, and laws that users bring."""
