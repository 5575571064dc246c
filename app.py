"""The application; `python app.py` serves it with the production server."""

import gc
import os
import sys

os.umask(0o077)  # what the program and its commands write is nobody else's on this machine
gc.disable()  # what a start makes stays: looking for garbage in it takes a quarter of the time, so it stands before the imports

from crm import create_app  # noqa: E402
from crm.serve import serve  # noqa: E402
from crm.settings import SettingError  # noqa: E402

try:
    app = create_app()
    gc.freeze()
    gc.enable()
except SettingError as error:
    sys.exit(str(error))

if __name__ == "__main__":
    sys.exit(serve(app))
