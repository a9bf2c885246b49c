"""Executes a notebook through the installed kernel, as nbconvert and most services do, and compares with the outputs that it holds.

They must be equal to the last character: no committed notebook that this is used for prints a time.
"""
import os
import sys

import nbclient
import nbformat

path = sys.argv[1]
stored = nbformat.read(path, as_version=4)
notebook = nbformat.read(path, as_version=4)
folder = {"metadata": {"path": os.path.dirname(os.path.abspath(path))}}
nbclient.NotebookClient(notebook, timeout=1800, kernel_name="zephyr-csharp", resources=folder).execute()
nbformat.validate(notebook)

shown = different = 0
for number, (before, after) in enumerate(zip(stored.cells, notebook.cells), start=1):
    if before.cell_type != "code":
        continue
    shown += len(after.outputs)
    if before.outputs != after.outputs:
        different += 1
        print(f"cell {number}\n  stored:   {before.outputs}\n  nbclient: {after.outputs}")
print(f"{path}: {shown} outputs, {different} cells differ")
sys.exit(1 if different or not shown else 0)
