from . import club
