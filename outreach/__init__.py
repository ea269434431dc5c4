"""Plan outreach visits on real roads."""
