"""How sign-in behaves here: accounts are made by the security administrator, never by visitors."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """No open sign-up."""

    def is_open_for_signup(self, request) -> bool:
        return False
