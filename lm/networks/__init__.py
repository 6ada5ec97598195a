"""Networks, one per file: codes of characters in, logits of the next character out, without a loss."""
