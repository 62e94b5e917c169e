"""Find feeds on web pages, preview them, and find their older entries."""
