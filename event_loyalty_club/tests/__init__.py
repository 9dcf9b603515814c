from . import test_event_act
