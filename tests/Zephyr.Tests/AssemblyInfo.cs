using Xunit.Sdk;
using Xunit.v3;

// TorchSharp boxes every number that an operator takes (also the 1 in x + y) and may lose the box to a garbage collection that another thread starts
// while the native call is under way. With one test at a time no other thread allocates.
[assembly: Parallelization(Mode = ParallelMode.None)]
