"""`make lite`: the folder lite/ for any web server; see `build`."""

from tools.lite.build import main

main()
