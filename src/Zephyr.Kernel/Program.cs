using Zephyr.Kernel.Commands;

return Commands.Run(args);
