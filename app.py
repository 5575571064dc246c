"""The application; `python app.py` serves it with the production server."""

import sys

from crm import create_app
from crm.serve import serve
from crm.settings import SettingError

try:
    app = create_app()
except SettingError as error:
    sys.exit(str(error))

if __name__ == "__main__":
    sys.exit(serve(app))
