"""What a part found, as figures."""

import statistics
from dataclasses import dataclass, field


@dataclass
class Figures:
    """What one part found.

    :param rounds: requests, tries or pages: whatever the part counts.
    :param wrong: everything that must not be, in words.
    """

    name: str
    seed: str
    rounds: int = 0
    waited: list = field(default_factory=list)  # seconds
    notes: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)
    seconds: float = 0.0

    def demand(self, held, text):
        """Note that something does not hold."""
        if not held:
            self.wrong.append(text)

    def line(self):
        """The part in one line, for people."""
        words = [f"portal {self.name}: rounds={self.rounds}"]
        if len(self.waited) > 1:
            late = statistics.quantiles(self.waited, n=20)[-1]
            words.append(f"p50/p95={1000 * statistics.median(self.waited):.0f}/{1000 * late:.0f}ms")
        words += [f"{name}={value}" for name, value in self.notes.items()]
        words.append(f"wrong={len(self.wrong)} in {self.seconds:.0f}s seed={self.seed}")
        return " ".join(words)
