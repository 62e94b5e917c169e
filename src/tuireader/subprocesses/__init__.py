"""Other processes: the user's programs, and workers for jobs that may take long, need much memory or crash.

- `programs`      the user's programs, which get an article on stdin, without a shell
- `python`        command lines of our own Python children
- `worker`        a child process that answers requests, both of its ends
- `sandbox`       a worker that runs the jobs below, with a deadline for each
- `readability`   extract the article of a web page
- `images`        decode an image file
- `highlighting`  highlight code
"""
