"""Child processes: the user's programs, and workers for risky jobs (slow, memory-hungry, crashing).

- `programs`      run the user's programs with an article on stdin, without a shell
- `guard`         keep a program within limits, and kill what it leaves running
- `python`        build command lines of Python child processes
- `worker`        a child process that answers requests: the parent's end; the child's is `serving`
- `priority`      let the reader's keys come before other processes
- `sandbox`       run `jobs` in a worker, each with a deadline: those of `pages`, and the two below
- `images`        decode an image file
- `highlighting`  highlight code
"""
