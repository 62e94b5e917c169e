"""What other readers leave behind and what this one hands out: files read and written, all of it pure."""
