"""What only reads: status, drift, cost, reports."""
