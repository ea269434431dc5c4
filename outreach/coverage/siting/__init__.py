"""Where sites should be: location models, each with a bound that says how good its answer is."""
