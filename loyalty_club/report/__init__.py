from . import liability
from . import movement
from . import statement
