"""What the desk measures about itself: promises kept and broken."""
