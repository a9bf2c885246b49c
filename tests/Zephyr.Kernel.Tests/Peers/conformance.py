"""The conformance tests of the Jupyter project, told what this kernel's language looks like."""
import unittest

import jupyter_kernel_test


class CSharp(jupyter_kernel_test.KernelTests):
    kernel_name = "zephyr-csharp"
    language_name = "C#"
    file_extension = ".cs"
    code_hello_world = 'Console.WriteLine("hello, world");'
    code_stderr = 'Console.Error.WriteLine("oh no");'
    completion_samples = [
        {"text": "Console.WriteL", "matches": {"WriteLine"}},
        {"text": "Environment.NewL", "matches": {"NewLine"}},
    ]
    complete_code_samples = ["1 + 1", "var x = 1;", "class A { }", "await Task.Delay(1);"]
    incomplete_code_samples = ["if (true) {", "class A {", 'Console.WriteLine("a",']
    invalid_code_samples = ["var x = = 1;", "class 1 { }"]
    code_generate_error = 'throw new InvalidOperationException("no");'
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "new[] { 1, 2 }", "result": "[1, 2]"},
        {"code": "await Task.FromResult(3)", "result": "3"},
    ]
    code_display_data = [
        {"code": 'display(HTML("<b>b</b>"));', "mime": "text/html"},
        {"code": 'display(SVG("<svg/>"));', "mime": "image/svg+xml"},
        {"code": 'display(Markdown("*m*"));', "mime": "text/markdown"},
        {"code": "display(Json(new { a = 1 }));", "mime": "application/json"},
    ]
    code_history_pattern = "6*"
    supported_history_operations = ("tail", "range", "search")
    code_page_something = "Console.WriteLine?"
    code_inspect_sample = "Console.WriteLine"
    code_clear_output = "clear_output();"


if __name__ == "__main__":
    unittest.main(verbosity=2)
