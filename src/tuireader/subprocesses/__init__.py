"""Child processes: the user's programs, and workers for risky jobs (slow, memory-hungry, crashing).

- `programs`      run the user's programs with an article on stdin, without a shell
- `guard`         keep a program within limits, and kill what it leaves running
- `python`        build command lines of Python child processes
- `worker`        both ends of a child process that answers requests
- `sandbox`       run the jobs below in a worker, each with a deadline
- `readability`   extract the article of a web page
- `images`        decode an image file
- `highlighting`  highlight code
"""
