"""Other processes: the user's programs, and workers for what may take long, take much memory or crash.

- `programs`      the user's programs, which get an article on stdin, without a shell
- `python`        command lines of our own Python children
- `sandbox`       the worker process, with a deadline for each job
- `readability`   the article out of a web page
- `images`        pixels out of an image file
- `highlighting`  which words of a program are what
"""
