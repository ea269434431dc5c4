"""What people take away: plan.json and everything that is drawn from it."""
