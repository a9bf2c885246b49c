using Zephyr.Cli;

return await CommandTable.RunAsync(args, Console.Out);
