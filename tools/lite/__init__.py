"""The course in a browser, with nothing to install: a static site (JupyterLite, Pyodide) made from release/."""
