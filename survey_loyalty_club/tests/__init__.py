from . import test_survey_act
