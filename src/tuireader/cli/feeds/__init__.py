"""Commands on feeds and accounts."""
