"""Articles for programs and agents, by the Model Context Protocol."""
