using Xunit.Sdk;
using Xunit.v3;

// The console and the running cell belong to the process: one session at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
