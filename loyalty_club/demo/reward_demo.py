"""Rewards that members of the sample club took on their own pages."""

from .sample import Sample


def load(club):
    """One waits for its member, one was given up; called once, by the sample data."""
    rewards = Rewards(club)
    rewards.at(9, rewards.take, "reward_taken_given_up", "member_sara", "reward_five_off")
    rewards.at(8, rewards.cancel, "reward_taken_given_up")
    rewards.at(2, rewards.take, "reward_taken_waiting", "member_sara", "reward_organizer")
    rewards.play()


class Rewards(Sample):
    """What members did with their points, through the door that their pages use."""

    def take(self, name, member, reward):
        """A member takes a reward."""
        taken = self.env["loyalty.club.reward.taken"]
        self.named(name, taken._take(self.ref(member), self.ref(reward), f"demo:{name}"))

    def cancel(self, name):
        """She changes her mind."""
        self.ref(name)._cancel()
