"""Which findings are kept: selection, suppression, thresholds, baseline."""
