"""Work on what came from outside that may take long, take much memory or crash: in a process of its own.

- `process`   the process, with a deadline for each job
- `pages`     the article out of a web page
- `pictures`  pixels out of a picture file
- `colours`   which words of a program are what
"""

from tuireader.workshop.process import Failed, Workshop

__all__ = ["Failed", "Workshop"]
