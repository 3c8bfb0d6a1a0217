"""What must be true before money is spent: checks, what they saw, waivers, and the report."""
