import subprocess

import racked


def test_the_version_is_that_of_the_command(command):
    said = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == f"racked {racked.__version__}"
