"""Executes a notebook through the installed kernel, as nbconvert and most services do, and checks the format of the result."""
import sys

import nbclient
import nbformat

notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=120, kernel_name="zephyr-csharp").execute()
nbformat.validate(notebook)
nbformat.write(notebook, sys.argv[2])
