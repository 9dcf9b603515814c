"""Bugs planted in a server on purpose, to see whether a harness finds them.

A module that only the harness's own server loads (`--load`) plants them; each is switched on by a
parameter of the database.
"""

import functools

READ = "SELECT value FROM ir_config_parameter WHERE key = 'fault.mutant'"
SWITCH = """
    INSERT INTO ir_config_parameter (key, value) VALUES ('fault.mutant', %s)
    ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value"""


def is_on(env, *names):
    """Whether one of these bugs is switched on."""
    env.cr.execute(READ)
    return env.cr.fetchone() in [(name,) for name in names]


def plant(owner, method, *names, env_of=lambda owner: owner.env):
    """Let a function stand in for a method while one of these bugs is switched on.

    The function is called with the method itself before the method's own arguments.

    :param env_of: finds the environment of whoever has the method.
    """
    original = getattr(owner, method)

    def decorate(bug):
        @functools.wraps(original)
        def either(self, *arguments, **keywords):
            if is_on(env_of(self), *names):
                return bug(original, self, *arguments, **keywords)
            return original(self, *arguments, **keywords)

        setattr(owner, method, either)
        return bug

    return decorate
