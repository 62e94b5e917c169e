"""Use cases of accounts: sign in, sync, and move feeds between servers."""
