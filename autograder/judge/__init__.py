"""The judge: grades a notebook without running a test and an answer in one process.

    grader (`engine`)            one process, with the gradebook; repairs notebooks (`submission`), writes verdicts
       │ control, leash
    zygote (`zygote`)            imported everything once, knows nothing secret, forks
       ├── judge (`judging`)     trusted; gets jobs with their tests through a socket, after the fork, one by one
       │     │ the wire          JSON and blobs; closed, versioned, capped; nothing is ever unpickled on this side
       └── worker (`worker`)     in the sandbox; runs the student's cells; no test ever exists here

Theory of operation. The notebook is walked from top to bottom (`trial`). A student's cell is sent to the worker. A test
runs in the judge, where names that neither the test nor the kit defines are asked of the worker (`Names`); functions,
modules and other objects are handles that forward what is done with them (`proxies`), tensors and arrays are the same
on both ends (`mirror`), with their memory, gradients and graphs, and so are the random generators (`state`). So a test
that was written for a kernel runs here unchanged, and what it holds is its own: plain tensors, made from numbers that
were checked, never an object whose class a student wrote, and never a library's class, whose call would run here.

A worker can lie, hang, flood or die. It can lie about its own values alone: what is no value is a `Violation` and its
end. It is interrupted when a cell's time is up and killed if it goes on; a lost worker is replaced by another, which
runs the cells so far without the fatal one, so that what was won before stays won. If the judge itself dies, the grader
says so and goes on; if the grader dies, the leash ends all the rest.

Each submission has a worker of its own. A judge goes on to the next submission, in the state in which it began, as long
as each ended like any other; one in which anything was lost, late, forbidden or warned of is its last. What all
submissions have in common, the kit and the lesson's own cells, is compiled before the forks.

    decoding student_cells matching placing release_cells drawings python_source repairs  what `submission` is made of
    wire known values memories mirror changes graphs state failures proxies          the wire and what crosses it
    copies pickles                                                                   a test's models, in the worker too
    peer link lent                                                                   its ends
    job names trial judging                                                          the judge: tests, one by one
    processes                                                                        zygote and judges, from outside
    sandbox seccomp landlock jail shed ground kernel doctor                          the sandbox
    shell warm rehearsal drawing                                                     IPython without a kernel
    bare                                                                             the yardstick of its speed
"""
