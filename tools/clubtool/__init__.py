"""Set-up, databases, servers, tests and checks of this repository; see `make help`.

Everything that runs before the virtual environment exists uses the standard library only.
"""
