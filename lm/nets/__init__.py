"""Nets of characters: one net, one file. Characters in, logits of the next one out; no loss inside."""
