"""Child processes: the user's programs, and workers for risky jobs (slow, memory-hungry, crashing).

- `programs`      run the user's programs with an article on stdin, without a shell
- `guard`         keep a program within limits, and kill what it leaves running
- `processes`     build command lines of Python child processes, and let some give way to the reader's keys
- `worker`        a child process that answers requests, and
- `serving`       its own end
- `sandbox`       run risky jobs in a worker, each with a deadline, and
- `jobs`          the process that runs them, such as
- `images`        decode an image file
- `highlighting`  highlight code
- `encoder`       the process that turns texts into vectors, for the extra `meaning`, and
- `ranker`        the one that ranks all articles by their vectors
"""
