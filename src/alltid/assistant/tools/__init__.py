"""What the assistant may ask of the company's systems, and the one place that changes anything."""
